"""Detections -> the faces worth keeping -> face rows and their vectors."""

import math

import numpy as np

from facecluster.faces.align import aligned_crops, crop_scale
from facecluster.faces.quality import face_quality
from facecluster.faces.thumbnail import face_thumbnail
from facecluster.packs.pack import Pack
from facecluster.pipeline.clock import StepClock
from facecluster.pipeline.rows import FaceRow, face_id
from facecluster.settings import Settings
from facecluster.types import Crops, DecodedPhoto, Detections, Embeddings


def keep_faces(detections: Detections, photo: DecodedPhoto, min_face_px: int) -> Detections:
    """The faces large enough to keep, in pixels of the upright photo at full size, boxes cut to the photo."""
    edges = np.array([photo.width, photo.height] * 2, np.float32)
    boxes = np.clip(detections.boxes / np.float32(photo.scale), 0, edges)
    large = np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) >= min_face_px
    return Detections(boxes[large], detections.landmarks[large] / np.float32(photo.scale), detections.scores[large])


def side_for_crops_px(faces: Detections, photo: DecodedPhoto) -> int | None:
    """The long side at which a photo must be decoded so that no crop is enlarged; None: it is large enough."""
    if photo.scale >= 1 or not len(faces.scores):
        return None
    wanted = min(1.0, float(crop_scale(faces.landmarks).max()))  # full-size pixels a crop pixel, upside down
    return math.ceil(wanted * max(photo.width, photo.height)) if wanted > photo.scale else None


class FoundFaces:
    """The faces of a shard: rows at once, vectors in batches."""

    def __init__(self, pack: Pack, settings: Settings, clock: StepClock) -> None:
        self.pack = pack
        self.settings = settings
        self.clock = clock
        self.rows: list[FaceRow] = []
        self.waiting: list[Crops] = []
        self.vectors: list[Embeddings] = [np.empty((0, pack.manifest.dimension), np.float32)]

    def add(self, photo_hash: str, faces: Detections, photo: DecodedPhoto) -> None:
        """Cut and describe the faces of a photo; `faces` is in full-size pixels, the photo may be reduced."""
        if not len(faces.scores):
            return
        crops = aligned_crops(photo.pixels, faces.landmarks * np.float32(photo.scale))
        qualities = face_quality(crops, faces.landmarks, faces.scores).total
        for box, landmarks, score, quality in zip(faces.boxes, faces.landmarks, faces.scores, qualities, strict=True):
            thumbnail = face_thumbnail(photo.pixels, box * np.float32(photo.scale), self.settings.index.thumbnail_px)
            edges = (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
            self.rows.append(
                FaceRow(
                    face_id(photo_hash, edges), photo_hash, edges, landmarks, float(score), float(quality), thumbnail
                )
            )
        self.waiting.append(crops)
        if sum(map(len, self.waiting)) >= self.settings.pack.embed_batch:
            self._embed()

    def embedded(self) -> tuple[list[FaceRow], Embeddings]:
        """All rows and their vectors, in the order they were added."""
        self._embed()
        return self.rows, np.concatenate(self.vectors)

    def _embed(self) -> None:
        if self.waiting:
            with self.clock("embed"):
                self.vectors.append(self.pack.embedder.embed(np.concatenate(self.waiting)))
            self.waiting.clear()
