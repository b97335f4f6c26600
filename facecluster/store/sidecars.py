"""What stands beside photos: which files of a folder hold metadata of which photo, and which is to.

A sidecar of `IMG.jpg` is called `IMG.jpg.xmp` ("full": digiKam, darktable, Immich) or `IMG.xmp` ("stem": Adobe). The
suffix counts whatever its case; the rest of a name is exact, as it is to the programs that look for it.

`IMG.xmp` may be of several photos, most often of a RAW and the JPEG that the camera made with it. All of them read it,
as they show the same; but it can only say of one where in the picture a face is.
"""

# Paths are bytes here, as the operating system has them; pathlib knows none.
# ruff: noqa: PTH118, PTH119, PTH120, PTH122

import os
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from facecluster.errors import MetadataError, MetadataFault
from facecluster.store.archive import PHOTO_SUFFIXES, RAW_SUFFIXES
from facecluster.store.path_text import path_to_text, text_to_path

FOLDERS_KEPT = 8  # photos come by path: those of a folder together, but for the folders within it

_XMP = b".xmp"
_PICASA = (b".picasa.ini", b"picasa.ini")  # of Picasa 3, and of those before; in lower case


class Style(StrEnum):
    """How a new sidecar is named."""

    AUTO = "auto"  # as most sidecars of the folder are; where there are none, in full
    FULL = "full"  # IMG.jpg.xmp
    STEM = "stem"  # IMG.xmp


class Target(NamedTuple):
    """The sidecar that holds, or is to hold, the metadata of a photo. Paths are `path_to_text`, below the archive."""

    path: str
    exists: bool
    shared_with: str | None  # the photo that it belongs to, where that is another


class Folder:
    """The files of a folder of the archive when it was listed."""

    def __init__(self, path: bytes, names: Iterable[bytes]) -> None:
        """Use `Folders.of`."""
        self._path = path
        self._names = sorted(names)
        self._sidecars: dict[bytes, list[bytes]] = defaultdict(list)  # by what they are of: IMG.jpg, or IMG
        self._photos: set[bytes] = set()
        first: dict[bytes, bytes] = {}
        first_raw: dict[bytes, bytes] = {}
        for name in self._names:
            stem, suffix = _stem_and_suffix(name)
            if suffix == _XMP:
                self._sidecars[stem].append(name)
            elif suffix in PHOTO_SUFFIXES:
                self._photos.add(name)
                (first_raw if suffix in RAW_SUFFIXES else first).setdefault(stem, name)
        self._owners = first | first_raw  # whose IMG.xmp is

    @cached_property
    def photos(self) -> tuple[str, ...]:
        """The names of the photos."""
        return tuple(path_to_text(name) for name in self._names if name in self._photos)

    @cached_property
    def jsons(self) -> tuple[str, ...]:
        """The names of the JSON files."""
        return tuple(path_to_text(name) for name in self._names if name.lower().endswith(b".json"))

    @cached_property
    def picasa(self) -> str | None:
        """The path of Picasa's file about the folder."""
        found = [name for spelling in _PICASA for name in self._names if name.lower() == spelling]
        return self._text(found[0]) if found else None

    def sidecars(self, photo: str) -> tuple[str, ...]:
        """The sidecars of a photo that exist, the one that counts first; all as paths."""
        name, stem = _name_and_stem(photo)
        # What has just the name of another photo is that one's own.
        shared = [] if stem in self._photos else self._sidecars.get(stem, [])
        return tuple(map(self._text, [*_lower_case_first(self._sidecars.get(name, [])), *_lower_case_first(shared)]))

    def target(self, photo: str, style: Style) -> Target:
        """The sidecar that holds the metadata of a photo, else the one that is to.

        One that exists is never hidden by a new one that programs would prefer, but where `FULL` is asked for and
        the one that exists belongs to another photo.
        """
        name, stem = _name_and_stem(photo)
        if own := _lower_case_first(self._sidecars.get(name, [])):
            return Target(self._text(own[0]), exists=True, shared_with=None)
        shared = next(iter(_lower_case_first(self._sidecars.get(stem, []))), None)
        owner = stem if stem in self._photos else self._owners.get(stem, name)
        wanted = style
        if style is Style.AUTO:  # an IMG.xmp that is not there and would be another photo's is hidden by no other
            wanted = self._style if shared or owner == name else Style.FULL
        if wanted is Style.STEM or (shared and (owner == name or style is Style.AUTO)):
            other = None if owner == name else self._text(owner)
            return Target(self._text(shared or stem + _XMP), exists=shared is not None, shared_with=other)
        return Target(self._text(name + _XMP), exists=False, shared_with=None)

    @cached_property
    def _style(self) -> Style:
        """How most sidecars are named; those of no photo do not count."""
        n_full = sum(photo in self._photos for photo in self._sidecars)
        n_stem = sum(stem in self._owners and stem not in self._photos for stem in self._sidecars)
        return Style.STEM if n_stem > n_full else Style.FULL

    def _text(self, name: bytes) -> str:
        return path_to_text(os.path.join(self._path, name))


class Folders:
    """The folders of an archive, each listed when it is first asked for; the last few are kept, as they were then."""

    def __init__(self, archive: Path) -> None:
        self._archive = os.fsencode(archive)
        self._listed = lru_cache(FOLDERS_KEPT)(self._list)

    def of(self, photo: str) -> Folder:
        """The folder that a photo is in, by the path of the photo.

        Raises:
            MetadataError: UNREADABLE: it cannot be listed.
        """
        return self._listed(os.path.dirname(text_to_path(photo)))

    def _list(self, path: bytes) -> Folder:
        try:
            with os.scandir(os.path.join(self._archive, path)) as entries:
                return Folder(path, [entry.name for entry in entries if not entry.is_dir(follow_symlinks=False)])
        except OSError as error:
            detail = f"its folder: {error.strerror or type(error).__name__}"
            raise MetadataError(MetadataFault.UNREADABLE, detail) from error


def _name_and_stem(photo: str) -> tuple[bytes, bytes]:
    name = os.path.basename(text_to_path(photo))
    return name, _stem_and_suffix(name)[0]


def _stem_and_suffix(name: bytes) -> tuple[bytes, bytes]:
    stem, suffix = os.path.splitext(name)
    return stem, suffix.lower()


def _lower_case_first(sidecars: list[bytes]) -> list[bytes]:
    """Those that every program finds, before those that only differ in the case of the suffix."""
    return sorted(sidecars, key=lambda name: not name.endswith(_XMP))
