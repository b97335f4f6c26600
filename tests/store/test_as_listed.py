import hashlib
import os

import pytest

from facecluster.errors import MetadataError
from facecluster.store.archive import PhotoFile
from facecluster.store.as_listed import digest_below, full_path, is_as_listed


def test_a_photo_is_as_listed_until_it_is_written_to(tmp_path):
    photo = tmp_path / "a\nb.jpg"
    photo.write_bytes(b"123")
    listed = PhotoFile("a\\x0ab.jpg", 3, photo.stat().st_mtime_ns)
    assert full_path(tmp_path, listed.path) == os.fsencode(photo)
    assert is_as_listed(tmp_path, listed)
    os.utime(photo, ns=(0, listed.modified_ns + 1))
    assert not is_as_listed(tmp_path, listed)
    photo.write_bytes(b"1234")
    os.utime(photo, ns=(0, listed.modified_ns))
    assert not is_as_listed(tmp_path, listed)
    photo.unlink()
    with pytest.raises(MetadataError, match="unreadable"):
        is_as_listed(tmp_path, listed)


def test_files_are_looked_at(tmp_path):
    (tmp_path / "a\nb").write_text("A")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    digest_of = digest_below(tmp_path)
    assert digest_of("a\\x0ab", "gone.jpg") == hashlib.sha256(b"A").hexdigest()
    assert digest_of("folder/none.xmp", "pipe") is None
    assert digest_of("pipe", "gone.jpg") == ""
    with pytest.raises(FileNotFoundError):
        digest_of("folder/none.xmp", "folder/none.jpg")
