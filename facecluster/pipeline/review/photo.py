"""The photo around a face: its picture, read from the archive and checked, and the faces on it."""

import hashlib
import io
import re
from collections import OrderedDict
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from facecluster.errors import PhotoError, WorkerError
from facecluster.pipeline.catalogue import latest_scan
from facecluster.pipeline.decoder import DecoderProcess
from facecluster.pipeline.review.beside import beside
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.rows import HASH_DIGITS
from facecluster.pipeline.targets import Rows
from facecluster.settings import DecodeSettings
from facecluster.store.archive import read_photo
from facecluster.store.library import Library
from facecluster.types import DecodedPhoto

LONG_SIDE_PX = 2048
"""Of a picture at most: a window of 1,024 px on a screen of double density."""

QUALITY = 85

MAX_KEPT = 16
"""Pictures of photos, of half a megabyte or one: a page asks for one soon after it was told of it."""


class Picture(NamedTuple):
    """A photo as it is shown."""

    jpeg: bytes  # sRGB, upright, nothing but pixels
    width: int  # of the upright photo at full size, px, in which boxes of faces are
    height: int


class NoPicture(NamedTuple):
    """Why a photo cannot be shown."""

    why: str  # a sentence for whoever looks


class Box(NamedTuple):
    """Where a face is, in px of the upright photo at full size."""

    x0: int
    y0: int
    x1: int
    y1: int


class Photos:
    """The photos of an open library, as far as its archive is there. Any thread may ask."""

    def __init__(self, library: Library, settings: DecodeSettings) -> None:
        self._library = library
        self._decoder = DecoderProcess(settings)
        # One thread does it all: the decoder takes one photo at a time, and ends with the thread that started it.
        self._maker = ThreadPoolExecutor(1, "photos")
        self._kept: OrderedDict[str, Picture] = OrderedDict()  # by hash; the one asked for longest ago first

    def picture(self, moment: Moment, row: int) -> Picture | NoPicture:
        """The photo around a face of the library, if its file is there and still has the content that was indexed."""
        shard, place, path = (moment.people.faces[column].iloc[row] for column in ("shard", "place", "photo_path"))
        found = self._library.face_rows(moment.present.shards[shard], np.array([place]), ["photo_hash"])
        photo_hash = found["photo_hash"][0].as_py()
        try:
            return self._maker.submit(self._picture, photo_hash, path).result()
        except CancelledError:
            return NoPicture("facecluster is about to end.")

    def close(self) -> None:
        """End the process that decodes, after the photo that it has in its hands."""
        self._maker.shutdown(cancel_futures=True)
        self._decoder.close()

    def _picture(self, photo_hash: str, path: str) -> Picture | NoPicture:
        if photo_hash not in self._kept:
            data = self._bytes(photo_hash, path)
            if isinstance(data, NoPicture):
                return data
            try:
                self._kept[photo_hash] = _picture_of(self._decoder.decode(data, LONG_SIDE_PX))
            except PhotoError as error:
                return NoPicture(f"The photo cannot be decoded now ({error}).")
            except WorkerError as error:
                return NoPicture(str(error))
        self._kept.move_to_end(photo_hash)
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return self._kept[photo_hash]

    def _bytes(self, photo_hash: str, path: str) -> bytes | NoPicture:
        """The file, if it is the one that was indexed."""
        archive = Path(latest_scan(self._library).archive)
        if not archive.is_dir():
            return NoPicture("The archive is not there now (is its disk connected?): only the small pictures are.")
        try:
            data = read_photo(archive, path)
        except PhotoError as error:
            return NoPicture(
                f"The file cannot be read now ({error.detail or error}): only the small pictures are there."
            )
        if hashlib.sha256(data).hexdigest() != photo_hash:
            return NoPicture("The file has changed since it was indexed: run facecluster again, then look here again.")
        return data


def faces_of_photo(moment: Moment, row: int) -> Rows:
    """The faces on the photo of a face, it among them, from left to right."""
    rows = np.sort(np.append(beside(moment.people.faces, np.array([row])).rows, row))
    boxes = map(box_of, moment.people.faces["face_id"].iloc[rows])
    return rows[np.argsort([box.x0 if box else 0 for box in boxes], kind="stable")]


def box_of(face_id: str) -> Box | None:
    """Where a face is, by its id (rows.face_id), to the pixel; None where the id is none of ours."""
    edges = re.findall("-(-?[0-9]+)", face_id[HASH_DIGITS:])
    return Box(*map(int, edges)) if len(edges) == len(Box._fields) else None


def _picture_of(photo: DecodedPhoto) -> Picture:
    image = Image.fromarray(photo.pixels)
    image.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY)
    return Picture(buffer.getvalue(), photo.width, photo.height)
