"""The one door to ONNX Runtime: exactly one distribution of it, and no telemetry."""

import os
import sys
from collections.abc import Sequence
from importlib import metadata
from types import ModuleType

from facecluster.errors import PackError

DISTRIBUTIONS = (
    "onnxruntime",
    "onnxruntime-gpu",
    "onnxruntime-directml",
    "onnxruntime-openvino",
    "onnxruntime-qnn",
    "onnxruntime-migraphx",
    "onnxruntime-rocm",
    "onnxruntime-cann",
    "onnxruntime-training",
    "onnxruntime-silicon",
)
"""What installs the module `onnxruntime`. Each overwrites the files of the others, so two of them are a mix of both."""


def check_runtime(search_path: Sequence[str] | None = None) -> str:
    """The name of the one ONNX Runtime distribution that is installed.

    Args:
        search_path: folders that hold distributions; None: where Python looks for modules.

    Raises:
        PackError: none is installed, or more than one.
    """
    path = list(sys.path if search_path is None else search_path)
    found = [name for name in DISTRIBUTIONS if any(True for _ in metadata.distributions(name=name, path=path))]
    if len(found) == 1:
        return found[0]
    if not found:
        raise PackError(
            "expected ONNX Runtime, found none; install it with: pip install 'facecluster[cpu]', "
            "or with an NVIDIA GPU: pip install 'facecluster[gpu]'"
        )
    wanted = "gpu" if "onnxruntime-gpu" in found else "cpu"
    raise PackError(
        f"expected one ONNX Runtime, found {len(found)} that overwrite each other: {', '.join(found)}; keep one with: "
        f"pip uninstall -y {' '.join(found)} && pip install 'facecluster[{wanted}]'"
    )


def onnxruntime() -> ModuleType:
    """The module `onnxruntime`, imported with its telemetry off.

    From 1.29 on, the import alone writes a device id and queues an event, and only this variable, set before it,
    prevents that. Whatever else imports the module (the package `insightface` does) must come after a call of this.

    Raises:
        PackError: none or two are installed, or the one that is cannot be loaded.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    distribution = check_runtime()
    try:
        import onnxruntime as module  # noqa: PLC0415  # must follow the line above
    except ImportError as error:
        raise PackError(
            f"{distribution} is installed but cannot be loaded ({error}); repair it with: "
            f"pip install --force-reinstall --no-deps {distribution}"
        ) from error
    return module
