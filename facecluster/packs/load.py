"""Settings -> a pack's manifest, or the pack itself."""

from facecluster.errors import PackError
from facecluster.packs import embedded
from facecluster.packs.pack import Manifest, Pack
from facecluster.settings import DetectSettings, PackSettings

INSIGHTFACE_PREFIX = "insightface:"


def describe_pack(settings: PackSettings) -> Manifest:
    """The manifest of the pack that the settings name; loads no network and no ONNX Runtime.

    Raises:
        PackError: there is no such pack.
    """
    if settings.name == embedded.NAME:
        return embedded.MANIFEST
    raise _unknown(settings.name)


def load_pack(settings: PackSettings, detect: DetectSettings) -> Pack:
    """The pack that the settings name, ready to run.

    Raises:
        PackError: there is no such pack, its weights are missing or damaged, or ONNX Runtime is unfit to run it.
    """
    if settings.name == embedded.NAME:
        return embedded.load_embedded(settings, detect)
    raise _unknown(settings.name)


def _unknown(name: str) -> PackError:
    return PackError(f"expected the pack {embedded.NAME} or {INSIGHTFACE_PREFIX}<name>, found {name!r}")
