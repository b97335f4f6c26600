"""A library of photo files of any kind, decoded as an index pass does, with faces where the test says they are."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from facecluster.faces.decode import decode_photo
from facecluster.metadata.words import Box, Frame
from facecluster.people.statements import Name
from facecluster.pipeline.people import people_of
from facecluster.pipeline.plan import listing_table
from facecluster.pipeline.rows import FaceRow, PhotoRow, face_id, faces_table, photos_table
from facecluster.settings import ArchiveSettings
from facecluster.store.archive import list_photos
from facecluster.store.library import Library, create_library
from tests.pipeline.small_library import PACK, jpeg
from tests.pipeline.tags.tagged_library import say


class Seen(NamedTuple):
    """An archive, its library, and what is known of each photo by its path."""

    archive: Path
    library: Library
    frames: dict[str, Frame]
    faces: dict[str, Sequence[Box]]  # px of the upright picture
    hashes: dict[str, str]

    def face(self, path: str, number: int) -> str:
        """The id of a face of a photo."""
        return face_id(self.hashes[path], self.faces[path][number])

    def name(self, person: str, name: str, number: int, paths: Iterable[str]) -> None:
        """Decide that a face of some photos, its number among those of each, is a person."""
        say(self.library, Name(person, tuple(dict.fromkeys(self.face(path, number) for path in paths)), name))

    def people(self) -> dict[tuple[str, str], str]:
        """Who is who: (path, id of the face) -> name."""
        people = people_of(self.library)
        rows = zip(people.faces["photo_path"], people.faces["face_id"], people.names_of_faces(), strict=True)
        return {(path, face): name for path, face, name in rows if name}


def seen_library(archive: Path, folder: Path, faces: Mapping[str, Sequence[Box]]) -> Seen:
    """The library of an archive in a new folder.

    Args:
        archive: with its photos.
        folder: of the library.
        faces: of each photo, by path, px of the upright picture.
    """
    library = create_library(folder, PACK)
    listing = list_photos(archive, ArchiveSettings())
    library.add_scan(listing_table(listing, None), str(archive), "print", "2026-01-02T03:04:05+00:00")
    photos, rows, frames, hashes = [], {}, {}, {}
    for file in listing.files:
        data = (archive / file.path).read_bytes()
        decoded = decode_photo(data, None, 100)
        hashes[file.path] = photo = hashlib.sha256(data).hexdigest()
        frames[file.path] = Frame(decoded.stored_width, decoded.stored_height, decoded.orientation)
        sizes = decoded.width, decoded.height, *frames[file.path]
        photos.append(PhotoRow(*file, photo, *sizes, status="ok", n_faces=len(faces[file.path])))
        for box in faces[file.path]:
            face = face_id(photo, box)
            rows[face] = FaceRow(face, photo, box, np.zeros((5, 2)), 0.9, 0.9, jpeg(128))
    vectors = np.tile(np.eye(4, dtype=np.float32)[:1], (len(rows), 1))
    library.add_shard("000001-a", photos_table(photos), faces_table(list(rows.values()), vectors), "print", "decoder")
    return Seen(archive, library, frames, {path: faces[path] for path in frames}, hashes)
