"""clusters.links: what a human has said, by the rows of some of the faces."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facecluster.clusters.links import NO_LINKS, Links

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12)


def pairs(values):
    return np.array(values, np.int64).reshape(-1, 2)


def test_faces_that_are_said_to_be_anothers_are_named():
    links = Links(pairs([(1, 3), (3, 4)]), pairs([(0, 5)]))
    assert np.flatnonzero(links.in_same(6)).tolist() == [1, 3, 4]
    assert not NO_LINKS.in_same(4).any()
    assert NO_LINKS.in_same(0).shape == (0,)


@given(PAIRS, PAIRS, st.lists(st.integers(0, 9), unique=True))
def test_links_among_some_faces_are_those_between_two_of_them(same, different, kept):
    rows = np.array(sorted(kept), np.int64)
    found = Links(pairs(same), pairs(different)).among(rows, 10)
    for said, expected in zip(found, (same, different), strict=True):
        assert rows[said].reshape(-1, 2).tolist() == [list(pair) for pair in expected if set(pair) <= set(kept)]
