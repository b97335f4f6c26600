"""A stamp tells a file that was changed, and a folder in which something was, from one that was not."""

import os

from facecluster.store.stamps import stamp_of


def test_what_is_not_there_has_no_stamp(tmp_path):
    assert stamp_of(tmp_path, "a.jpg") is None
    assert stamp_of(tmp_path / "nowhere", "") is None


def test_a_file_that_is_written_has_another_stamp(tmp_path):
    file = tmp_path / "a\nb.xmp"
    file.write_bytes(b"12")
    os.utime(file, ns=(0, 5))
    assert stamp_of(tmp_path, r"a\x0ab.xmp") == [2, 5]
    os.utime(file, ns=(0, 6))
    assert stamp_of(tmp_path, r"a\x0ab.xmp") == [2, 6]


def test_a_folder_in_which_a_file_is_made_has_another_stamp(tmp_path):
    os.utime(tmp_path, ns=(0, 1))
    before = stamp_of(tmp_path, "")
    (tmp_path / "new.xmp").write_bytes(b"")
    assert stamp_of(tmp_path, "") != before
