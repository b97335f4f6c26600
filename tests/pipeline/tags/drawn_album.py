"""An album with regions around faces that an index pass does not find, and where there are none."""

import pyarrow as pa
from PIL import Image

from facecluster.pipeline.catalogue import census_of, latest_scan
from facecluster.pipeline.group import group_library
from facecluster.pipeline.index import index_archive
from facecluster.pipeline.tags.drawn.drawn import REGIONS
from facecluster.settings import RunnerSettings, Settings

SETTINGS = Settings(runner=RunnerSettings(workers=1))

LYING = ("lying.jpg", (45, 137, 191, 252))  # a face that lies on its side
SMALL = ("small.jpg", (31, 7, 52, 36))  # one that is smaller than faces of an index pass
WALL = ("coffee.jpg", (20, 20, 120, 140))  # no face
BESIDE = ("portrait.jpg", (20, 200, 90, 290))  # no face either, in a photo that shows one elsewhere
ON_FACE = ("portrait.jpg", (175, 60, 275, 180))  # the face that the index pass finds there
BROKEN = ("broken.jpg", (0, 0, 50, 50))
GONE = ("gone.jpg", (0, 0, 50, 50))
CLICKED = ("coffee.jpg", (300, 300, 306, 380))
BEYOND = ("coffee.jpg", (-80, 350, 60, 470))  # partly beyond the photo of 600 x 400 px
AGAIN = ("coffee.jpg", (25, 22, 121, 138))  # as good as WALL
ALL = (LYING, SMALL, WALL, BESIDE, ON_FACE, BROKEN, GONE, CLICKED, BEYOND, AGAIN)


def make_album(folder, demo_album):
    """The photos, two of them copies."""
    folder.mkdir()
    with Image.open(demo_album / "obama-blue-room.jpg") as photo:
        photo.transpose(Image.Transpose.ROTATE_90).save(folder / "lying.jpg", quality=95)
    with Image.open(demo_album / "obama-portrait.jpg") as photo:
        photo.resize((photo.width // 9, photo.height // 9)).save(folder / "small.jpg", quality=95)
    for name, original in {"coffee": "coffee", "portrait": "collins-portrait", "copy": "collins-portrait"}.items():
        (folder / f"{name}.jpg").write_bytes((demo_album / f"{original}.jpg").read_bytes())
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more than this")
    return folder


def album_library(album, folder):
    """The library of an album, grouped."""
    index_archive(album, folder, SETTINGS, lambda _done, _total: None)
    group_library(folder, SETTINGS.cluster)
    return folder


def files_of(library):
    """The files as the census knows them, by path."""
    scan = latest_scan(library)
    return census_of(library, library.listing(scan), scan.fingerprint).current.set_index("path")


def regions_in(library, *regions):
    """Regions of photos, by path, as a table (REGIONS)."""
    hashes = files_of(library)["photo_hash"]
    rows = [(hashes.get(path, "f" * 64), *box) for path, box in regions]
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in REGIONS]
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, REGIONS.types, strict=True)], REGIONS)
