import numpy as np
import pytest

from facecluster.people.statements import NotAFace
from facecluster.pipeline.open_faces import ids_of
from facecluster.pipeline.review.live import Live
from facecluster.web.review.deciding.asked import Faces
from facecluster.web.review.deciding.meaning import Meaning, StaleError
from facecluster.web.review.deciding.narrowing import fewer_side, nobody_elses, nobody_elses_rows, parted, still_open
from tests.pipeline.people_library import ANNA, BERTA, FACE, SHORT, named, people_library, told


@pytest.fixture
def meaning(tmp_path):
    """Anna has a1 and a2, Berta b1; a3 is no face."""
    library = people_library(tmp_path)
    named(library, ANNA, "Anna", "a1", "a2")
    named(library, BERTA, "Berta", "b1")
    told(library, NotAFace((FACE["a3"],)))
    live = Live(library)
    return Meaning("f" * 16, live.now().people, live)


def chosen(meaning, *names):
    return meaning.chosen([FACE[name] for name in names])


def names(meaning, rows):
    return {SHORT[face] for face in ids_of(meaning.people, rows)}


def test_faces_are_parted_from_those_left_out(meaning):
    words = Faces(faces=[FACE["a1"], FACE["b1"], FACE["c1"]])
    faces, left_out = parted(meaning, words, [FACE["b1"], FACE["d1"]])
    assert (names(meaning, faces.rows), names(meaning, left_out)) == ({"a1", "c1"}, {"b1", "d1"})
    faces, left_out = parted(meaning, words, [])
    assert (len(faces.rows), len(left_out)) == (3, 0)
    assert not len(parted(meaning, words, words.faces)[0].rows)


def test_what_is_somebody_elses_is_not_spoken_of(meaning):
    all_ = chosen(meaning, "a1", "a2", "a3", "b1", "c1")
    assert names(meaning, nobody_elses(meaning, 0, all_).rows) == {"a1", "a2", "a3", "c1"}
    assert names(meaning, nobody_elses_rows(meaning, 0, all_.rows)) == {"a1", "a2", "c1"}
    assert names(meaning, nobody_elses_rows(meaning, None, all_.rows)) == {"c1"}
    with pytest.raises(StaleError, match=r"already: Berta \(1\)\. Nothing was changed"):
        nobody_elses(meaning, 0, chosen(meaning, "b1"))


def test_nothing_is_open(meaning):
    none = np.zeros(len(meaning.people.faces), np.bool_)
    with pytest.raises(StaleError, match=r"already: Anna \(2\), Berta \(1\), not a face \(1\)"):
        still_open(meaning, chosen(meaning, "a1", "a2", "a3", "b1"), none)
    assert len(still_open(meaning, chosen(meaning, "a1", "b1"), ~none).rows) == 2


def test_the_side_of_which_less_was_said_goes(meaning):
    more, fewer = chosen(meaning, "a1", "a2"), chosen(meaning, "c1", "c2", "d1", "e1")
    assert fewer_side(meaning, 0, [more, fewer]) is fewer
    assert fewer_side(meaning, 0, [fewer, more]) is fewer
    two, one = chosen(meaning, "c1", "c2"), chosen(meaning, "d1")
    assert fewer_side(meaning, 0, [two, one]) is fewer_side(meaning, 0, [one, two]) is one
    assert fewer_side(meaning, 0, [one, chosen(meaning, "e1")]).rows != one.rows, "of equals the last"
