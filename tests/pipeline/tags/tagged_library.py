"""A library of small photos that are there, with faces of a few people: no network looked at any of them."""

import hashlib
import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from facecluster.people.statements import Name, Reject
from facecluster.pipeline.journal import decide
from facecluster.pipeline.plan import listing_table
from facecluster.pipeline.rows import FaceRow, PhotoRow, face_id, faces_table, photos_table
from facecluster.settings import ArchiveSettings, RunnerSettings, Settings
from facecluster.store.archive import list_photos
from facecluster.store.library import Library, create_library
from facecluster.store.path_text import text_to_path
from tests.pipeline.small_library import PACK, jpeg

WIDTH, HEIGHT = 96, 64  # px, upright
ANNA, BERTA, CARL = "a" * 12, "b" * 12, "c" * 12
NAMES = {ANNA: "Anna Müller", BERTA: 'Berta "B" O\'Neil/Smith', CARL: "Карл <&>"}
ONE_WORKER = Settings(runner=RunnerSettings(workers=1))


class Tagged(NamedTuple):
    """An archive and its library."""

    archive: Path
    library: Library

    def face(self, path: str, person: str) -> str:
        """The face of a person in a photo, who shows everybody in the order of NAMES."""
        return face_id(_hash(self.archive, path), box_of(person))

    def name(self, person: str, *paths: str, name: str | None = None) -> None:
        """Decide that these photos show a person."""
        say(self.library, Name(person, tuple(self.face(path, person) for path in paths), name or NAMES[person]))

    def unname(self, person: str, *paths: str) -> None:
        """Decide that these photos do not show a person."""
        say(self.library, Reject(person, tuple(self.face(path, person) for path in paths)))


def box_of(person: str) -> tuple[float, float, float, float]:
    """Where a person stands in every photo, px, upright."""
    left = 30.0 * list(NAMES).index(person)
    return (left, 8.0, left + 24, 40.0)


def say(library, *statements, provenance="human"):
    """A decision that was made without any look at what is there."""
    return decide(library, lambda _: statements, "tester", provenance)


def make_photo(path: Path, orientation: int = 1, kind: str = "JPEG") -> None:
    """A photo whose bytes no other of another name has."""
    size = (WIDTH, HEIGHT) if orientation < 5 else (HEIGHT, WIDTH)
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = path.name
    buffer = io.BytesIO()
    Image.new("RGB", size, (90, 120, 150)).save(buffer, kind, exif=exif)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())


def tagged_library(folder: Path, photos: dict[str, int] | list[str]) -> Tagged:
    """Photos by path (with their orientations) in an archive, and their library; nobody has a name yet."""
    archive = folder / "photos"
    archive.mkdir(exist_ok=True)
    for path, orientation in photos.items() if isinstance(photos, dict) else dict.fromkeys(photos, 1).items():
        if not (archive / path).exists():
            make_photo(archive / path, orientation)
    orientations = photos if isinstance(photos, dict) else dict.fromkeys(photos, 1)
    library = create_library(folder / "library", PACK)
    index(Tagged(archive, library), orientations)
    return Tagged(archive, library)


def index(tagged: Tagged, orientations: dict[str, int] | None = None) -> None:
    """List the archive anew; every photo shows everybody of NAMES."""
    listing = list_photos(tagged.archive, ArchiveSettings())
    now = datetime.now(UTC).isoformat(timespec="seconds")
    scan = tagged.library.add_scan(listing_table(listing, None), str(tagged.archive), "print", now)
    photos, faces = [], {}
    for file in listing.files:
        orientation = (orientations or {}).get(file.path, 1)
        stored = (WIDTH, HEIGHT) if orientation < 5 else (HEIGHT, WIDTH)
        photo_hash = _hash(tagged.archive, file.path)
        photos.append(PhotoRow(*file, photo_hash, WIDTH, HEIGHT, *stored, orientation, status="ok", n_faces=len(NAMES)))
        for person in NAMES:
            face = face_id(photo_hash, box_of(person))
            faces[face] = FaceRow(face, photo_hash, box_of(person), np.zeros((5, 2)), 0.9, 0.9, jpeg(128))
    vectors = np.tile(np.eye(4, dtype=np.float32)[:1], (len(faces), 1))
    tables = photos_table(photos), faces_table(list(faces.values()), vectors)
    tagged.library.add_shard(f"{scan.number:06d}-a", *tables, "print", "decoder")


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """The bytes and the time of change of every file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def _hash(archive: Path, path: str) -> str:
    return hashlib.sha256((archive / os.fsdecode(text_to_path(path))).read_bytes()).hexdigest()


def run_here(shards, job, progress, work):
    """A runner without processes of its own."""
    progress.ready()
    with work.open_worker(job) as worker:
        for shard in shards:
            progress.shard(worker.work(shard, lambda: progress.photos(1)))
