import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import MetadataError, MetadataFault
from facecluster.store.path_text import path_to_text, text_to_path
from facecluster.store.sidecars import FOLDERS_KEPT, Folder, Folders, Style, Target


def folder(*names):
    return Folder(b"2024/Rome", [os.fsencode(name) for name in names])


def target(names, photo, style=Style.AUTO):
    found = folder(*names).target(f"2024/Rome/{photo}", style)
    assert found.path.startswith("2024/Rome/")
    shared = found.shared_with and found.shared_with.removeprefix("2024/Rome/")
    return Target(found.path.removeprefix("2024/Rome/"), found.exists, shared)


def sidecars(names, photo):
    return [path.removeprefix("2024/Rome/") for path in folder(*names).sidecars(f"2024/Rome/{photo}")]


@pytest.mark.parametrize(
    ("names", "photo", "expected"),
    [
        (["a.jpg"], "a.jpg", []),
        (["a.jpg", "a.xmp", "a.jpg.xmp", "b.xmp"], "a.jpg", ["a.jpg.xmp", "a.xmp"]),
        (["a.jpg", "a.XMP", "a.jpg.Xmp"], "a.jpg", ["a.jpg.Xmp", "a.XMP"]),
        (["a.jpg", "a.XMP", "a.xmp"], "a.jpg", ["a.xmp", "a.XMP"]),  # one in lower case comes first
        (["a.jpg", "A.xmp", "a.JPG.xmp"], "a.jpg", []),  # but the rest is exact
        (["a.cr2", "a.jpg", "a.xmp"], "a.jpg", ["a.xmp"]),
        (["a.cr2", "a.jpg", "a.xmp"], "a.cr2", ["a.xmp"]),
        (["a.jpg", "a.jpg.png", "a.jpg.xmp"], "a.jpg.png", []),  # it is of the photo with just that name
        (["a.jpg.png", "a.jpg.xmp"], "a.jpg.png", ["a.jpg.xmp"]),
        (["a.b.jpg", "a.xmp", "a.b.xmp"], "a.b.jpg", ["a.b.xmp"]),
        ([".jpg.xmp", ".xmp"], "a.jpg", []),
    ],
)
def test_sidecars_that_exist(names, photo, expected):
    assert sidecars(names, photo) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.jpg", "b.jpg"], "a.jpg.xmp"),
        (["a.jpg", "b.jpg", "b.jpg.xmp"], "a.jpg.xmp"),
        (["a.jpg", "b.jpg", "b.xmp"], "a.xmp"),
        (["a.jpg", "b.jpg", "b.xmp", "c.jpg", "c.jpg.xmp"], "a.jpg.xmp"),
        (["a.jpg", "b.jpg", "b.xmp", "c.jpg", "c.xmp", "d.jpg", "d.jpg.xmp"], "a.xmp"),
        (["a.jpg", "notes.xmp", "Adobe.xmp"], "a.jpg.xmp"),  # of no photo: they say nothing
    ],
)
def test_a_new_sidecar_is_called_as_most_of_the_folder(names, expected):
    assert target(names, "a.jpg") == Target(expected, exists=False, shared_with=None)
    assert target(names, "a.jpg", Style.FULL).path == "a.jpg.xmp"
    assert target(names, "a.jpg", Style.STEM).path == "a.xmp"


@pytest.mark.parametrize("style", Style)
def test_a_sidecar_that_exists_is_not_hidden_by_a_new_one(style):
    assert target(["a.jpg", "a.xmp"], "a.jpg", style) == Target("a.xmp", exists=True, shared_with=None)
    assert target(["a.jpg", "a.XMP", "a.jpg.xmp"], "a.jpg", style) == Target("a.jpg.xmp", exists=True, shared_with=None)


@pytest.mark.parametrize("exists", [True, False])
def test_a_raw_owns_the_sidecar_that_a_jpeg_shares(exists):
    names = ["a.JPG", "a.NEF", *(["a.xmp"] if exists else [])]
    assert target(names, "a.NEF", Style.STEM) == Target("a.xmp", exists, None)
    assert target(names, "a.JPG", Style.STEM) == Target("a.xmp", exists, "a.NEF")
    assert target(names, "a.JPG", Style.FULL) == Target("a.JPG.xmp", exists=False, shared_with=None)


def test_a_sidecar_belongs_to_the_first_of_several_photos():
    names = ["a.heic", "a.jpg", "a.xmp"]
    assert [target(names, name).shared_with for name in names[:2]] == [None, "a.heic"]
    names = ["a.CR2", "a.dng", "a.JPG", "a.xmp"]
    assert [target(names, name).shared_with for name in names[:3]] == [None, "a.CR2", "a.CR2"]


def test_with_no_style_asked_for_a_shared_sidecar_is_left_to_its_owner():
    assert target(["a.JPG", "a.NEF", "a.xmp"], "a.JPG") == Target("a.xmp", exists=True, shared_with="a.NEF")
    assert target(["a.JPG", "a.NEF"], "a.JPG") == Target("a.JPG.xmp", exists=False, shared_with=None)
    by_stem = ["a.JPG", "a.NEF", "b.jpg", "b.xmp"]
    assert target(by_stem, "a.NEF") == Target("a.xmp", exists=False, shared_with=None)
    assert target(by_stem, "a.JPG") == Target("a.JPG.xmp", exists=False, shared_with=None)
    own = ["a.JPG", "a.NEF", "a.xmp", "a.JPG.xmp"]
    assert target(own, "a.JPG") == Target("a.JPG.xmp", exists=True, shared_with=None)


def test_what_belongs_to_the_photo_of_just_that_name_is_no_others():
    names = ["a.jpg", "a.jpg.png", "a.jpg.xmp"]
    assert target(names, "a.jpg") == Target("a.jpg.xmp", exists=True, shared_with=None)
    assert target(names, "a.jpg.png", Style.STEM) == Target("a.jpg.xmp", exists=True, shared_with="a.jpg")


SUFFIXES = st.sampled_from([".jpg", ".JPG", ".heic", ".nef", ".xmp", ".XMP", ".jpg.xmp", ".nef.xmp", ".jpg.png", ""])
NAMES = st.sets(st.builds(lambda stem, suffix: stem + suffix, st.sampled_from(["a", "b", "a.b"]), SUFFIXES))


@given(NAMES, st.sampled_from(Style), st.randoms())
def test_no_sidecar_is_written_for_two_photos(names, style, random):
    shuffled = sorted(names)
    random.shuffle(shuffled)
    here, again = folder(*names), folder(*shuffled)
    mine = []
    for name in here.photos:
        photo = f"2024/Rome/{name}"
        found = here.target(photo, style)
        assert found == again.target(photo, style)
        assert found.exists == (found.path.removeprefix("2024/Rome/") in names)
        if found.exists and not found.shared_with:
            assert here.sidecars(photo)[0] == found.path
        if not found.shared_with:
            mine.append(found.path)
        assert found.shared_with != photo
    assert len(mine) == len(set(mine))


def test_other_files_that_hold_names():
    found = folder("a.jpg", "a.jpg.json", "b.JSON", "Picasa.ini", ".picasa.ini", ".jpg", "c.txt")
    assert found.picasa == "2024/Rome/.picasa.ini"
    assert folder("picasa.INI").picasa == "2024/Rome/picasa.INI"
    assert folder("x").picasa is None
    assert found.jsons == ("a.jpg.json", "b.JSON")
    assert found.photos == ("a.jpg",)


def test_names_that_are_no_text(tmp_path):
    hostile = b"-rf $(x) \xff\n'\"%d.jpg"
    (tmp_path / "a").mkdir()
    for name in (hostile, hostile + b".xmp"):
        (tmp_path / "a" / os.fsdecode(name)).touch()
    path = path_to_text(b"a/" + hostile)
    found = Folders(tmp_path).of(path)
    (sidecar,) = found.sidecars(path)
    assert text_to_path(sidecar) == b"a/" + hostile + b".xmp"
    assert found.target(path, Style.AUTO) == Target(sidecar, exists=True, shared_with=None)


def test_folders_are_listed_once_for_a_while(tmp_path):
    for number in range(FOLDERS_KEPT + 1):
        (tmp_path / str(number)).mkdir()
    folders = Folders(tmp_path)
    first = folders.of("0/a.jpg")
    assert folders.of("0/b.jpg") is first
    for number in range(1, FOLDERS_KEPT + 1):
        folders.of(f"{number}/a.jpg")
    assert folders.of("0/a.jpg") is not first


def test_the_top_of_the_archive_and_folders_within(tmp_path):
    (tmp_path / "a.jpg").touch()
    (tmp_path / "a.xmp").mkdir()
    assert Folders(tmp_path).of("a.jpg").target("a.jpg", Style.AUTO) == Target("a.jpg.xmp", False, None)


def test_a_folder_that_is_gone(tmp_path):
    with pytest.raises(MetadataError, match="its folder: No such file") as caught:
        Folders(tmp_path).of("gone/a.jpg")
    assert caught.value.fault is MetadataFault.UNREADABLE
