import numpy as np
import pytest

from facecluster.errors import UsageError
from facecluster.people.statements import NotAFace, Reject
from facecluster.pipeline.open_faces import (
    free_faces,
    ids_of,
    ids_of_each,
    rejected_faces,
    rows_of_targets,
    what_is_known,
)
from facecluster.pipeline.people import people_of
from facecluster.pipeline.targets import target_meant
from tests.pipeline.people_library import ANNA, FACE, SHORT, named, people_library, told


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


def faces_at(people, rows):
    return {SHORT[face] for face in ids_of(people, rows)}


def test_faces_that_are_open_to_a_word_about_a_crowd(library):
    named(library, ANNA, "Anna", "a1")
    told(library, NotAFace((FACE["d1"],)), Reject(ANNA, (FACE["a2"], FACE["c1"])))
    people = people_of(library)
    assert faces_at(people, np.flatnonzero(~free_faces(people))) == {"a1", "d1"}
    assert faces_at(people, np.flatnonzero(rejected_faces(people, 0))) == {"a2", "c1"}


def test_ids_of_many_crowds_are_those_of_each(library):
    people = people_of(library)
    crowds = [np.array(rows, np.int64) for rows in ([3, 1], [], [9], [0, 1, 2])]
    assert ids_of_each(people, crowds) == [ids_of(people, rows) for rows in crowds]
    assert ids_of_each(people, []) == []


def test_of_clusters_the_open_faces_and_of_faces_all(library):
    named(library, ANNA, "Anna", "a1", "b1")
    people = people_of(library)
    rows = rows_of_targets(people, ["0", FACE["b1"], FACE["a2"], "0"], free_faces(people))
    assert faces_at(people, rows) == {"a2", "a3", "b1"}
    assert len(rows) == 3
    with pytest.raises(UsageError, match="nothing to say of cluster 2 here: of its 2 faces 2 nobody's"):
        rows_of_targets(people, ["0", "2"], people.who.persons == 0)


def test_what_is_known_of_the_faces_of_a_cluster(library):
    named(library, ANNA, "Anna", "a1")
    told(library, NotAFace((FACE["a2"],)))
    people = people_of(library)
    assert what_is_known(people, target_meant("0", people)) == (
        f"of its 3 faces 1 nobody's, 1 said to be none, 1 shown to be Anna ({ANNA})"
    )
