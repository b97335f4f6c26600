import hashlib

import numpy as np
import pytest

from facecluster.clusters.threshold import Calibration
from facecluster.errors import PhotoError, PhotoFault
from facecluster.faces.align import TEMPLATE
from facecluster.packs.pack import LoadedPack, Manifest
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.shard import Tools, process_shard
from facecluster.schemas import PHOTOS
from facecluster.settings import Settings
from facecluster.store.archive import PhotoFile
from facecluster.types import DecodedPhoto, Detections

MANIFEST = Manifest("test", 2, 112, 0.5, "none", Calibration(0.1, 0.1, 0.6), "a" * 64)
FULL_PX, REDUCED_PX = 1000, 500


class Camera:
    """Files, decoder, detector and embedder in one: a file `b"<name> <faces>"` is a grey square with so many faces.

    A file that begins with `bad` cannot be decoded, one that begins with `small` only at reduced size, and one that
    begins with `away` cannot be read.
    """

    def __init__(self):
        self.decoded, self.windows, self.min_scores = [], [], []

    def read(self, path):
        if path.startswith("away"):
            raise PhotoError(PhotoFault.UNREADABLE, "gone")
        return path.partition("=")[2].encode()

    def decode(self, data, min_long_side_px):
        self.decoded.append(data)
        if data.startswith(b"bad") or (data.startswith(b"small") and min_long_side_px > REDUCED_PX):
            raise PhotoError(PhotoFault.CORRUPT, "no end")
        side = REDUCED_PX if min_long_side_px <= REDUCED_PX else FULL_PX
        pixels = np.full((side, side, 3), 10 * int(data.split()[1]), np.uint8)
        return DecodedPhoto(pixels, FULL_PX, FULL_PX, FULL_PX, FULL_PX, 1, None)

    def detect(self, images, min_score):
        self.windows.append(len(images))
        self.min_scores.append(min_score)
        return [self.faces_of(image) for image in images]

    def faces_of(self, image):
        count = int(image[0, 0, 0]) // 10
        lefts = np.arange(count, dtype=np.float32) * 20
        boxes = np.column_stack([lefts, lefts, lefts + 30, lefts + 30])
        landmarks = boxes[:, None, :2] + TEMPLATE / 112 * 30
        return Detections(boxes, landmarks.astype(np.float32), np.linspace(0.9, 0.8, count, dtype=np.float32))

    def embed(self, crops):
        return np.tile(np.float32([1, 0]), (len(crops), 1))


@pytest.fixture
def camera():
    return Camera()


def work(camera, *paths, known=None, on_photo=lambda: None, **sections):
    settings = Settings.model_validate({"detect": {"size_px": REDUCED_PX}} | sections)
    tools = Tools(camera.read, camera, LoadedPack(MANIFEST, camera, camera, "cpu"), settings)
    files = tuple(PhotoFile(path, len(path), 1) for path in paths)
    return process_shard(Shard("s", files, known or PHOTOS.empty_table()), tools, on_photo)


def test_an_empty_shard_has_empty_tables(camera):
    tables = work(camera)
    assert (tables.photos.num_rows, tables.faces.num_rows) == (0, 0)
    assert tables.photos.schema.equals(PHOTOS)


def test_every_file_has_a_row_in_the_order_of_the_shard(camera):
    paths = ["z=ok 2", "away=x 1", "m=none 0", "b=bad 1", "a=small 1", "c=ok 1"]
    settled = []
    tables = work(camera, *paths, on_photo=lambda: settled.append(1))
    rows = tables.photos.to_pylist()
    assert [row["path"] for row in rows] == paths
    assert [row["status"] for row in rows] == ["ok", "error", "no_face", "error", "error", "ok"]
    assert [row["reason"] for row in rows] == [
        None, "unreadable: gone", None, "corrupt: no end", "corrupt: no end", None
    ]  # fmt: skip
    assert [row["n_faces"] for row in rows] == [2, 0, 0, 0, 0, 1]
    assert rows[1]["photo_hash"] is None
    assert len(settled) == len(paths)


def test_faces_follow_their_photos_best_first(camera):
    tables = work(camera, "z=ok 2", "a=ok 3")
    faces = tables.faces.to_pylist()
    of = [hashlib.sha256(data).hexdigest() for data in (b"ok 2", b"ok 3")]
    assert [face["photo_hash"] for face in faces] == [of[0]] * 2 + [of[1]] * 3
    assert [face["score"] for face in faces[:2]] == sorted((face["score"] for face in faces[:2]), reverse=True)
    assert faces[1]["x0"] == 40, "in pixels of the photo at full size"


def test_copies_are_looked_at_once(camera):
    tables = work(camera, "a=same 2", "b=same 2", "c=bad 1", "d=bad 1")
    rows = tables.photos.to_pylist()
    assert rows[0] | {"path": "b=same 2"} == rows[1]
    assert rows[2] | {"path": "d=bad 1"} == rows[3]
    assert tables.faces.num_rows == 2
    assert camera.decoded.count(b"bad 1") == 1


def test_bytes_known_from_before_are_not_looked_at(camera):
    before = work(camera, "old=same 2").photos
    camera.decoded.clear()
    tables = work(camera, "new=same 2", known=before)
    assert camera.decoded == []
    assert tables.faces.num_rows == 0
    (row,) = tables.photos.to_pylist()
    assert (row["path"], row["n_faces"], row["status"]) == ("new=same 2", 2, "ok")


@pytest.mark.parametrize(("batch", "windows"), [(1, [1] * 5), (2, [2, 2, 1]), (8, [5])])
def test_photos_are_detected_in_batches_with_the_same_result(camera, batch, windows):
    paths = [f"{name}=p{name} {name}" for name in range(5)]
    one_by_one = work(Camera(), *paths)
    batched = work(camera, *paths, pack={"detect_batch": batch})
    assert camera.windows == windows
    assert batched.photos.equals(one_by_one.photos)
    assert batched.faces.equals(one_by_one.faces)


@pytest.mark.parametrize(("wanted", "used"), [(None, 0.5), (0.0, 0.0), (0.8, 0.8)])
def test_the_threshold_is_the_packs_unless_set(camera, wanted, used):
    work(camera, "a=ok 1", detect={"size_px": REDUCED_PX, "min_score": wanted})
    assert camera.min_scores == [used]


def test_small_faces_are_cut_from_a_larger_photo(camera):
    work(camera, "a=ok 1", "b=none 0")
    assert camera.decoded == [b"ok 1", b"ok 1", b"none 0"]


def test_an_error_that_no_photo_explains_goes_up(camera):
    camera.embed = lambda crops: 1 / 0
    with pytest.raises(ZeroDivisionError):
        work(camera, "a=ok 1")
