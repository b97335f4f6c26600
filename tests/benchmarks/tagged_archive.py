"""An archive of small photos that other programs named people in, and its library: no network looked at any of them.

Of every four photos two have sidecars, one has XMP within, one has nothing. Each shows one to five faces; where there
is metadata it has a region for each, a rating and a keyword, as digiKam and its like leave them.
"""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from facecluster.metadata.xmp.jpeg import with_xmp
from facecluster.people.statements import Name, Rename
from facecluster.pipeline.catalogue import latest_scan
from facecluster.pipeline.journal import decide
from facecluster.pipeline.people import people_of
from facecluster.pipeline.plan import listing_table
from facecluster.pipeline.rows import FaceRow, PhotoRow, face_id, faces_table, photos_table
from facecluster.pipeline.tags.outgoing.shown import whole_photos
from facecluster.settings import ArchiveSettings
from facecluster.store.archive import PhotoFile, list_photos
from facecluster.store.library import create_library, open_library
from tests.benchmarks.large_library import PACK

WIDTH, HEIGHT = 640, 480  # px
MAX_FACES = 5  # a photo
PHOTOS_A_FOLDER = 500
PHOTOS_A_SHARD = 1000
PEOPLE = 300
SEEN = "2026-01-02T03:04:05+00:00"

_COMMENT = b"\xff\xfe"  # ITU-T T.81: a segment for text
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
 xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
 xmp:Rating="3"><dc:subject><rdf:Bag><rdf:li>holiday</rdf:li></rdf:Bag></dc:subject>
<mwg-rs:Regions rdf:parseType="Resource">
<mwg-rs:AppliedToDimensions stDim:w="{width}" stDim:h="{height}" stDim:unit="pixel"/>
<mwg-rs:RegionList><rdf:Bag>
{regions}
</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
_REGION = """<rdf:li><rdf:Description mwg-rs:Name="{name}" mwg-rs:Type="Face"><mwg-rs:Area stArea:x="{x}" stArea:y="{y}"
 stArea:w="{w}" stArea:h="{h}" stArea:unit="normalized"/></rdf:Description></rdf:li>"""


class Photo(NamedTuple):
    """What there is to know of the photo of a number."""

    path: str
    n_faces: int
    names: tuple[str, ...]  # of those who are on it


def photo_of(number: int) -> Photo:
    """The photo of a number: few people are on many photos."""
    n_faces = 1 + number % MAX_FACES
    chance = np.random.default_rng(number)
    people = (PEOPLE * chance.random(n_faces) ** 3).astype(int).tolist()
    folder, place = divmod(number, PHOTOS_A_FOLDER)
    return Photo(f"{folder:04d}/{place:04d}.jpg", n_faces, tuple(f"Person {person}" for person in people))


def make_archive(archive: Path, n_photos: int) -> None:
    """The files."""
    picture = _picture()
    for number in range(n_photos):
        photo = photo_of(number)
        path = archive / photo.path
        path.parent.mkdir(parents=True, exist_ok=True)
        comment = photo.path.encode()
        jpeg = picture[:2] + _COMMENT + (2 + len(comment)).to_bytes(2, "big") + comment + picture[2:]
        if number % 4 == 2:
            jpeg = with_xmp(jpeg, _packet(photo))
        path.write_bytes(jpeg)
        if number % 4 < 2:
            path.with_name(f"{path.name}.xmp").write_bytes(_packet(photo))


def make_library(folder: Path, archive: Path) -> None:
    """The library that an index pass would have made; nobody has a name."""
    library = create_library(folder, PACK)
    listing = list_photos(archive, ArchiveSettings())
    library.add_scan(listing_table(listing, None), str(archive), "print", SEEN)
    for number, start in enumerate(range(0, len(listing.files), PHOTOS_A_SHARD)):
        photos, faces = [], []
        for file in listing.files[start : start + PHOTOS_A_SHARD]:
            row = _photo_row(archive, file)
            photos.append(row)
            faces += _faces_of(row)
        vectors = np.random.default_rng(number).standard_normal((len(faces), PACK.dimension)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        library.add_shard(
            f"000001-{number:016x}", photos_table(photos), faces_table(faces, vectors), "print", "decoder"
        )


def name_everybody(folder: Path) -> None:
    """Name the faces that have no name yet, as somebody would; those of one name are one person."""
    library = open_library(folder)
    people = people_of(library, ["photo_hash", "x0"])
    known = {person.name: person.id for person in people.who.people if person.name}
    faces = people.faces.loc[people.faces["person"] < 0]
    photos = whole_photos(library, latest_scan(library))
    paths = dict(zip(photos["photo_hash"].to_pylist(), photos["path"].to_pylist(), strict=True))
    told: dict[str, list[str]] = {}
    for name, photo_hash, left in zip(faces["face_id"], faces["photo_hash"], faces["x0"], strict=True):
        place, number = (int(left) - 20) // 120, _number_of(paths[photo_hash])
        told.setdefault(photo_of(number).names[place], []).append(name)
    said = [
        Name(known.get(name, hashlib.sha256(name.encode()).hexdigest()[:12]), tuple(faces), name)
        for name, faces in sorted(told.items())
    ]
    decide(library, lambda _: said, "somebody")


def rename_first(folder: Path) -> None:
    """Give the person who is on the most photos another name."""
    library = open_library(folder)
    people = people_of(library, [])
    persons = people.faces["person"].to_numpy()
    most = int(np.bincount(persons[persons >= 0]).argmax())
    decide(library, lambda _: [Rename(people.who.people[most].id, "Somebody Else")], "somebody")


def _number_of(path: str) -> int:
    folder, _, name = path.partition("/")
    return int(folder) * PHOTOS_A_FOLDER + int(name.removesuffix(".jpg"))


def _photo_row(archive: Path, file: PhotoFile) -> PhotoRow:
    photo_hash = hashlib.sha256((archive / file.path).read_bytes()).hexdigest()
    n_faces = photo_of(_number_of(file.path)).n_faces
    return PhotoRow(*file, photo_hash, WIDTH, HEIGHT, WIDTH, HEIGHT, 1, None, "ok", None, n_faces)


def _faces_of(photo: PhotoRow) -> Iterator[FaceRow]:
    assert photo.photo_hash
    for place in range(photo.n_faces):
        box = _box(place)
        name = face_id(photo.photo_hash, box)
        yield FaceRow(name, photo.photo_hash, box, np.zeros((5, 2), np.float32), 0.9, 0.9, b"no picture")


def _box(place: int) -> tuple[float, float, float, float]:
    left = 20.0 + 120 * place
    return left, 60, left + 100, 180


def _packet(photo: Photo) -> bytes:
    regions = []
    for place, name in enumerate(photo.names):
        x0, y0, x1, y1 = _box(place)
        width, height = x1 - x0, y1 - y0
        area = {
            "x": (x0 + width / 2) / WIDTH,
            "y": (y0 + height / 2) / HEIGHT,
            "w": width / WIDTH,
            "h": height / HEIGHT,
        }
        regions.append(_REGION.format(name=name, **area))
    return _XMP.format(width=WIDTH, height=HEIGHT, regions="\n".join(regions)).encode()


def _picture() -> bytes:
    """A JPEG with some detail."""
    small = Image.fromarray(np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8))
    buffer = io.BytesIO()
    small.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
