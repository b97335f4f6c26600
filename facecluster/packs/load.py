"""Settings -> a pack's manifest, or the pack itself."""

from facecluster.errors import UsageError
from facecluster.packs import embedded, insightface
from facecluster.packs.insightface_folder import PREFIX
from facecluster.packs.pack import Manifest, Pack
from facecluster.settings import DetectSettings, PackSettings


def describe_pack(settings: PackSettings) -> Manifest:
    """The manifest of the pack that the settings name; loads no network and no ONNX Runtime.

    Raises:
        UsageError: there is no such pack.
    """
    if settings.name.startswith(PREFIX):
        return insightface.describe_insightface(settings)
    _check_name(settings.name)
    return embedded.MANIFEST


def load_pack(settings: PackSettings, detect: DetectSettings) -> Pack:
    """The pack that the settings name, ready to run.

    Raises:
        UsageError: there is no such pack.
        PackError: its weights are missing or damaged, or ONNX Runtime is unfit to run it.
    """
    if settings.name.startswith(PREFIX):
        return insightface.load_insightface(settings, detect)
    _check_name(settings.name)
    return embedded.load_embedded(settings, detect)


def _check_name(name: str) -> None:
    if name != embedded.NAME:
        raise UsageError(f"expected the pack {embedded.NAME} or {PREFIX}<name>, found {name!r}")
