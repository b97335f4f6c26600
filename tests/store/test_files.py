import contextlib
import errno
import fcntl
import os
import stat
from threading import Barrier, Thread

import pytest

from facecluster.errors import StorageError
from facecluster.store.files import (
    create_file,
    file_names,
    held,
    make_folder,
    read_file,
    remove_copies,
    remove_files,
    replace_file,
)


def test_a_created_file_is_whole_private_and_alone(tmp_path):
    path = tmp_path / "a" / "b" / "record"
    create_file(path, b"bytes")
    assert read_file(path) == b"bytes"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == ["record"]


def test_the_first_writer_wins(tmp_path):
    create_file(tmp_path / "record", b"first")
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "record", b"second")
    assert read_file(tmp_path / "record") == b"first"
    assert os.listdir(tmp_path) == ["record"]


def test_the_first_writer_wins_without_hard_links(tmp_path, monkeypatch):
    def no_links(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    create_file(tmp_path / "record", b"first")
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "record", b"second")
    assert os.listdir(tmp_path) == ["record"]
    assert read_file(tmp_path / "record") == b"first"


def test_of_many_writers_one_wins_without_hard_links(tmp_path, monkeypatch):
    def no_links(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    def write(name):
        start.wait()
        with contextlib.suppress(FileExistsError):
            create_file(tmp_path / "record", name)
            won.append(name)

    monkeypatch.setattr(os, "link", no_links)
    for _ in range(20):
        won, start = [], Barrier(4)
        threads = [Thread(target=write, args=(b"%d" % number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert won == [read_file(tmp_path / "record")]
        (tmp_path / "record").unlink()


@pytest.mark.parametrize("step", ["open", "fsync", "link"])
@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_write_that_fails_leaves_nothing_and_says_why(tmp_path, monkeypatch, step, fault):
    def fail(*_, **__):
        raise OSError(fault, os.strerror(fault))

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        with pytest.raises(StorageError, match=os.strerror(fault)):
            create_file(tmp_path / "record", b"bytes")
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_named_with_its_remedy(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="free some space, then run the same command again"):
        create_file(tmp_path / "record", b"bytes")


def test_a_replaced_file_is_the_old_or_the_new(tmp_path, monkeypatch):
    path = tmp_path / "report"
    replace_file(path, b"old")

    def crash(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", crash)
        with pytest.raises(StorageError):
            replace_file(path, b"new")
    assert read_file(path) == b"old"
    replace_file(path, b"new")
    assert read_file(path) == b"new"
    assert os.listdir(tmp_path) == ["report"]


def test_a_missing_file_is_not_a_storage_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none")
    with pytest.raises(StorageError):
        read_file(tmp_path)


def test_a_lock_is_held_by_many_or_by_one_alone(tmp_path):
    lock = tmp_path / "folder" / "lock"
    with held(lock, alone=False) as one, held(lock, alone=False) as other:
        assert one
        assert other
        with held(lock, alone=True) as alone:
            assert not alone
    with held(lock, alone=True) as alone:
        assert alone
        with held(lock, alone=True) as another:
            assert not another
    with held(lock, alone=True) as alone:
        assert alone, "it goes with whoever held it"
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600


def test_where_there_are_no_locks_none_is_held(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    for alone in (True, False):
        with held(tmp_path / "lock", alone=alone) as ours:
            assert not ours


def test_a_lock_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "lock").mkdir()
    with pytest.raises(StorageError, match="Cannot make .*lock"), held(tmp_path / "lock", alone=False):
        pass


def test_names_in_a_folder(tmp_path):
    assert file_names(tmp_path) == []
    assert file_names(tmp_path / "none") == []
    (tmp_path / "a").write_bytes(b"")
    assert file_names(tmp_path) == ["a"]
    with pytest.raises(StorageError, match="Cannot read"):
        file_names(tmp_path / "a")


def test_copies_are_removed_in_their_order_until_one_cannot_be(tmp_path):
    for name in "abc":
        (tmp_path / name).write_bytes(b"")
    remove_copies(tmp_path, ["c"])
    with pytest.raises(StorageError, match="Cannot remove copies"):
        remove_copies(tmp_path, ["a", "none", "b"])
    assert os.listdir(tmp_path) == ["b"]


def test_a_folder_under_a_file_cannot_be_made(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="Cannot make the folder"):
        make_folder(tmp_path / "file" / "folder")


def test_the_first_of_the_files_is_removed_for_good_before_the_others(tmp_path, monkeypatch):
    for name in ("a", "record", "z"):
        create_file(tmp_path / name, b"bytes")
    (tmp_path / "folder").mkdir()

    def crash(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", crash)
        with pytest.raises(StorageError, match="Cannot empty"):
            remove_files(tmp_path, "record")
    assert sorted(os.listdir(tmp_path)) == ["a", "folder", "z"]
    assert remove_files(tmp_path, "record") == 2 * len(b"bytes")
    assert os.listdir(tmp_path) == ["folder"]
