"""What metadata says of faces, held against what was decided about them."""

import numpy as np
import pyarrow as pa
import pytest

from facecluster.people.decisions import who_is_who
from facecluster.people.stand_ins import NO_HEIRS
from facecluster.people.statements import (
    Confirm,
    Decision,
    Different,
    Ignore,
    Merge,
    Name,
    NotAFace,
    Reject,
    Rename,
    Undo,
)
from facecluster.pipeline.tags.incoming.deciding import NEW, SEVERAL, Called, Claims, judge, whom_they_mean
from facecluster.pipeline.tags.incoming.mentions import OUTCOMES
from facecluster.pipeline.tags.incoming.said_before import said_by_imports
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.spelling import name_key

FACES = [f"{'0' * 20}-{left}-0-{left + 10}-10" for left in range(0, 100, 20)]
F0, F1, F2, F3, F4 = FACES
ANNA, BERTA = "a" * 12, "b" * 12


def decisions(*made):
    """Decisions of one statement or several, with their provenance in front."""
    return [
        Decision(f"{number:016x}", "2026-01-01T00:00:00+00:00", "tester", provenance, tuple(said))
        for number, (provenance, *said) in enumerate(made, 1)
    ]


def judged(said, *made):
    """What becomes of what a file says, {face: name}, after these decisions; and whom the statements name."""
    names = list(dict.fromkeys(said.values()))
    keys = tuple(dict.fromkeys(map(name_key, names)))
    called = Called(keys, tuple(next(name for name in names if name_key(name) == key) for key in keys))
    claims = Claims(
        np.array([FACES.index(face) for face in said], np.int64),
        np.array([keys.index(name_key(name)) for name in said.values()], np.int64),
    )
    ids = pa.array(FACES)
    who = who_is_who(decisions(*made), ids)
    result = judge(claims, called, who, said_by_imports(who, ids, NO_HEIRS), ids)
    return [OUTCOMES[outcome] for outcome in result.outcomes], result.statements


def test_nothing_said_is_nothing_decided():
    assert judged({}) == ([], ())


def test_new_people_are_founded_once_each_with_all_their_faces():
    outcomes, (anna, berta) = judged({F0: "Anna", F2: "Berta", F1: "ANNA"})
    assert outcomes == [Outcome.NAMED] * 3
    assert (anna.name, anna.faces, berta.name, berta.faces) == ("Anna", (F0, F1), "Berta", (F2,))
    assert anna.person != berta.person


def test_known_people_get_faces_and_keep_their_names():
    outcomes, (anna,) = judged({F0: "anna", F1: "ANNA"}, ("human", Name(ANNA, (F0,), "Anna")))
    assert outcomes == [Outcome.KNOWN, Outcome.NAMED]
    assert anna == Name(ANNA, (F1,), None)


@pytest.mark.parametrize(
    "decided",
    [
        Name(BERTA, (F0,), "Berta"),
        Confirm(BERTA, (F0,)),
        Ignore(BERTA, (F0,)),
        NotAFace((F0,)),
    ],
)
def test_what_a_human_said_of_a_face_stands(decided):
    assert judged({F0: "Anna"}, ("human", decided)) == ([Outcome.DIFFERS], ())


def test_a_face_that_was_said_not_to_be_a_persons_is_not_given_to_it():
    made = ("human", Name(ANNA, (F1,), "Anna"), Reject(ANNA, (F0,)))
    assert judged({F0: "Anna"}, made) == ([Outcome.DIFFERS], ())
    assert judged({F0: "Berta"}, made)[0] == [Outcome.NAMED]


def test_two_people_of_one_name_are_told_apart_by_nobody():
    made = ("human", Name(ANNA, (F1,), "Anna"), Name(BERTA, (F2,), "anna"))
    assert judged({F0: "Anna", F1: "Anna"}, made) == ([Outcome.AMBIGUOUS, Outcome.KNOWN], ())


def test_faces_of_two_people_do_not_become_one():
    apart = ("human", Different((F0,), (F1,)))
    assert judged({F0: "Anna", F1: "Anna"}, apart) == ([Outcome.DIFFERS] * 2, ())
    outcomes, _ = judged({F0: "Anna", F1: "Berta"}, apart)
    assert outcomes == [Outcome.NAMED] * 2
    assert judged({F0: "Anna"}, apart, ("human", Name(ANNA, (F1,), "Anna"))) == ([Outcome.DIFFERS], ())


def test_a_file_that_says_another_name_than_before_renames_the_face():
    before = ("imported", Name(ANNA, (F0, F1), "Anna"))
    outcomes, (berta,) = judged({F0: "Berta", F1: "Anna"}, before)
    assert outcomes == [Outcome.NAMED, Outcome.KNOWN]
    assert (berta.name, berta.faces) == ("Berta", (F0,))
    assert judged({F0: "Anna"}, before, ("imported", Name(BERTA, (F0,), "Berta")))[0] == [Outcome.NAMED]


def test_a_person_whom_a_human_renamed_stays_one_person():
    made = ("imported", Name(ANNA, (F0,), "Anna")), ("human", Rename(ANNA, "Anna Müller"))
    assert judged({F0: "Anna"}, *made) == ([Outcome.DIFFERS], ())
    # A new photo with the old name is the same person's.
    outcomes, statements = judged({F0: "Anna", F1: "Anna"}, *made)
    assert (outcomes, statements) == ([Outcome.DIFFERS, Outcome.NAMED], (Name(ANNA, (F1,), None),))
    # ... and is known as such from then on.
    assert judged({F0: "Anna", F1: "Anna"}, *made, ("imported", *statements)) == (
        [Outcome.DIFFERS, Outcome.KNOWN],
        (),
    )


def test_people_whom_a_human_made_one_stay_one():
    made = (
        ("imported", Name(ANNA, (F0,), "Anna"), Name(BERTA, (F1,), "Berta")),
        ("human", Merge(BERTA, (ANNA,))),
    )
    outcomes, statements = judged({F0: "Anna", F1: "Berta", F2: "Anna"}, *made)
    assert outcomes == [Outcome.DIFFERS, Outcome.KNOWN, Outcome.NAMED]
    assert statements == (Name(BERTA, (F2,), None),)


def test_an_import_that_was_undone_is_made_anew():
    made = decisions(("imported", Name(ANNA, (F0,), "Anna")))
    outcomes, (anna,) = judged({F0: "Anna"}, ("imported", Name(ANNA, (F0,), "Anna")), ("human", Undo(made[0].id)))
    assert (outcomes, anna.name) == ([Outcome.NAMED], "Anna")


def test_a_name_that_a_file_gave_to_two_who_bear_others_now_is_nobodys():
    ids = pa.array(FACES)
    made = decisions(
        ("imported", Name(ANNA, (F0,), "Anna")),
        ("human", Rename(ANNA, "Anna A.")),
        ("human", Name(BERTA, (F1,), "Anna")),
        ("imported", Name(BERTA, (F2,))),
        ("human", Rename(BERTA, "Anna B.")),
    )
    who = who_is_who(made, ids)
    whom = whom_they_mean(("anna", "anna b.", "carl"), who, said_by_imports(who, ids, NO_HEIRS))
    assert whom.tolist() == [SEVERAL, 1, NEW]
