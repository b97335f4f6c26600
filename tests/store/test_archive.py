import os
import socket
import subprocess
from pathlib import Path

import pytest

from facecluster.errors import ArchiveError, PhotoError, PhotoFault, UsageError
from facecluster.settings import ArchiveSettings
from facecluster.store import archive
from facecluster.store.archive import PhotoFile, list_photos, read_photo


def put(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def listed(root: Path, **settings) -> list[str]:
    return [file.path for file in list_photos(root, ArchiveSettings(**settings)).files]


def fault_of(root: Path, path: str) -> PhotoFault:
    with pytest.raises(PhotoError) as caught:
        read_photo(root, path)
    return caught.value.fault


def test_an_empty_archive_lists_nothing(tmp_path):
    assert list_photos(tmp_path, ArchiveSettings()) == ([], [], 0, 0, 0)


def test_photos_are_listed_by_path_with_size_and_time(tmp_path):
    put(tmp_path, "b.jpg", "a/z.PNG", "a.heic", "c.CR2", "d.jxl", "notes.txt", "a/clip.mp4", "b.jpg.xmp", "plain")
    os.utime(tmp_path / "b.jpg", ns=(5, 1_700_000_000_123_456_789))
    listing = list_photos(tmp_path, ArchiveSettings())
    assert [file.path for file in listing.files] == ["a.heic", "a/z.PNG", "b.jpg", "c.CR2", "d.jxl"]
    assert listing.files[2] == PhotoFile("b.jpg", 5, 1_700_000_000_123_456_789)
    assert (listing.unreadable, listing.n_others) == ([], 4)


def test_a_listing_does_not_depend_on_the_order_of_creation(tmp_path):
    names = ["b/2.jpg", "a/1.jpg", "b/1.jpg", "c.jpg"]
    put(tmp_path / "one", *names)
    put(tmp_path / "two", *reversed(names))
    assert listed(tmp_path / "one") == listed(tmp_path / "two") == ["a/1.jpg", "b/1.jpg", "b/2.jpg", "c.jpg"]


def test_a_folder_named_like_a_photo_is_a_folder(tmp_path):
    put(tmp_path, "album.jpg/1.jpg")
    assert listed(tmp_path) == ["album.jpg/1.jpg"]


def test_folders_may_be_deeper_than_the_recursion_limit(tmp_path):
    depth = 1500
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("x.jpg", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    try:
        assert listed(tmp_path) == ["d/" * depth + "x.jpg"]
        assert read_photo(tmp_path, "d/" * depth + "x.jpg") == b""
    finally:  # pytest removes its folders recursively, and would fail over this one some runs later
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)


def test_hidden_and_cache_folders_are_skipped_unless_asked_for(tmp_path):
    hidden = [
        ".hidden.jpg",
        ".thumbnails/1.jpg",
        "@eaDir/2.jpg",
        "a/#recycle/3.jpg",
        "lost+found/4.jpg",
        "__MACOSX/5.jpg",
    ]
    put(tmp_path, "a/1.jpg", *hidden)
    listing = list_photos(tmp_path, ArchiveSettings())
    assert [file.path for file in listing.files] == ["a/1.jpg"]
    assert listing.n_hidden == len(hidden)
    assert listed(tmp_path, hidden=True) == sorted(["a/1.jpg", *hidden])


def test_a_library_of_ours_is_never_part_of_the_archive(tmp_path):
    put(tmp_path, "1.jpg", "ours/library.json", "ours/index/x/2.jpg", "theirs/library.json", "theirs/3.jpg")
    assert listed(tmp_path, hidden=True) == ["1.jpg", "theirs/3.jpg"]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"include": ("*.jpg",)}, ["2019/a.jpg", "2020/b.jpg", "2020/raw/c.jpg"]),
        ({"include": ("/2020/",)}, ["2020/b.jpg", "2020/raw/c.jpg", "2020/raw/d.cr2"]),
        ({"include": ("2020/*.jpg", "*.cr2")}, ["2020/b.jpg", "2020/raw/d.cr2"]),
        ({"exclude": ("raw/",)}, ["2019/a.jpg", "2020/b.jpg"]),
        ({"exclude": ("2020/**/*.jpg",)}, ["2019/a.jpg", "2020/raw/d.cr2"]),
        ({"exclude": ("*", "!*/", "!*.cr2")}, ["2020/raw/d.cr2"]),
        ({"exclude": ("raw/", "!c.jpg")}, ["2019/a.jpg", "2020/b.jpg", "2020/raw/c.jpg"]),
        ({"include": ("*.jpg",), "exclude": ("2020",)}, ["2019/a.jpg"]),
    ],
)
def test_patterns_choose_photos(tmp_path, settings, expected):
    put(tmp_path, "2019/a.jpg", "2020/b.jpg", "2020/raw/c.jpg", "2020/raw/d.cr2")
    listing = list_photos(tmp_path, ArchiveSettings(**settings))
    assert [file.path for file in listing.files] == expected
    assert listing.n_excluded >= 1


def test_a_bad_pattern_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"archive\.exclude: .*gitignore"):
        list_photos(tmp_path, ArchiveSettings(exclude=("!",)))


def test_links_are_followed_but_no_folder_is_listed_twice(tmp_path):
    put(tmp_path / "archive", "z/1.jpg")
    put(tmp_path / "elsewhere", "2.jpg", "deep/3.jpg")
    root = tmp_path / "archive"
    (root / "a").symlink_to("z")  # sorts first, yet the folder keeps its own path
    (root / "loop").symlink_to(".")
    (root / "z" / "up").symlink_to("..")
    (root / "out").symlink_to(tmp_path / "elsewhere")
    (root / "out again").symlink_to(tmp_path / "elsewhere")
    (root / "self").symlink_to("self")
    (root / "linked.jpg").symlink_to(tmp_path / "elsewhere" / "2.jpg")
    listing = list_photos(root, ArchiveSettings())
    assert [file.path for file in listing.files] == ["linked.jpg", "out/2.jpg", "out/deep/3.jpg", "z/1.jpg"]
    assert listing.unreadable == ["self"]
    assert read_photo(root, "linked.jpg") == b"2.jpg"


def test_links_that_lead_nowhere_are_not_passed_over(tmp_path):
    (tmp_path / "disk").symlink_to(tmp_path / "not mounted")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nothing.jpg")
    listing = list_photos(tmp_path, ArchiveSettings())
    assert listing.unreadable == ["disk"]
    assert listing.files == [PhotoFile("gone.jpg", 0, 0)]
    assert fault_of(tmp_path, "gone.jpg") is PhotoFault.UNREADABLE


def test_pipes_and_sockets_named_like_photos_become_rows(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe.jpg")
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.jpg")
    assert [(file.path, file.size) for file in list_photos(tmp_path, ArchiveSettings()).files] == [
        ("pipe.jpg", 0),
        ("socket.jpg", 0),
    ]
    assert fault_of(tmp_path, "pipe.jpg") is PhotoFault.NOT_A_FILE
    assert fault_of(tmp_path, "socket.jpg") is PhotoFault.NOT_A_FILE


@pytest.mark.parametrize(
    "name", [b"caf\xe9.jpg", b"new\nline.jpg", b"back\\slash.jpg", "😀\u202e.jpg".encode(), b"-rf.jpg"]
)
def test_hostile_names_are_listed_and_read(tmp_path, name):
    (tmp_path / os.fsdecode(name)).write_bytes(b"content")
    (path,) = listed(tmp_path)
    assert len(path.splitlines()) == 1
    assert read_photo(tmp_path, path) == b"content"


def test_roots_that_are_no_archive(tmp_path):
    put(tmp_path, "file.jpg")
    with pytest.raises(ArchiveError, match=r"There is no folder .*mounted"):
        list_photos(tmp_path / "missing", ArchiveSettings())
    with pytest.raises(ArchiveError, match="is a file: give the folder"):
        list_photos(tmp_path / "file.jpg", ArchiveSettings())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_folders_and_files_without_permission(tmp_path):
    put(tmp_path, "open/1.jpg", "closed/2.jpg", "closed.jpg")
    (tmp_path / "closed").chmod(0)
    (tmp_path / "closed.jpg").chmod(0)
    try:
        listing = list_photos(tmp_path, ArchiveSettings())
        assert listing.unreadable == ["closed"]
        assert [file.path for file in listing.files] == ["closed.jpg", "open/1.jpg"]
        assert fault_of(tmp_path, "closed.jpg") is PhotoFault.UNREADABLE
        with pytest.raises(ArchiveError, match="cannot be read"):
            list_photos(tmp_path / "closed", ArchiveSettings())
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_a_folder_that_vanishes_while_it_is_listed_is_unreadable(tmp_path, monkeypatch):
    put(tmp_path, "a/1.jpg", "b/2.jpg")
    scandir = os.scandir

    def failing(path):
        if path.endswith(b"/a"):
            raise OSError(5, "Input/output error")
        return scandir(path)

    monkeypatch.setattr(archive.os, "scandir", failing)
    listing = list_photos(tmp_path, ArchiveSettings())
    assert listing.unreadable == ["a"]
    assert [file.path for file in listing.files] == ["b/2.jpg"]


@pytest.mark.parametrize("path", ["../secret.jpg", "a/../../secret.jpg", "/etc/hostname", ".."])
def test_no_path_leads_out_of_the_archive(tmp_path, path):
    put(tmp_path, "secret.jpg", "archive/a/1.jpg")
    assert fault_of(tmp_path / "archive", path) is PhotoFault.UNREADABLE


def test_reading_says_why_it_fails(tmp_path):
    put(tmp_path, "folder/1.jpg")
    assert read_photo(tmp_path, "folder/1.jpg") == b"folder/1.jpg"
    assert fault_of(tmp_path, "folder") is PhotoFault.NOT_A_FILE
    with pytest.raises(PhotoError, match="unreadable: No such file or directory"):
        read_photo(tmp_path, "gone.jpg")


def test_a_file_too_large_to_be_a_photo_is_not_read(tmp_path):
    with (tmp_path / "sparse.jpg").open("wb") as stream:
        stream.truncate(archive.MAX_FILE_BYTES + 1)
    assert fault_of(tmp_path, "sparse.jpg") is PhotoFault.TOO_LARGE
