import errno
import hashlib
import os
from pathlib import Path

import pytest

from facecluster.errors import MetadataError, MetadataFault
from facecluster.settings import ArchiveSettings
from facecluster.store.archive import list_photos
from facecluster.store.files import STAGED
from facecluster.store.replacement import commit, copy_beside, discard, read_original, ready, sweep_copies

OLD, NEW = b"the old photo", b"the new photo, and longer"
LONG_AGO_NS = 981_173_106_123_456_789


@pytest.fixture
def photo(tmp_path) -> Path:
    path = tmp_path / "holiday" / "a\nphoto'.jpg"
    path.parent.mkdir()
    path.write_bytes(OLD)
    path.chmod(0o640)
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    return path


def staged(photo: Path):
    original = read_original(photo)
    with copy_beside(original) as copy:
        copy.write_bytes(NEW)
        return ready(original, copy)


def fault_of(action, *arguments) -> MetadataFault:
    with pytest.raises(MetadataError) as caught:
        action(*arguments)
    return caught.value.fault


def test_a_copy_takes_the_place_of_its_photo_and_is_like_it(photo):
    copy = staged(photo)
    assert photo.read_bytes() == OLD
    assert copy.before == hashlib.sha256(OLD).hexdigest()
    assert copy.sha256 == hashlib.sha256(NEW).hexdigest()
    commit(copy)
    assert photo.read_bytes() == NEW
    assert photo.stat().st_mtime_ns == LONG_AGO_NS
    assert photo.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in photo.parent.iterdir()] == [photo.name]


def test_owner_and_attributes_stay(photo):
    if os.geteuid() == 0:
        os.chown(photo, 1234, 2345)
    try:
        os.setxattr(photo, "user.rating", b"5")
        attributes = {"user.rating"}
    except OSError:  # this file system keeps none
        attributes = set()
    before = photo.stat()
    commit(staged(photo))
    assert (photo.stat().st_uid, photo.stat().st_gid) == (before.st_uid, before.st_gid)
    assert attributes <= set(os.listxattr(photo))


def test_a_copy_that_is_not_wanted_goes(photo):
    discard(staged(photo))
    assert [path.name for path in photo.parent.iterdir()] == [photo.name]
    assert photo.read_bytes() == OLD


def test_a_copy_is_never_listed_as_a_photo(photo):
    copy = staged(photo).copy
    assert copy.parent == photo.parent
    assert len(list_photos(photo.parent, ArchiveSettings(hidden=True)).files) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda photo: photo.write_bytes(b"written to since"),
        lambda photo: photo.write_bytes(OLD),
        lambda photo: photo.touch(),
        lambda photo: photo.chmod(0o600),
        lambda photo: photo.with_name("b").write_bytes(OLD) and photo.with_name("b").rename(photo),
    ],
)
def test_a_photo_that_somebody_wrote_to_meanwhile_is_left_alone(photo, change):
    copy = staged(photo)
    change(photo)
    now = photo.read_bytes()
    assert fault_of(commit, copy) is MetadataFault.CHANGED
    assert photo.read_bytes() == now
    assert [path.name for path in photo.parent.iterdir()] == [photo.name]


def test_a_change_that_no_time_tells_of_is_seen_too(photo, monkeypatch):
    copy = staged(photo)
    photo.write_bytes(OLD.upper())
    monkeypatch.setattr("facecluster.store.replacement._stamp", lambda _status: ())
    assert fault_of(commit, copy) is MetadataFault.CHANGED


def test_a_photo_that_is_gone_stays_gone(photo):
    copy = staged(photo)
    photo.unlink()
    assert fault_of(commit, copy) is MetadataFault.UNREADABLE
    assert list(photo.parent.iterdir()) == []


def test_links_are_refused(photo):
    link = photo.with_name("link.jpg")
    link.symlink_to(photo)
    assert fault_of(read_original, link) is MetadataFault.LINKED
    os.link(photo, photo.with_name("twin.jpg"))
    assert fault_of(read_original, photo) is MetadataFault.LINKED


def test_a_link_made_meanwhile_is_refused(photo):
    copy = staged(photo)
    os.link(photo, photo.with_name("twin.jpg"))
    assert fault_of(commit, copy) is MetadataFault.LINKED
    assert photo.read_bytes() == OLD


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    assert fault_of(read_original, tmp_path / "pipe.jpg") is MetadataFault.UNREADABLE
    assert fault_of(read_original, tmp_path) is MetadataFault.UNREADABLE
    assert fault_of(read_original, tmp_path / "nowhere.jpg") is MetadataFault.UNREADABLE


def test_what_is_too_large_is_refused_unread(tmp_path):
    with (tmp_path / "huge.jpg").open("wb") as stream:
        stream.truncate((1 << 30) + 1)
    assert fault_of(read_original, tmp_path / "huge.jpg") is MetadataFault.TOO_LARGE


@pytest.mark.parametrize("which", ["file", "folder"])
def test_what_is_read_only_is_refused(photo, which, monkeypatch):
    closed = photo if which == "file" else photo.parent  # to root, who runs these tests, nothing is
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != closed)
    assert fault_of(read_original, photo) is MetadataFault.READ_ONLY


def test_a_file_without_rights_to_write_it_is_left_alone_by_root_too(photo):
    photo.chmod(0o444)
    assert fault_of(read_original, photo) is MetadataFault.READ_ONLY


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.EROFS, MetadataFault.READ_ONLY),
        (errno.EACCES, MetadataFault.READ_ONLY),
        (errno.ENOSPC, MetadataFault.STORAGE),
        (errno.EIO, MetadataFault.STORAGE),
    ],
)
@pytest.mark.parametrize("failing", ["fsync", "replace", "copystat"])
def test_a_write_that_fails_leaves_the_photo_and_no_copy(photo, monkeypatch, failing, number, fault):
    def fail(*_arguments, **_options):
        raise OSError(number, os.strerror(number))

    places = {"fsync": "os.fsync", "replace": "pathlib.Path.replace", "copystat": "shutil.copystat"}
    monkeypatch.setattr(places[failing], fail)
    assert fault_of(lambda: commit(staged(photo))) is fault
    assert photo.read_bytes() == OLD
    assert [path.name for path in photo.parent.iterdir()] == [photo.name]


def test_a_block_that_fails_leaves_no_copy(photo):
    def block():
        with copy_beside(read_original(photo)) as copy:
            copy.write_bytes(NEW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        block()
    assert [path.name for path in photo.parent.iterdir()] == [photo.name]


def test_what_a_crash_left_is_swept_when_it_is_old(photo, monkeypatch):
    fresh = staged(photo).copy
    sweep_copies.cache_clear()
    (photo.parent / f"{STAGED}folder").mkdir()
    sweep_copies(photo.parent)
    assert fresh.exists()
    tomorrow = fresh.stat().st_ctime + 100_000
    monkeypatch.setattr("time.time", lambda: tomorrow)
    sweep_copies(photo.parent)
    assert fresh.exists()  # this process has looked there before
    sweep_copies.cache_clear()
    sweep_copies(photo.parent)
    assert sorted(path.name for path in photo.parent.iterdir()) == [f"{STAGED}folder", photo.name]
    sweep_copies(photo.parent / "nowhere")
