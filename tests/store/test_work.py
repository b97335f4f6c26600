import os
import stat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp

from facecluster.errors import StorageError
from facecluster.store.work import Saved, Work

ROWS, DOTS = np.arange(6, dtype=np.int32).reshape(3, 2), np.full((3, 2), -np.inf, np.float32)
SAVED = Saved(7, [ROWS, DOTS])


@pytest.fixture
def work(tmp_path):
    return Work(tmp_path / "library" / "work")


def assert_equal(one, other):
    assert one.done == other.done
    assert [array.dtype for array in one.arrays] == [array.dtype for array in other.arrays]
    for left, right in zip(one.arrays, other.arrays, strict=True):
        np.testing.assert_array_equal(left, right)


def test_what_was_saved_last_is_loaded_and_may_be_written_to(work):
    work.save("search", "key", Saved(3, [ROWS]))
    work.save("search", "key", SAVED)
    loaded = work.load("search", "key")
    assert_equal(loaded, SAVED)
    loaded.arrays[0][0, 0] = 9
    assert ROWS[0, 0] == 0
    assert os.listdir(work.folder) == ["search"]


def test_it_is_private(work):
    work.save("search", "key", SAVED)
    assert stat.S_IMODE((work.folder / "search").stat().st_mode) == 0o600
    assert stat.S_IMODE(work.folder.stat().st_mode) == 0o700


@given(
    arrays=st.lists(
        stnp.arrays(
            st.sampled_from([np.int16, np.int32, np.float32]), stnp.array_shapes(min_dims=0, max_dims=3, min_side=0)
        ),
        max_size=3,
    ),
    key=st.text(),
)
def test_any_state_comes_back(arrays, key, tmp_path_factory):
    work = Work(tmp_path_factory.mktemp("work"))
    work.save("search", key, Saved(0, arrays))
    assert_equal(work.load("search", key), Saved(0, arrays))


def test_nothing_saved_or_saved_for_other_inputs_is_nothing(work):
    assert work.load("search", "key") is None
    work.save("search", "key", SAVED)
    assert work.load("search", "other") is None
    assert work.load("other", "key") is None


def test_a_file_cut_anywhere_is_nothing(work):
    work.save("search", "key", SAVED)
    path = work.folder / "search"
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert work.load("search", "key") is None


def test_a_changed_byte_anywhere_is_nothing(work):
    work.save("search", "key", SAVED)
    path = work.folder / "search"
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert work.load("search", "key") is None


def test_a_folder_of_that_name_is_nothing(work):
    (work.folder / "search").mkdir(parents=True)
    assert work.load("search", "key") is None


def test_a_save_that_fails_leaves_the_one_before(work, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    work.save("search", "key", SAVED)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="disk is full"):
            work.save("search", "key", Saved(8, [ROWS]))
    assert_equal(work.load("search", "key"), SAVED)


def test_unfinished_saves_are_cleared_away(work):
    work.save("search", "key", SAVED)
    (work.folder / ".staged-0").write_bytes(b"half")
    assert_equal(work.load("search", "key"), SAVED)
    assert os.listdir(work.folder) == ["search"]


def test_clearing_leaves_nothing_and_may_be_repeated(work):
    work.save("search", "key", SAVED)
    work.clear()
    work.clear()
    assert not work.folder.exists()


def test_sweeping_takes_what_is_older(work):
    work.save("old", "key", SAVED)
    work.save("new", "key", SAVED)
    os.utime(work.folder / "old", (1000, 1000))
    work.sweep(2000)
    assert os.listdir(work.folder) == ["new"]
