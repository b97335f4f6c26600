"""A photo -> what each file that holds metadata of it says of people, the best file first."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.others.picasa import faces_in_picasa
from facecluster.metadata.others.takeout import people_in_takeout
from facecluster.metadata.others.takeout_files import takeout_files
from facecluster.metadata.words import Tag
from facecluster.metadata.xmp.extended import joined
from facecluster.metadata.xmp.packet import read_packet
from facecluster.metadata.xmp.reading import tags_in
from facecluster.store.beside import read_beside
from facecluster.store.exiftool.embedded import Embedded
from facecluster.store.sidecars import Folder, Folders
from facecluster.store.stamps import stamp_of

MAX_TAGS = 2000
"""Of one photo in one file: more say nothing of people, and would be a face each."""

MAX_NAME_KEPT = 1000
"""Characters of a name, of which a person's may have a fifth: what is longer is refused, and need not be kept whole."""

Tags = tuple[Tag, ...]


class Said(NamedTuple):
    """What one file says of a photo: mentions, or why it could not be read."""

    file: str  # as the paths of photos
    tags: Tags
    reason: str | None = None


class Surroundings:
    """The files beside the photos of a shard; those that speak of several photos are read once."""

    def __init__(self, archive: Path, contacts: Mapping[str, str]) -> None:
        """Look below the root of an archive; contacts are those of metadata.others.picasa."""
        self.stamps: dict[str, list[int] | None] = {}  # of all that was looked at, from before it was
        self._archive = archive
        self._contacts = contacts
        self._folders = Folders(archive)
        self._picasa: dict[str, dict[str, Tags] | MetadataError] = {}
        self._takeout: dict[str, dict[str, str]] = {}

    def folder_of(self, photo: str) -> Folder:
        """What stands in the folder of a photo.

        Raises:
            MetadataError: it cannot be listed.
        """
        self._stamp(_folder(photo))
        return self._folders.of(photo)

    def read(self, path: str) -> bytes:
        """The bytes of a file.

        Raises:
            MetadataError: it cannot be read.
        """
        self._stamp(path)
        return read_beside(self._archive, path).data

    def picasa(self, path: str) -> dict[str, Tags]:
        """What a .picasa.ini says, by names of photos in lower case.

        Raises:
            MetadataError: it cannot be read.
        """
        if path not in self._picasa:
            try:
                self._picasa[path] = faces_in_picasa(self.read(path), self._contacts)
            except MetadataError as error:
                self._picasa[path] = error
        found = self._picasa[path]
        if isinstance(found, MetadataError):
            raise found
        return found

    def takeout(self, photo: str, folder: Folder) -> str | None:
        """The JSON of Google Takeout of a photo."""
        path = _folder(photo)
        if path not in self._takeout:
            self._takeout[path] = takeout_files(folder.photos, folder.jsons)
        json = self._takeout[path].get(PurePosixPath(photo).name)
        return str(PurePosixPath(path, json)) if json else None

    def _stamp(self, path: str) -> None:
        if path not in self.stamps:
            self.stamps[path] = stamp_of(self._archive, path)


def tags_of_photo(path: str, inside: Embedded | MetadataError, around: Surroundings) -> Iterator[Said]:
    """What is said of a photo: by its sidecars, by itself, by Picasa and by Google. Silent files are left out.

    Args:
        path: of the photo, as listed.
        inside: what stands in it, or why that cannot be read.
        around: the files beside it.
    """
    try:
        folder = around.folder_of(path)
    except MetadataError as error:
        yield Said(path, (), str(error))
        return
    for file, tags_of in _sources(path, inside, folder, around):
        try:
            tags = _within_limits(tags_of())
        except MetadataError as error:
            yield Said(file, (), str(error))
        else:
            if tags:
                yield Said(file, tags)


def _sources(
    path: str, inside: Embedded | MetadataError, folder: Folder, around: Surroundings
) -> Iterator[tuple[str, Callable[[], Tags]]]:
    """The files that may speak of a photo, each with what reads it."""
    for sidecar in folder.sidecars(path):
        yield sidecar, lambda sidecar=sidecar: tags_in(read_packet(around.read(sidecar)))
    yield path, lambda: _tags_inside(inside)
    if ini := folder.picasa:
        yield ini, lambda: around.picasa(ini).get(PurePosixPath(path).name.casefold(), ())
    if json := around.takeout(path, folder):
        yield json, lambda: people_in_takeout(around.read(json))


def _tags_inside(inside: Embedded | MetadataError) -> Tags:
    if isinstance(inside, MetadataError):
        raise inside
    packet = joined(inside.xmp, inside.extension)
    return tags_in(read_packet(packet)) if packet else ()


def _within_limits(tags: Tags) -> Tags:
    """The same with names cut that nobody can bear.

    Raises:
        MetadataError: TOO_LARGE: there are more than a photo can have.
    """
    if len(tags) > MAX_TAGS:
        detail = f"{len(tags):,} mentions of people, at most {MAX_TAGS:,} are read of a photo"
        raise MetadataError(MetadataFault.TOO_LARGE, detail)
    return tuple(tag._replace(name=tag.name[:MAX_NAME_KEPT]) if tag.name else tag for tag in tags)


def _folder(photo: str) -> str:
    """The path of the folder of a photo; "": it is the root."""
    return "/".join(photo.split("/")[:-1])
