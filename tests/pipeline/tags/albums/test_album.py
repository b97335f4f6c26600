import os
import shutil

import numpy as np
import pyarrow as pa
import pytest

from facecluster.errors import ArchiveError, LibraryError, UsageError
from facecluster.people.statements import Ignore, Merge, Name, Rename
from facecluster.pipeline.rows import FaceRow, PhotoRow, face_id, faces_table, photos_table
from facecluster.pipeline.tags.albums.album import AlbumSummary, make_album
from facecluster.pipeline.tags.outgoing.shown import Which
from facecluster.schemas import NAMES, SCAN
from facecluster.store.library import create_library
from tests.pipeline.people_library import BY_THE_MODEL
from tests.pipeline.small_library import PACK, jpeg
from tests.pipeline.tags.tagged_library import ANNA, BERTA, CARL, contents, index, say, tagged_library


@pytest.fixture
def tagged(tmp_path):
    """Anna on one.jpg and two.jpg, another Anna on one.jpg, Carl on 2020/three.jpg."""
    tagged = tagged_library(tmp_path, ["one.jpg", "two.jpg", "2020/three.jpg"])
    tagged.name(ANNA, "one.jpg", "two.jpg", name="Anna")
    tagged.name(BERTA, "one.jpg", name="Anna")
    tagged.name(CARL, "2020/three.jpg", name="Carl/Karl")
    return tagged


def made(tagged, folder, *, copy=False, **which):
    return make_album(tagged.library, folder, Which(**which), lambda _done, _total: None, copy=copy)


def entries(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob("[!.]*/*"))


@pytest.mark.parametrize("copy", [False, True])
def test_each_person_has_a_folder_with_the_photos_that_show_them(tagged, tmp_path, copy):
    album, before = tmp_path / "album", contents(tagged.archive)
    assert made(tagged, album, copy=copy) == AlbumSummary(3, 4, 4, 0, False, ())
    assert entries(album) == ["Anna aaaa/one.jpg", "Anna aaaa/two.jpg", "Anna bbbb/one.jpg", "Carl_Karl cccc/three.jpg"]
    three = album / "Carl_Karl cccc/three.jpg"
    assert (three.read_bytes(), three.stat().st_mtime_ns) == before["2020/three.jpg"]
    assert three.is_symlink() != copy
    assert contents(tagged.archive) == before


def test_it_follows_what_is_decided(tagged, tmp_path):
    album = tmp_path / "album"
    made(tagged, album)
    say(tagged.library, Rename(CARL, "Carla"), Ignore(BERTA))
    tagged.name(ANNA, "2020/three.jpg", name="Anna")
    assert made(tagged, album)[:4] == (2, 4, 2, 2)
    assert entries(album) == ["Anna aaaa/one.jpg", "Anna aaaa/three.jpg", "Anna aaaa/two.jpg", "Carla cccc/three.jpg"]
    say(tagged.library, Merge(CARL, (ANNA,)))
    made(tagged, album)
    assert entries(album) == ["Carla cccc/one.jpg", "Carla cccc/three.jpg", "Carla cccc/two.jpg"]


def test_it_shows_whom_it_is_asked_for(tagged, tmp_path):
    album = tmp_path / "album"
    made(tagged, album, people=("Carl/Karl",))
    assert entries(album) == ["Carl_Karl cccc/three.jpg"]
    rows = [{"face_id": tagged.face("two.jpg", CARL), "person": CARL, "probability": 0.8, "automatic": True}]
    tagged.library.add_names(pa.Table.from_pylist(rows, NAMES), {"run": 0, "journal": 3, **BY_THE_MODEL})
    automatic = frozenset({"human", "automatic"})
    made(tagged, album, people=(CARL,), provenances=automatic)
    assert entries(album) == ["Carl_Karl cccc/three.jpg", "Carl_Karl cccc/two.jpg"]
    made(tagged, album, people=(CARL,), provenances=automatic, min_probability=0.9)
    assert entries(album) == ["Carl_Karl cccc/three.jpg"]


def test_a_photo_that_is_there_twice_is_shown_once_and_names_that_are_taken_are_numbered(tmp_path):
    tagged = tagged_library(tmp_path, {"x/img.jpg": 1, "y/img.jpg": 1, "z/img.jpg": 6, "z/IMG.JPG": 1})
    tagged.name(ANNA, "x/img.jpg", "z/img.jpg", "z/IMG.JPG", name="Anna")
    assert made(tagged, tmp_path / "album").photos == 3
    assert {entry: str((tmp_path / "album" / entry).readlink()) for entry in entries(tmp_path / "album")} == {
        "Anna aaaa/IMG (2).JPG": "../../photos/z/IMG.JPG",
        "Anna aaaa/img (3).jpg": "../../photos/z/img.jpg",
        "Anna aaaa/img.jpg": "../../photos/x/img.jpg",
    }


def test_a_photo_whose_name_is_no_text_is_found(tmp_path):
    path, name = r"z/\\\xff\x0a.jpg", b"z/\\\xff\n.jpg"
    archive, library = tmp_path / "photos", create_library(tmp_path / "library", PACK)
    (archive / "z").mkdir(parents=True)
    (archive / os.fsdecode(name)).write_text("a photo")
    columns = [[path], [7], pa.array([0], SCAN.types[2]), [False]]
    library.add_scan(pa.table(columns, SCAN), str(archive), "print", "2026-01-02T03:04:05+00:00")
    photo = PhotoRow(path, 7, 0, "1" * 64, 9, 9, 9, 9, 1, status="ok", n_faces=1)
    face = FaceRow(face_id("1" * 64, (1, 2, 3, 4)), "1" * 64, (1, 2, 3, 4), np.zeros((5, 2)), 0.9, 0.9, jpeg(9))
    library.add_shard("000001-a", photos_table([photo]), faces_table([face], np.eye(4)[:1]), "print", "decoder")
    say(library, Name(ANNA, (face.face_id,), "Anna"))
    assert make_album(library, tmp_path / "album", Which(), lambda *_: None, copy=False).photos == 1
    assert (tmp_path / "album/Anna aaaa/___.jpg").read_text() == "a photo"


def test_where_part_of_the_archive_cannot_be_read_nothing_is_taken_away(tagged, tmp_path):
    album, library = tmp_path / "album", tagged.library
    made(tagged, album)
    listing = library.listing(library.latest_scan())
    offline = pa.array([path == "two.jpg" for path in listing["path"].to_pylist()])
    listing = listing.set_column(listing.schema.get_field_index("offline"), listing.schema.field("offline"), offline)
    library.add_scan(listing, str(tagged.archive), "print", "2026-01-04T03:04:05+00:00")
    say(library, Ignore(BERTA))
    found = made(tagged, album)
    assert (found.removed, found.incomplete, len(entries(album))) == (0, True, 4)
    index(tagged)
    found = made(tagged, album)
    assert (found.removed, found.incomplete, len(entries(album))) == (1, False, 3)


def test_an_archive_that_is_not_there_costs_nothing(tagged, tmp_path):
    album = tmp_path / "album"
    made(tagged, album)
    tagged.archive.rename(tmp_path / "away")
    with pytest.raises(ArchiveError, match="is its disk mounted"):
        made(tagged, album)
    assert len(entries(album)) == 4


def test_an_album_goes_on_where_library_and_archive_have_moved_together(tagged, tmp_path):
    made(tagged, tmp_path / "album")
    shutil.copytree(tmp_path, tmp_path / "moved", symlinks=True, ignore=shutil.ignore_patterns("moved"))
    assert all((tmp_path / "moved/album" / entry).exists() for entry in entries(tmp_path / "album"))


@pytest.mark.parametrize("where", ["photos/album", "library/album"])
def test_bad_places_are_refused_before_any_work(tagged, tmp_path, where):
    with pytest.raises(UsageError, match="Expected a folder outside"):
        made(tagged, tmp_path / where)
    assert not (tmp_path / where).exists()


def test_an_unknown_person_is_refused_before_anything_is_written(tagged, tmp_path):
    with pytest.raises(UsageError, match="Nobody is called"):
        made(tagged, tmp_path / "album", people=("Dora",))
    assert not (tmp_path / "album").exists()


def test_a_library_without_photos_says_so(tmp_path):
    with pytest.raises(LibraryError, match="still empty"):
        make_album(create_library(tmp_path / "library", PACK), tmp_path / "album", Which(), lambda *_: None, copy=False)


def test_where_nobody_is_named_the_album_is_empty(tmp_path):
    tagged = tagged_library(tmp_path, ["one.jpg"])
    assert made(tagged, tmp_path / "album") == AlbumSummary(0, 0, 0, 0, False, ())
