"""people.likeness: how alike faces are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.people.likeness import Likeness, Looks


def test_strangers_are_at_0_and_occasions_of_one_person_at_1():
    likeness = Likeness(strangers=0.1, one=0.6)
    assert (likeness.of(0.1), likeness.of(0.6)) == (0, pytest.approx(1))


@given(st.floats(-1, 1))
def test_a_cosine_comes_back(cosine):
    likeness = Likeness(0.1, 0.6)
    assert likeness.cosine(likeness.of(cosine)) == pytest.approx(cosine, abs=1e-9)


def test_looks_are_found_by_row():
    looks = Looks(np.array([2, 5, 9]), np.eye(3, dtype=np.float32))
    assert looks.of(np.array([9, 2, 9])).argmax(axis=1).tolist() == [2, 0, 2]
    assert looks.of(np.array([], np.int64)).shape == (0, 3)
