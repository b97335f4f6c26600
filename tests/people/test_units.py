"""people.units: faces that are taken for one person's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facecluster.people.questions import Unit
from facecluster.people.units import contents_of_clusters, spread_over, to_show, units_of
from facecluster.people.who import NOBODY

from .asked import faces_of, who_of


def test_people_come_before_clusters_and_these_before_faces_alone():
    faces = faces_of([0, 0, 1, None, 0], persons=[0, None, None, None, 1])
    units = units_of(faces, who_of(faces, ["Ada", None]))
    assert units.of_faces.tolist() == [0, 2, 3, 4 + 3, 1]
    assert units.told(0) == Unit("person", "p0", "Ada", 1)
    assert units.told(1) == Unit("person", "p1", None, 1)
    assert units.told(2) == Unit("cluster", "0", None, 1)
    assert units.told(7) == Unit("face", "f3", None, 1)


def test_what_is_no_face_and_who_is_ignored_is_in_no_unit():
    faces = faces_of([0, 0, 0], persons=[0, 1, None])
    units = units_of(faces, who_of(faces, ["Ada", "Somebody"], ignored=[1], not_faces=[2]))
    assert units.of_faces.tolist() == [0, NOBODY, NOBODY]
    assert units.rows(0).tolist() == [0]
    assert units.rows(2).tolist() == []


def test_a_cluster_stands_for_the_unit_of_most_of_its_faces():
    faces = faces_of([0, 0, 0, 1, 1, 2], persons=[0, 0, None, None, None, 1])
    units = units_of(faces, who_of(faces, ["Ada", "Somebody"], ignored=[1]))
    assert units.of_clusters.tolist() == [0, 2 + 1, NOBODY]


def test_no_faces_make_no_units():
    faces = faces_of([])
    units = units_of(faces, who_of(faces))
    assert (len(units.of_faces), units.first_alone) == (0, 0)


@given(
    st.lists(
        st.tuples(st.none() | st.integers(0, 3), st.none() | st.integers(0, 2), st.booleans()), min_size=1, max_size=20
    )
)
def test_every_face_is_in_its_unit_and_in_no_other(rows):
    clusters, persons, wrong = zip(*rows, strict=True)
    faces = faces_of(list(clusters), persons=list(persons))
    gone = [row for row, flag in enumerate(wrong) if flag]
    units = units_of(faces, who_of(faces, ["A", "B", "C"], ignored=[2], not_faces=gone))
    for unit, size in enumerate(units.sizes):
        assert units.rows(unit).tolist() == np.flatnonzero(units.of_faces == unit).tolist()
        assert len(units.rows(unit)) == size
    lost = [row for row in range(len(rows)) if wrong[row] or persons[row] == 2]
    assert np.flatnonzero(units.of_faces == NOBODY).tolist() == lost


def test_what_is_in_each_cluster_is_counted():
    clusters, units, counts = contents_of_clusters(np.array([1, 0, 1, -1, 1]), np.array([5, 4, 5, 9, -1]))
    assert list(zip(clusters.tolist(), units.tolist(), counts.tolist(), strict=True)) == [
        (0, 4, 1),
        (1, -1, 1),
        (1, 5, 2),
    ]


def test_faces_to_show_are_of_all_looks_and_times():
    nodes = [5, 5, 5, 5, 2, 2, 2, 2, None, None, None, None]
    seconds = [40, 10, 30, 20] * 3
    faces = faces_of([0] * 12, nodes=nodes, seconds=seconds)
    assert to_show(faces, np.arange(12), 6) == ("f5", "f6", "f1", "f2", "f9", "f10")
    assert to_show(faces, np.arange(12), 3) == ("f5", "f1", "f9")
    assert set(to_show(faces, np.arange(12), 20)) == {f"f{row}" for row in range(12)}
    assert to_show(faces, np.arange(0), 3) == ()


def test_rows_are_spread_evenly():
    assert spread_over(np.arange(10), 5).tolist() == [0, 2, 4, 6, 8]
    assert spread_over(np.arange(3), 5).tolist() == [0, 1, 2]
    assert spread_over(np.arange(0), 5).tolist() == []
