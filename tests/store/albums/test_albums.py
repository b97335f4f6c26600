import os
from pathlib import Path

import filelock
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.errors import LibraryInUseError, UsageError
from facecluster.store.albums.albums import CONTENTS, OURS, AlbumChanges, bring_up_to_date, check_place

LIBRARY = "0123"
OPERATIONS = ("fsync", "mkdir", "rename", "replace", "rmdir", "symlink", "unlink", "utime")


@pytest.fixture
def photos(tmp_path):
    """Six photos by name."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for name in "abcdef":
        (folder / name).write_bytes(name.encode() * 3)
    return {name: folder / name for name in "abcdef"}


@pytest.fixture
def album(tmp_path):
    return tmp_path / "album"


def brought(album, entries, *, copy=False, remove=True, library=LIBRARY):
    return bring_up_to_date(album, library, entries, lambda _done, _total: None, copy=copy, remove=remove)


def held(album):
    """What an album shows: the bytes behind each entry."""
    return {
        path.relative_to(album).as_posix(): path.read_bytes()
        for path in album.rglob("*")
        if path.is_file() and OURS not in path.parts
    }


def state(album):
    """All there is, links as links, with times."""
    return {
        path: (path.lstat().st_mtime_ns, path.readlink() if path.is_symlink() else None)
        for path in album.rglob("*")
        if path.name != "lock"
    }


@pytest.mark.parametrize("copy", [False, True])
def test_an_album_follows_what_is_wanted(album, photos, copy):
    first = {"Ada/1": photos["a"], "Ada/2": photos["b"], "Bob/1": photos["b"]}
    assert brought(album, first, copy=copy) == AlbumChanges(3, 0, 0, ())
    assert held(album) == {"Ada/1": b"aaa", "Ada/2": b"bbb", "Bob/1": b"bbb"}
    second = {"Ada/1": photos["c"], "Ada/2": photos["b"], "Cy/1": photos["d"]}
    assert brought(album, second, copy=copy) == AlbumChanges(2, 1, 1, ())
    assert held(album) == {"Ada/1": b"ccc", "Ada/2": b"bbb", "Cy/1": b"ddd"}
    assert not (album / "Bob").exists()
    assert brought(album, {}, copy=copy) == AlbumChanges(0, 0, 3, ())
    assert os.listdir(album) == [OURS]


def test_the_same_again_touches_nothing(album, photos):
    wanted = {"Ada/1": photos["a"], "Bob/1": photos["b"]}
    brought(album, wanted)
    before = state(album)
    assert brought(album, wanted) == AlbumChanges(0, 2, 0, ())
    assert state(album) == before


def test_links_become_copies_and_links_again(album, photos):
    wanted = {"Ada/1": photos["a"]}
    for copy in (False, True, False):
        assert brought(album, wanted, copy=copy).made == 1
        assert (album / "Ada/1").is_symlink() != copy


def test_what_others_put_there_stays(album, photos):
    brought(album, {"Ada/1": photos["a"], "Ada/2": photos["b"]})
    (album / "notes.txt").write_text("mine")
    (album / "Ada/3").write_text("mine")
    (album / "Ada/2").unlink()
    (album / "Ada/2").write_text("mine")
    changes = brought(album, {"Ada/2": photos["b"], "Ada/3": photos["c"]})
    assert changes[:3] == (0, 0, 1)
    assert [one.entry for one in changes.failed] == ["Ada/2", "Ada/3"]
    brought(album, {})
    assert held(album) == {"notes.txt": b"mine", "Ada/2": b"mine", "Ada/3": b"mine"}


def test_a_link_that_somebody_made_is_never_removed_even_if_it_leads_where_ours_would(album, photos):
    brought(album, {"Ada/1": photos["a"]})
    (album / "Ada/2").symlink_to("../../archive/b")
    assert brought(album, {"Ada/1": photos["a"], "Ada/2": photos["b"]}) == AlbumChanges(0, 2, 0, ())
    brought(album, {})
    assert held(album) == {"Ada/2": b"bbb"}


def test_a_photo_that_cannot_be_read_keeps_its_entry(album, photos):
    wanted = {"Ada/1": photos["a"], "Ada/2": photos["b"]}
    brought(album, wanted, copy=True)
    photos["a"].unlink()
    changes = brought(album, wanted | {"Ada/3": photos["a"]}, copy=True)
    assert (changes.kept, [one.entry for one in changes.failed]) == (1, ["Ada/1", "Ada/3"])
    assert held(album) == {"Ada/1": b"aaa", "Ada/2": b"bbb"}
    brought(album, {}, copy=True)
    assert held(album) == {}


def test_nothing_is_removed_where_not_all_is_known_and_it_is_made_up_for_later(album, photos):
    brought(album, {"Ada/1": photos["a"], "Ada/2": photos["b"]})
    assert brought(album, {"Ada/2": photos["b"]}, remove=False) == AlbumChanges(0, 1, 0, ())
    assert set(held(album)) == {"Ada/1", "Ada/2"}
    assert brought(album, {"Ada/2": photos["b"]}).removed == 1
    assert set(held(album)) == {"Ada/2"}


def test_progress_is_told_entry_by_entry(album, photos):
    told = []
    bring_up_to_date(
        album, LIBRARY, {"Ada/1": photos["a"], "Ada/2": photos["b"]}, lambda *at: told.append(at), copy=False
    )
    assert told == [(1, 2), (2, 2)]


class Killed(BaseException):
    """The process ends here."""


def killed_at(step, monkeypatch, work):
    """Do some work as far as its n-th change of the disk; whether it was cut short there."""
    count = 0

    def counted(operation):
        def run(*arguments, **options):
            nonlocal count
            count += 1
            if count == step:
                raise Killed
            return operation(*arguments, **options)

        return run

    with monkeypatch.context() as patch:
        for name in OPERATIONS:
            patch.setattr(os, name, counted(getattr(os, name)))
        try:
            work()
        except Killed:
            return True
    return False


@pytest.mark.parametrize("copy", [False, True])
def test_a_kill_at_any_moment_costs_nothing(tmp_path, photos, monkeypatch, copy):
    first = {"Ada/1": photos["a"], "Ada/2": photos["b"], "Bob/1": photos["c"]}
    second = {"Ada/1": photos["d"], "Ada/2": photos["b"], "Cy/1": photos["e"]}
    step, cut = 0, True
    while cut:
        step += 1
        album = tmp_path / f"album-{step}"
        brought(album, first, copy=copy)
        (album / "Ada/mine").write_text("mine")
        cut = killed_at(step, monkeypatch, lambda album=album: brought(album, second, copy=copy))
        shown = held(album)
        assert shown.items() <= {("Ada/mine", b"mine")} | set(held_of(first).items()) | set(held_of(second).items())
        brought(album, second, copy=copy)
        assert held(album) == {"Ada/mine": b"mine", **held_of(second)}
        brought(album, {}, copy=copy)
        assert held(album) == {"Ada/mine": b"mine"}, step
        assert sorted(os.listdir(album / OURS)) == [CONTENTS, "lock"]
    assert step > 10


def held_of(entries):
    return {name: photo.read_bytes() for name, photo in entries.items()}


@settings(max_examples=30)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([f"{who}/{n}" for who in ("Ada", "Bob") for n in "12"]), st.sampled_from("abc")
        ),
        max_size=4,
    )
)
def test_however_it_came_about_an_album_holds_what_is_wanted_last(tmp_path_factory, wishes):
    folder = tmp_path_factory.mktemp("albums")
    archive = folder / "archive"
    archive.mkdir()
    for name in "abc":
        (archive / name).write_bytes(name.encode())
    for wish in wishes:
        changes = brought(folder / "album", {entry: archive / name for entry, name in wish.items()})
        assert changes.made + changes.kept == len(wish)
        assert held(folder / "album") == {entry: name.encode() for entry, name in wish.items()}
        assert {path.name for path in (folder / "album").iterdir()} - {OURS} == {entry.split("/")[0] for entry in wish}


def test_only_one_changes_an_album_at_a_time(album, photos):
    brought(album, {})
    with filelock.FileLock(album / OURS / "lock"), pytest.raises(LibraryInUseError, match="wait until it ends"):
        brought(album, {"Ada/1": photos["a"]})


def test_an_album_of_another_library_is_left_alone(album, photos):
    brought(album, {"Ada/1": photos["a"]}, library="other")
    with pytest.raises(UsageError, match="album of another library"):
        brought(album, {})
    assert held(album) == {"Ada/1": b"aaa"}


def test_what_is_ours_and_could_not_be_changed_is_still_ours(album, photos, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    brought(album, {"Ada/1": photos["a"], "Ada/2": photos["b"]})
    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", refuse)
        changes = brought(album, {"Ada/1": photos["c"]})
    assert [one.reason for one in changes.failed] == ["cannot be changed: Permission denied"] * 2
    assert held(album) == {"Ada/1": b"aaa", "Ada/2": b"bbb"}
    assert brought(album, {"Ada/1": photos["c"]})[:3] == (1, 0, 1)
    assert held(album) == {"Ada/1": b"ccc"}


def test_an_album_may_stand_in_a_new_an_empty_or_its_own_folder(album, photos, tmp_path):
    archive, library = tmp_path / "archive", tmp_path / "library"
    check_place(album, archive, library)
    album.mkdir()
    (album / ".DS_Store").touch()
    check_place(album, archive, library)
    brought(album, {"Ada/1": photos["a"]})
    check_place(album, archive, library)


@pytest.mark.parametrize("where", ["archive", "archive/below/it", "library", "library/album", "link/album"])
def test_an_album_is_never_in_the_archive_or_the_library(tmp_path, photos, where):
    (tmp_path / "library").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "archive")
    with pytest.raises(UsageError, match="Expected a folder outside the"):
        check_place(tmp_path / where, tmp_path / "archive", tmp_path / "library")


def test_what_holds_something_else_is_no_place_for_an_album(album, tmp_path):
    elsewhere = Path("/nowhere/archive"), Path("/nowhere/library")
    album.mkdir()
    (album / "mine").write_text("mine")
    with pytest.raises(UsageError, match="holds mine"):
        check_place(album, *elsewhere)
    with pytest.raises(UsageError, match="is neither"):
        check_place(album / "mine", *elsewhere)
