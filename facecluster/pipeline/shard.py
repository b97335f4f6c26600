"""One shard -> its photos and faces tables. Knows neither who runs it nor where the tables go.

read -> hash -> (known already: a copy) -> decode -> detect -> keep -> (look again, larger) -> align -> embed -> rows
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import pyarrow as pa

from facecluster.errors import PhotoError
from facecluster.packs.pack import Pack
from facecluster.pipeline.clock import StepClock, StepSeconds
from facecluster.pipeline.decoder import DecoderProcess
from facecluster.pipeline.found import FoundFaces, keep_faces, side_for_crops_px
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.rows import PhotoRow, copy_row, faces_table, failed_row, known_rows, photo_row, photos_table
from facecluster.settings import Settings
from facecluster.store.archive import PhotoFile
from facecluster.types import DecodedPhoto, Detections


@dataclass(frozen=True)
class Tools:
    """What a worker holds for as long as it lives."""

    read: Callable[[str], bytes]  # path as listed -> bytes; raises PhotoError
    decoder: DecoderProcess
    pack: Pack
    settings: Settings


class ShardTables(NamedTuple):
    """What a shard yields."""

    photos: pa.Table
    faces: pa.Table
    seconds: StepSeconds


class _Photo(NamedTuple):
    """A photo on its way from bytes to faces."""

    file: PhotoFile
    photo_hash: str
    data: bytes
    decoded: DecodedPhoto


def process_shard(shard: Shard, tools: Tools, on_photo: Callable[[], None] = lambda: None) -> ShardTables:
    """The rows of every file of a shard, in its order; faces in the order of their photos, best score first.

    A photo that fails is a row. `on_photo` is called once for each file settled.
    """
    work = _ShardWork(shard, tools, on_photo)
    with work.clock("total"):
        photos = work.decoded_photos()
        while window := list(islice(photos, tools.settings.pack.detect_batch)):
            work.find_faces(window)
        work.settle_copies()
        embedded = work.found.embedded()
        tables = photos_table([work.rows[file] for file in shard.files]), faces_table(*embedded)
    return ShardTables(*tables, work.clock.seconds)


class _ShardWork:
    """One shard in progress: the rows settled and the faces found so far."""

    def __init__(self, shard: Shard, tools: Tools, on_photo: Callable[[], None]) -> None:
        self.shard = shard
        self.tools = tools
        self.on_photo = on_photo
        self.clock = StepClock()
        wanted = tools.settings.detect.min_score
        self.min_score = tools.pack.manifest.min_score if wanted is None else wanted
        self.known = known_rows(shard.known)  # by photo hash
        self.first_of: dict[str, PhotoFile] = {}  # photo hash -> the file of this shard that stands for it
        self.copies: list[tuple[PhotoFile, str]] = []
        self.rows: dict[PhotoFile, PhotoRow] = {}
        self.found = FoundFaces(tools.pack, tools.settings, self.clock)

    def decoded_photos(self) -> Iterator[_Photo]:
        """The photos that must be looked at; failed ones and copies are settled or set aside on the way."""
        for file in self.shard.files:
            photo_hash = None
            try:
                with self.clock("read"):
                    data = self.tools.read(file.path)
                    photo_hash = hashlib.sha256(data).hexdigest()
                if photo_hash in self.known or photo_hash in self.first_of:
                    self.copies.append((file, photo_hash))
                    continue
                self.first_of[photo_hash] = file
                yield _Photo(file, photo_hash, data, self._decode(data, self.tools.settings.detect.size_px))
            except PhotoError as error:
                self._settle(file, failed_row(file, photo_hash, error))

    def find_faces(self, window: Sequence[_Photo]) -> None:
        """Detect the faces of some photos, keep the good ones, queue them for embedding, and settle the photos."""
        with self.clock("detect"):
            detected = self.tools.pack.detector.detect([photo.decoded.pixels for photo in window], self.min_score)
        for photo, detections in zip(window, detected, strict=True):
            faces = keep_faces(detections, photo.decoded, self.tools.settings.detect.min_face_px)
            try:
                self.found.add(photo.photo_hash, faces, self._large_enough(photo, faces))
            except PhotoError as error:
                self._settle(photo.file, failed_row(photo.file, photo.photo_hash, error))
            else:
                self._settle(photo.file, photo_row(photo.file, photo.photo_hash, photo.decoded, len(faces.scores)))

    def settle_copies(self) -> None:
        """Give files whose bytes were seen before the row of the file that was looked at."""
        for file, photo_hash in self.copies:
            self._settle(file, copy_row(file, self.known.get(photo_hash) or self.rows[self.first_of[photo_hash]]))

    def _large_enough(self, photo: _Photo, faces: Detections) -> DecodedPhoto:
        side_px = side_for_crops_px(faces, photo.decoded)
        return photo.decoded if side_px is None else self._decode(photo.data, side_px)

    def _decode(self, data: bytes, side_px: int) -> DecodedPhoto:
        with self.clock("decode"):
            return self.tools.decoder.decode(data, side_px)

    def _settle(self, file: PhotoFile, row: PhotoRow) -> None:
        self.rows[file] = row
        self.on_photo()
