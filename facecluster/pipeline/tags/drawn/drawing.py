"""What a worker does with photos in which somebody drew regions: look there, and commit a face for each."""

import hashlib
import math
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float32

from facecluster.errors import PhotoError, PhotoFault
from facecluster.faces.region import face_in_region
from facecluster.faces.thumbnail import face_thumbnail
from facecluster.pipeline.clock import StepClock, StepSeconds
from facecluster.pipeline.found import FoundFaces
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.rows import FaceRow, face_id, faces_table
from facecluster.pipeline.shard import Tools
from facecluster.pipeline.worker import Job, ShardReport, ShardWorker, Work, decoder_signature
from facecluster.schemas import PHOTOS
from facecluster.types import Boxes, DecodedPhoto, Detections

SIDE_PX = 224
"""Shorter side of a region in the picture that is looked at, where the photo has so many: a face that is half as wide
as its region still fills a crop."""

_BOXES = pa.list_(pa.list_(pa.float32(), 4))  # px, upright, full size

TASKS = pa.schema([*PHOTOS, pa.field("regions", _BOXES), pa.field("others", _BOXES)])
"""A row a photo file: what is known of it, regions that are to become faces, and the faces that it has. Copies of a
photo have equal ones, and stand beside each other; the first is looked at."""

_FOLDER = "regions"


@dataclass(frozen=True)
class DrawingJob(Job):
    """What every worker needs to know."""

    turn: int  # number of this call among those for one scan: what a later one says of a photo is newer


class _Region(NamedTuple):
    """A region and what is seen in it, in px of the upright photo at full size."""

    box: Float32[np.ndarray, "4"]
    seen: Detections  # one face, or none


class DrawingWorker(ShardWorker):
    """A worker of index passes that looks where it is told to."""

    job: DrawingJob

    def work(self, shard: Shard, on_photo: Callable[[], None] = lambda: None) -> ShardReport:
        """Make faces of the regions of these photos and commit them; photos that cannot be used are lost."""
        drawing = _Drawing(self.tools)
        lost: dict[str, str] = {}
        with drawing.clock("total"):
            for task in tasks_of(shard):
                try:
                    drawing.draw(task)
                except PhotoError as error:
                    lost[task["path"]] = str(error)
                on_photo()
            faces = drawing.faces()
        if len(faces):
            with drawing.clock("write"):
                self._commit(shard.known, faces)
        n_lost, peak = len(lost), self.peak_memory_mb()
        return ShardReport(
            shard.name, len(shard.files), n_lost, len(faces), drawing.clock.seconds, peak, tuple(lost.items())
        )

    def _commit(self, tasks: pa.Table, faces: pa.Table) -> None:
        """Put faces into the index, and say of all files of their photos how many they have now."""
        drawn = tasks.filter(pc.is_in(tasks["photo_hash"], pc.unique(faces["photo_hash"])))
        folder, decoder = shard_folder(self.job.scan, self.job.turn), decoder_signature(self.job.settings.decode)
        self.library.add_shard(folder, with_more_faces(drawn), faces, self.job.fingerprint, decoder)


class _Drawing:
    """The faces made so far of the regions of one shard."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self.clock = StepClock()
        self.seen = FoundFaces(tools.pack, tools.settings, self.clock)
        self.unseen: list[FaceRow] = []

    def draw(self, task: dict[str, Any]) -> None:
        """Make faces of the regions of a photo (a row of TASKS).

        Raises:
            PhotoError: it cannot be read or decoded, or has other bytes than when it was indexed.
        """
        boxes, others = (np.array(task[name], np.float32).reshape(-1, 4) for name in ("regions", "others"))
        photo = self._decoded(task, side_to_decode_px(boxes, task["width"], task["height"]))
        regions = self._look(photo, boxes, others)
        seen = [region for region in regions if len(region.seen.scores)]
        if seen:
            landmarks = np.concatenate([region.seen.landmarks for region in seen])
            scores = np.concatenate([region.seen.scores for region in seen])
            faces = Detections(np.stack([region.box for region in seen]), landmarks, scores)
            self.seen.add(task["photo_hash"], faces, photo)
        self.unseen += [self._unseen(task, one.box, photo) for one in regions if not len(one.seen.scores)]

    def faces(self) -> pa.Table:
        """All of them (schemas.faces_schema), unseen ones last."""
        rows, vectors = self.seen.embedded()
        none = np.zeros((len(self.unseen), vectors.shape[1]), np.float32)
        return faces_table([*rows, *self.unseen], np.concatenate([vectors, none]))

    def _decoded(self, task: dict[str, Any], side_px: int) -> DecodedPhoto:
        with self.clock("read"):
            data = self.tools.read(task["path"])
            if hashlib.sha256(data).hexdigest() != task["photo_hash"]:
                raise PhotoError(PhotoFault.UNREADABLE, "the file was changed since it was indexed: run again")
        with self.clock("decode"):
            return self.tools.decoder.decode(data, side_px)

    def _look(self, photo: DecodedPhoto, boxes: Boxes, others: Boxes) -> list[_Region]:
        """What is seen in each region: no face twice, and none of the others."""
        scale = np.float32(photo.scale)
        known, regions = others * scale, []
        for box in boxes:
            with self.clock("detect"):
                seen = face_in_region(self.tools.pack.detector, photo.pixels, box * scale, known)
            known = np.concatenate([known, seen.boxes])
            regions.append(_Region(box, Detections(seen.boxes / scale, seen.landmarks / scale, seen.scores)))
        return regions

    def _unseen(self, task: dict[str, Any], box: Float32[np.ndarray, "4"], photo: DecodedPhoto) -> FaceRow:
        thumbnail = face_thumbnail(photo.pixels, box * np.float32(photo.scale), self.tools.settings.index.thumbnail_px)
        edges = (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
        return FaceRow(face_id(task["photo_hash"], edges), task["photo_hash"], edges, None, 0.0, 0.0, thumbnail)


def give_up(_: DrawingJob, shard: Shard, detail: str) -> ShardReport:
    """Tell of the only photo of a shard that workers cannot survive it; what the library says of it stays."""
    lost = (shard.files[0].path, str(PhotoError(PhotoFault.CRASH, detail)))
    return ShardReport(shard.name, 1, 1, 0, StepSeconds(), 0.0, (lost,))


DRAWING = Work(DrawingWorker, give_up)


def tasks_of(shard: Shard) -> list[dict[str, Any]]:
    """The rows of TASKS of the files of a shard; there may be more, of copies, or of a shard that was halved."""
    return shard.known.filter(pc.is_in(shard.known["path"], pa.array([file.path for file in shard.files]))).to_pylist()


def side_to_decode_px(regions: Boxes, width: int, height: int) -> int:
    """The long side at which a photo is large enough for the smallest of its regions."""
    smallest = float((regions[:, 2:] - regions[:, :2]).min())
    return math.ceil(min(1.0, SIDE_PX / smallest) * max(width, height))


def with_more_faces(tasks: pa.Table) -> pa.Table:
    """The rows of photo files (schemas.PHOTOS) whose regions have become faces."""
    counts = pc.add(tasks["n_faces"], pc.list_value_length(tasks["regions"])).cast(pa.int32())
    new = {"status": pa.array(["ok"] * len(tasks), pa.string()), "n_faces": counts}
    return pa.table([new.get(name, tasks[name]) for name in PHOTOS.names], PHOTOS)


def shard_folder(scan: int, turn: int) -> str:
    """A name for a shard of drawn faces that no other ever has.

    By name, and so by age, it comes after those of the index pass of its scan, which end in hex digits, and after those
    of earlier turns.
    """
    return f"{scan:06d}-{_FOLDER}-{turn:06d}-{secrets.token_hex(8)}"


def next_turn(scan: int, shards: Iterable[str]) -> int:
    """The number of the next turn of a scan, by the names of the shards that are there."""
    begin = f"{scan:06d}-{_FOLDER}-"
    turns = (int(name.removeprefix(begin).partition("-")[0]) for name in shards if name.startswith(begin))
    return 1 + max(turns, default=0)
