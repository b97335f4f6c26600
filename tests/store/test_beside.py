import errno
import os
import stat
from pathlib import Path

import pytest

from facecluster.errors import MetadataError, MetadataFault
from facecluster.store import beside
from facecluster.store.beside import (
    MAX_BYTES,
    create_new,
    read_beside,
    remove_if_unchanged,
    replace_if_unchanged,
    sync_folders,
)
from facecluster.store.files import STAGED
from facecluster.store.path_text import path_to_text
from tests.end_to_end.operations import Operations

OLD, NEW = b"<old/>", b"<new and longer/>"
HOSTILE = b"-rf $(x) \xff\n'\"%d.jpg"


@pytest.fixture
def sidecar(tmp_path) -> Path:
    path = tmp_path / "Rome" / "a.jpg.xmp"
    path.parent.mkdir()
    path.write_bytes(OLD)
    path.with_suffix("").write_bytes(b"a photo")
    return path


@pytest.fixture
def snapshot(sidecar):
    return read_beside(sidecar.parent.parent, "Rome/a.jpg.xmp")


def fault_of(action, *arguments) -> MetadataFault:
    with pytest.raises(MetadataError) as caught:
        action(*arguments)
    return caught.value.fault


def test_a_file_is_replaced_by_another_of_the_same_rights(sidecar, snapshot):
    sidecar.chmod(0o640)
    snapshot = read_beside(sidecar.parent.parent, "Rome/a.jpg.xmp")
    assert snapshot.data == OLD
    replace_if_unchanged(snapshot, NEW)
    assert sidecar.read_bytes() == NEW
    assert stat.S_IMODE(sidecar.stat().st_mode) == 0o640
    assert sidecar.stat().st_mtime_ns >= snapshot.status.st_mtime_ns
    assert sorted(path.name for path in sidecar.parent.iterdir()) == ["a.jpg", "a.jpg.xmp"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_owners_stay_and_new_files_are_their_photos_owners(sidecar):
    root = sidecar.parent.parent
    os.chown(sidecar, 1234, 4321)
    os.chown(sidecar.with_suffix(""), 1111, 2222)
    replace_if_unchanged(read_beside(root, "Rome/a.jpg.xmp"), NEW)
    create_new(root, "Rome/b.jpg.xmp", NEW, "Rome/a.jpg")
    assert (sidecar.stat().st_uid, sidecar.stat().st_gid) == (1234, 4321)
    made = (root / "Rome/b.jpg.xmp").stat()
    assert (made.st_uid, made.st_gid) == (1111, 2222)


def test_attributes_of_a_file_stay(sidecar, snapshot):
    try:
        os.setxattr(sidecar, "user.xdg.tags", b"Rome")
    except OSError:
        pytest.skip("the file system of the tests has none")
    replace_if_unchanged(read_beside(sidecar.parent.parent, "Rome/a.jpg.xmp"), NEW)
    assert os.getxattr(sidecar, "user.xdg.tags") == b"Rome"


@pytest.mark.parametrize(("photo", "expected"), [(0o755, 0o644), (0o600, 0o600), (0o444, 0o644), (0o2775, 0o664)])
def test_a_new_file_is_as_readable_as_the_photo(sidecar, photo, expected):
    root = sidecar.parent.parent
    sidecar.with_suffix("").chmod(photo)
    create_new(root, "Rome/new.xmp", NEW, "Rome/a.jpg")
    assert stat.S_IMODE((root / "Rome/new.xmp").stat().st_mode) == expected
    assert (root / "Rome/new.xmp").read_bytes() == NEW


def test_a_new_file_takes_nobodys_name(sidecar):
    assert fault_of(create_new, sidecar.parent.parent, "Rome/a.jpg.xmp", NEW, "Rome/a.jpg") is MetadataFault.CHANGED
    assert sidecar.read_bytes() == OLD
    dangling = sidecar.with_name("b.xmp")
    dangling.symlink_to("nowhere")
    assert fault_of(create_new, sidecar.parent.parent, "Rome/b.xmp", NEW, "Rome/a.jpg") is MetadataFault.CHANGED
    assert dangling.is_symlink()
    assert not list(sidecar.parent.glob(f"{STAGED}*"))


class NoCalls:
    """A system without renameat2."""

    def __init__(self, *_, **__):
        pass


def test_a_new_file_where_the_system_cannot_rename_so(sidecar, monkeypatch):
    monkeypatch.setattr(beside.ctypes, "CDLL", NoCalls)
    root = sidecar.parent.parent
    assert fault_of(create_new, root, "Rome/a.jpg.xmp", NEW, "Rome/a.jpg") is MetadataFault.CHANGED
    create_new(root, "Rome/b.xmp", NEW, "Rome/a.jpg")
    assert [sidecar.read_bytes(), (root / "Rome/b.xmp").read_bytes()] == [OLD, NEW]


def test_a_file_is_removed(sidecar, snapshot):
    remove_if_unchanged(snapshot)
    assert not sidecar.exists()


def rewrite(path):
    status = path.stat()
    path.write_bytes(OLD[::-1])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # the same size and time, other bytes


def swap(path):
    path.with_name("x").write_bytes(OLD)
    path.with_name("x").rename(path)


def turn_into_link(path):
    path.rename(path.with_name("x"))
    path.symlink_to("x")


@pytest.mark.parametrize("change", [rewrite, swap, Path.unlink, lambda path: path.write_bytes(NEW)])
@pytest.mark.parametrize("action", [lambda snapshot: replace_if_unchanged(snapshot, NEW), remove_if_unchanged])
def test_what_somebody_else_changed_stays(sidecar, snapshot, change, action):
    change(sidecar)
    before = sidecar.read_bytes() if sidecar.exists() else None
    assert fault_of(action, snapshot) in {MetadataFault.CHANGED, MetadataFault.READ_ONLY}
    assert (sidecar.read_bytes() if sidecar.exists() else None) == before
    assert not list(sidecar.parent.glob(f"{STAGED}*"))


def test_a_change_between_the_first_look_and_the_last(sidecar, snapshot, monkeypatch):
    real = os.fsync

    def and_somebody_writes(descriptor):
        real(descriptor)
        sidecar.write_bytes(b"<theirs/>")

    monkeypatch.setattr(os, "fsync", and_somebody_writes)
    assert fault_of(replace_if_unchanged, snapshot, NEW) is MetadataFault.CHANGED
    assert sidecar.read_bytes() == b"<theirs/>"


@pytest.mark.parametrize("link", [turn_into_link, lambda path: path.with_name("x").hardlink_to(path)])
def test_links_are_read_and_never_written(sidecar, link):
    link(sidecar)
    snapshot = read_beside(sidecar.parent.parent, "Rome/a.jpg.xmp")
    assert snapshot.data == OLD
    assert fault_of(replace_if_unchanged, snapshot, NEW) is MetadataFault.LINKED
    assert fault_of(remove_if_unchanged, snapshot) is MetadataFault.LINKED
    assert sidecar.read_bytes() == OLD


def test_a_file_that_must_not_be_written(snapshot, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # the tests may be root's, who may do anything
    assert fault_of(replace_if_unchanged, snapshot, NEW) is MetadataFault.READ_ONLY
    assert snapshot.path.read_bytes() == OLD


def test_what_is_no_file_is_not_read(sidecar):
    root = sidecar.parent.parent
    os.mkfifo(root / "pipe.xmp")
    assert fault_of(read_beside, root, "pipe.xmp") is MetadataFault.UNREADABLE
    assert fault_of(read_beside, root, "Rome") is MetadataFault.UNREADABLE
    assert fault_of(read_beside, root, "gone.xmp") is MetadataFault.UNREADABLE
    assert fault_of(read_beside, root / "Rome", "../Rome/a.jpg.xmp") is MetadataFault.UNREADABLE
    assert fault_of(read_beside, root, str(sidecar)) is MetadataFault.UNREADABLE
    os.truncate(sidecar, MAX_BYTES + 1)
    assert fault_of(read_beside, root, "Rome/a.jpg.xmp") is MetadataFault.TOO_LARGE


def test_names_that_are_no_text(tmp_path):
    (tmp_path / os.fsdecode(HOSTILE)).touch()
    photo, path = path_to_text(HOSTILE), path_to_text(HOSTILE + b".xmp")
    create_new(tmp_path, path, OLD, photo)
    replace_if_unchanged(read_beside(tmp_path, path), NEW)
    assert read_beside(tmp_path, path).data == NEW
    sync_folders(tmp_path, [path, photo])
    remove_if_unchanged(read_beside(tmp_path, path))
    assert os.listdir(os.fsencode(tmp_path)) == [HOSTILE]


def test_each_folder_is_synced_once(tmp_path, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    sync_folders(tmp_path, ["a/1.xmp", "b/1.xmp", "a/2.xmp", "3.xmp"])
    assert sorted(synced) == sorted((tmp_path / name).stat().st_ino for name in ("", "a", "b"))
    sync_folders(tmp_path, [])
    assert len(synced) == 3


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EIO])
def test_a_folder_that_cannot_be_synced(tmp_path, monkeypatch, number):
    def fail(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    if number == errno.EINVAL:  # network file systems say so, and are as durable as they are
        sync_folders(tmp_path, ["a"])
    else:
        assert fault_of(sync_folders, tmp_path, ["a"]) is MetadataFault.STORAGE


ACTIONS = {
    "replace": lambda root: replace_if_unchanged(read_beside(root, "Rome/a.jpg.xmp"), NEW),
    "create": lambda root: create_new(root, "Rome/b.xmp", NEW, "Rome/a.jpg"),
    "remove": lambda root: remove_if_unchanged(read_beside(root, "Rome/a.jpg.xmp")),
}


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, MetadataFault.STORAGE), (errno.EROFS, MetadataFault.READ_ONLY)]
)
@pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))
def test_whatever_fails_leaves_what_was_there(sidecar, monkeypatch, action, number, expected):
    root = sidecar.parent.parent
    before = {path.name: path.read_bytes() for path in sidecar.parent.iterdir()}
    faults = set()
    for nth in range(1, 100):

        def fail(count, nth=nth):
            if count == nth:
                raise OSError(number, os.strerror(number))

        with monkeypatch.context() as patch:
            Operations(fail).installed(patch)
            try:
                action(root)
            except MetadataError as error:
                faults.add(error.fault)
            else:
                break
        left = {path.name: path.read_bytes() for path in sidecar.parent.iterdir() if STAGED not in path.name}
        assert left == before
    assert nth > 2
    assert faults <= {expected, MetadataFault.UNREADABLE}
    assert {path.name: path.read_bytes() for path in sidecar.parent.iterdir()} != before
