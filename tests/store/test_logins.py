"""The key of logins, and those that were ended."""

import os
import stat
import threading
import time

import pytest

from facecluster.errors import LibraryError, StorageError
from facecluster.store.logins import KEY_BYTES, Logins


@pytest.fixture
def logins(tmp_path):
    return Logins(tmp_path / "library" / "review")


def test_a_key_is_made_once_and_kept(logins):
    key = logins.key()
    assert len(key) == KEY_BYTES
    assert Logins(logins.folder).key() == key


def test_whoever_removes_the_key_gets_another(logins):
    key = logins.key()
    (logins.folder / "key").unlink()
    assert logins.key() != key


def test_nobody_else_reads_any_of_it(logins):
    logins.key()
    logins.end("0" * 32)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [logins.folder, *logins.folder.rglob("*")]}
    assert len(modes) == 4
    assert all(mode == (0o700 if path.is_dir() else 0o600) for path, mode in modes.items())


def test_servers_that_begin_together_agree_on_the_key(logins):
    keys = []
    threads = [threading.Thread(target=lambda: keys.append(Logins(logins.folder).key())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


@pytest.mark.parametrize("content", [b"", b"00" * 31, b"0" * 65, b"zz" * 32, b"\xff" * 64])
def test_a_damaged_key_is_told_with_what_to_do(logins, content):
    logins.key()
    (logins.folder / "key").write_bytes(content)
    with pytest.raises(LibraryError, match=r"found something else\. Remove the file"):
        logins.key()


def test_a_key_that_cannot_be_read_is_told(logins):
    (logins.folder / "key").mkdir(parents=True)
    with pytest.raises(StorageError, match="Cannot read"):
        logins.key()


def test_what_has_ended_stays_so(logins):
    assert not logins.has_ended("a" * 32)
    logins.end("a" * 32)
    logins.end("a" * 32)
    assert Logins(logins.folder).has_ended("a" * 32)
    assert not logins.has_ended("b" * 32)


def test_what_ended_long_ago_is_forgotten(logins):
    logins.forget_ended(1000)  # nothing is there yet
    for login in "ab":
        logins.end(login * 32)
    long_ago = time.time() - 1001
    os.utime(logins.folder / "ended" / ("a" * 32), (long_ago, long_ago))
    logins.forget_ended(1000)
    assert not logins.has_ended("a" * 32)
    assert logins.has_ended("b" * 32)
