"""The folder of an InsightFace pack: where it is, which of its networks are used, and their hash."""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

from facecluster.errors import PackError
from facecluster.faces.align import CROP_PX
from facecluster.settings import PackSettings

PREFIX = "insightface:"

DEFAULT_ROOT = Path("~/.insightface")
"""Where the package itself keeps its models."""

DETECTOR_OUTPUTS = 9
"""SCRFD with landmarks has score, box and landmark maps at three strides; with fewer it has no landmarks."""


class ModelFiles(NamedTuple):
    """The two files of a folder that make a pack."""

    detector: Path
    recogniser: Path
    dimension: int


def models_folder(settings: PackSettings) -> Path:
    """The folder `<root>/models/<name>` of a pack.

    Raises:
        PackError: it is not there.
    """
    name = settings.name.removeprefix(PREFIX)
    root = Path(settings.root) if settings.root else DEFAULT_ROOT
    folder = root.expanduser() / "models" / name
    if not name or not folder.is_dir():
        raise PackError(
            f"expected the models of {settings.name} in the folder {folder}, found none; unpack {name or '<name>'}.zip "
            "of the InsightFace project there, or name another root folder; facecluster downloads no weights"
        )
    return folder


def choose_files(folder: Path) -> ModelFiles:
    """The first detector with landmarks and the first recogniser of the folder, by the shapes they declare.

    Raises:
        PackError: one of them is missing, or a file is no network.
    """
    detectors, recognisers = [], []
    for path in sorted(folder.glob("*.onnx")):
        graph = _read_graph(path)
        side = [dim.dim_value for dim in graph.input[0].type.tensor_type.shape.dim][2:]
        output = [dim.dim_value for dim in graph.output[0].type.tensor_type.shape.dim]
        if len(graph.output) >= DETECTOR_OUTPUTS:
            detectors.append(path)
        elif side == [CROP_PX, CROP_PX] and len(graph.output) == 1 and output[-1:] > [1]:
            recognisers.append((path, output[-1]))
    if not detectors or not recognisers:
        found = ", ".join(path.name for path in sorted(folder.glob("*.onnx"))) or "no .onnx file"
        raise PackError(
            f"expected an SCRFD detector with landmarks and a recogniser of {CROP_PX} px crops in {folder}, "
            f"found {found}"
        )
    return ModelFiles(detectors[0], *recognisers[0])


def hash_of_networks(folder: Path, code_version: int) -> str:
    """One sha256 over the version of the code and the name and bytes of every network in the folder."""
    digest = hashlib.sha256(str(code_version).encode())
    for path in sorted(folder.glob("*.onnx")):
        digest.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()


def _read_graph(path: Path) -> Any:
    import onnx  # noqa: PLC0415  # 0.3 s that no other pack needs
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    try:
        return onnx.load(path, load_external_data=False).graph
    except (DecodeError, OSError) as error:
        raise PackError(
            f"expected a network in {path}, found something unreadable ({error}); unpack it again"
        ) from error
