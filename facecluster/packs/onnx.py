"""ONNX Runtime behind `faces.network.Network`."""

import contextlib
import sys
from types import ModuleType
from typing import Any

import numpy as np
from jaxtyping import Float32

from facecluster.errors import PackError
from facecluster.packs.runtime import onnxruntime

CPU = "CPUExecutionProvider"

PROVIDERS = {
    "cpu": CPU,
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}
"""ONNX Runtime's names of the providers in the settings."""

AUTOMATIC = ("cuda", "directml", "openvino", "cpu")
"""What `auto` tries, best first. TensorRT and CoreML compile a network anew for each image shape, so they are for the
asking."""

REMEDIES = {
    "cpu": "pip install 'facecluster[cpu]'",
    "cuda": "pip uninstall -y onnxruntime && pip install 'facecluster[gpu]' 'onnxruntime-gpu[cuda,cudnn]'",
    "tensorrt": "pip uninstall -y onnxruntime && pip install 'facecluster[gpu]' 'onnxruntime-gpu[cuda,cudnn]' tensorrt",
    "coreml": "pip install 'facecluster[cpu]' on a Mac",
    "directml": "pip uninstall -y onnxruntime && pip install onnxruntime-directml on Windows",
    "openvino": "pip uninstall -y onnxruntime && pip install onnxruntime-openvino",
}


class OnnxNetwork:
    """A network in an ONNX Runtime session, on one provider.

    Args:
        model: the bytes of the ONNX file.
        provider: a name of `PackSettings.provider`.
        threads: of one run on the CPU; 0: one a core.

    Raises:
        PackError: the provider is not there, or ONNX Runtime cannot build the network.
    """

    def __init__(self, model: bytes, *, provider: str = "auto", threads: int = 0) -> None:
        runtime = onnxruntime()
        wanted = providers_to_try(provider, runtime)
        _load_cuda_libraries(runtime, wanted)
        try:
            session = runtime.InferenceSession(model, session_options(runtime, threads), providers=wanted)
        except Exception as error:
            raise PackError(f"ONNX Runtime {runtime.__version__} cannot build the network: {error}") from error
        self.provider: str = check_provider(session, provider)
        self._session = session
        self._input: str = session.get_inputs()[0].name

    def run(self, batch: Float32[np.ndarray, "n 3 h w"]) -> tuple[np.ndarray, ...]:
        """The outputs for a batch; row i of every output belongs to row i of the batch."""
        return tuple(self._session.run(None, {self._input: batch}))


def providers_to_try(provider: str, runtime: ModuleType) -> list[str]:
    """ONNX Runtime's names for a provider of the settings, CPU last for the operators that a GPU lacks.

    Raises:
        PackError: this ONNX Runtime was built without it.
    """
    available = runtime.get_available_providers()
    if provider == "auto":
        provider = next(name for name in AUTOMATIC if PROVIDERS[name] in available)
    if PROVIDERS[provider] not in available:
        raise PackError(
            f"expected an ONNX Runtime with {PROVIDERS[provider]}, found one with {', '.join(available)}; "
            f"install it with: {REMEDIES[provider]}"
        )
    return list(dict.fromkeys([PROVIDERS[provider], CPU]))


def session_options(runtime: ModuleType, threads: int) -> Any:
    """Options of a session: so many threads, that sleep when idle instead of spinning beside other workers' threads."""
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors only
    return options


def check_provider(session: Any, provider: str) -> str:
    """ONNX Runtime's name of the provider that the session runs on.

    Raises:
        PackError: the provider asked for was dropped. ONNX Runtime goes on without a GPU in silence; we do not.
    """
    active = session.get_providers()
    if provider != "auto" and active[0] != PROVIDERS[provider]:
        raise PackError(
            f"expected the network on {PROVIDERS[provider]}, but ONNX Runtime put it on {active[0]}: its driver or "
            f"libraries cannot be loaded; check the driver, then: {REMEDIES[provider]}, or go on with --provider cpu"
        )
    return active[0]


def _load_cuda_libraries(runtime: ModuleType, wanted: list[str]) -> None:
    """Load CUDA and cuDNN from pip packages, where they stand outside the system's library path."""
    if wanted[0] in (PROVIDERS["cuda"], PROVIDERS["tensorrt"]) and hasattr(runtime, "preload_dlls"):
        with contextlib.redirect_stdout(sys.stderr):  # it reports what it misses on standard output
            runtime.preload_dlls()
