"""Vendored weights -> bytes that ONNX Runtime runs: checked, folded once, kept in the user's cache."""

import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import platformdirs

from facecluster.errors import PackError

CACHE_VARIABLE = "FACECLUSTER_CACHE"
"""Environment variable that names the cache folder; without it, the user's cache folder of this system."""

FOLD_VERSION = 1
"""Of `packs.fold`: a change of its rules changes the cached files and the packs' hashes."""

UNFINISHED = ".fold-"
"""How the name of a file begins while it is written."""

STALE_SECONDS = 3600.0
"""No fold takes as long; an unfinished file older than this has no writer."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Weight:
    """A network file that comes with facecluster; its name picks the rule in `packs.fold.RULES` that makes it run."""

    name: str
    file: str
    sha256: str


SFACE = Weight(
    "sface",
    "face_recognition_sface_2021dec_int8bq.onnx",
    "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
)
CENTERFACE = Weight(
    "centerface",
    "centerface.onnx",
    "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
)
YUNET = Weight(
    "yunet",
    "face_detection_yunet_2023mar_int8bq.onnx",
    "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
)
EMBEDDED = (YUNET, CENTERFACE, SFACE)
"""The networks of the embedded pack, in the order they run."""


def weights_folder() -> Path:
    """Where the vendored files are."""
    return Path(str(resources.files("facecluster") / "weights"))


def cache_folder() -> Path:
    """Where folded networks are kept; it may be deleted at any time."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else Path(platformdirs.user_cache_dir("facecluster"))


def runnable_bytes(weight: Weight, vendored: Path, cache: Path) -> bytes:
    """The folded network, from the cache if a sound copy is there, else folded now and put there.

    The name of a cached file carries the hash of its content, and it appears under that name whole or not at all, so
    any number of processes may do this at once and be killed at any moment. A cache that cannot be written costs time,
    not the run.

    Raises:
        PackError: the vendored file is missing or damaged.
    """
    source = vendored_bytes(weight, vendored)
    cached = next(_sound_copies(weight, cache), None)
    if cached is not None:
        return cached
    folded = _fold(weight, source)
    try:
        _store(weight, cache, folded)
    except OSError as error:
        logger.warning("the cache %s cannot be written (%s): networks are prepared anew at each start", cache, error)
    return folded


def vendored_bytes(weight: Weight, folder: Path) -> bytes:
    """The file as published.

    Raises:
        PackError: it is missing, or its bytes are not the published ones.
    """
    path = folder / weight.file
    remedy = "install facecluster again with: pip install --force-reinstall --no-deps facecluster"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PackError(f"the weights {path} cannot be read ({error.strerror}); {remedy}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != weight.sha256:
        raise PackError(f"the weights {path} are damaged: expected sha256 {weight.sha256}, found {found}; {remedy}")
    return content


def _stem(weight: Weight) -> str:
    return f"{weight.name}-{weight.sha256[:8]}-fold{FOLD_VERSION}"


def _sound_copies(weight: Weight, cache: Path) -> Iterator[bytes]:
    """Cached copies whose content has the hash in their name; damaged ones are removed."""
    for path in sorted(cache.glob(f"{_stem(weight)}-*.onnx")):
        try:
            content = path.read_bytes()
        except OSError as error:
            logger.warning("the cached network %s cannot be read: %s", path, error)
            continue
        if path.stem.endswith(hashlib.sha256(content).hexdigest()):
            yield content
        else:
            logger.warning("the cached network %s is damaged and is made again", path)
            path.unlink(missing_ok=True)


def _fold(weight: Weight, source: bytes) -> bytes:
    from onnx import load_model_from_string  # noqa: PLC0415  # 0.3 s that only the first start on a machine needs

    from facecluster.packs.fold import RULES  # noqa: PLC0415

    return RULES[weight.name](load_model_from_string(source)).SerializeToString(deterministic=True)


def _store(weight: Weight, cache: Path, content: bytes) -> None:
    """Put the content into the cache under its hash, durably and in one step."""
    cache.mkdir(parents=True, exist_ok=True)
    _sweep(cache)
    final = cache / f"{_stem(weight)}-{hashlib.sha256(content).hexdigest()}.onnx"
    with tempfile.NamedTemporaryFile(dir=cache, prefix=UNFINISHED, delete=False) as temporary:
        try:
            temporary.write(content)
            temporary.flush()
            os.fsync(temporary.fileno())
            Path(temporary.name).replace(final)
        except BaseException:
            Path(temporary.name).unlink(missing_ok=True)
            raise


def _sweep(cache: Path) -> None:
    """Remove what processes killed long ago left half written."""
    for path in cache.glob(f"{UNFINISHED}*"):
        if time.time() - path.stat().st_mtime > STALE_SECONDS:
            path.unlink(missing_ok=True)
