"""people.decisions: who is who, statement by statement."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from facecluster.people.decisions import in_force, who_is_who
from facecluster.people.statements import (
    Born,
    Confirm,
    Cover,
    Different,
    Ignore,
    Merge,
    Name,
    NotAFace,
    Reject,
    Rename,
    Split,
    Undo,
    Unignore,
    faces_in,
    people_in,
)
from facecluster.people.who import NOBODY, Person
from tests.people.world import FACES, PEOPLE, decision, id_of

THERE = [id_of(face, 0) for face in FACES]
F = tuple(THERE[:6])
GONE = f"{99:020x}-0-0-100-100"
ANNA, BEN, CLEO, DORA = PEOPLE


def who(*sayings_, there=THERE):
    """Who is who after these statements, each of a decision of its own."""
    return who_is_who([decision(place, said) for place, said in enumerate(sayings_)], there)


def owners(who_, n=6):
    """The ids of the people of the first faces."""
    return [None if person == NOBODY else who_.people[person].id for person in who_.persons[:n]]


def rejected(who_):
    return {(F[row], who_.people[person].id) for row, person in who_.rejected}


# none, one, two ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("there", [[], THERE[:1], THERE])
def test_without_decisions_nothing_is_known(there):
    none = who_is_who([], there)
    assert (none.people, none.decisions, none.merged) == ((), (), {})
    assert none.persons.tolist() == none.decided_by.tolist() == [NOBODY] * len(there)
    assert not none.confirmed.any()
    assert not none.not_faces.any()
    assert none.rejected.shape == none.different.shape == (0, 2)


def test_without_faces_people_are_dormant():
    gone = who(Name(ANNA, F[:2], "Anna"), Reject(BEN, F[:1]), Different(F[:1], F[1:2]), Cover(ANNA, F[0]), there=[])
    assert gone.people == (Person(ANNA, "Anna", None, False, None, 2), Person(BEN, None, None, False, None, 0))
    assert gone.rejected.shape == gone.different.shape == (0, 2)


@pytest.mark.parametrize("kind", [list, pd.Series, lambda ids: pa.array(ids, pa.string()), tuple])
def test_the_ids_of_faces_come_in_any_column(kind):
    assert owners(who(Name(ANNA, F[1:2]), there=kind(THERE)), 3) == [None, ANNA, None]


# statements ----------------------------------------------------------------------------------------------------------


def test_naming_takes_from_whoever_had_it():
    named = who(Name(ANNA, F[:3], "Anna"), Name(BEN, F[2:4], "Ben"))
    assert owners(named) == [ANNA, ANNA, BEN, BEN, None, None]
    assert [person.name for person in named.people] == ["Anna", "Ben"]
    assert named.decided_by[:6].tolist() == [0, 0, 1, 1, NOBODY, NOBODY]


def test_naming_without_a_name_keeps_the_name():
    assert who(Name(ANNA, F[:1], "Anna"), Name(ANNA, F[1:2])).people[0].name == "Anna"
    assert who(Name(ANNA, F[:1])).people[0].name is None


def test_two_people_may_bear_one_name():
    same = who(Name(ANNA, F[:1], "Anna"), Name(BEN, F[1:2], "Anna"))
    assert owners(same, 2) == [ANNA, BEN]


def test_a_face_stays_confirmed_as_long_as_it_is_the_same_person():
    confirmed = Confirm(ANNA, F[:2])
    assert who(confirmed).confirmed[:3].tolist() == [True, True, False]
    assert who(confirmed, Name(ANNA, F[:1])).confirmed[:2].tolist() == [True, True]
    assert who(confirmed, Merge(BEN, (ANNA,)), Name(BEN, F[:1])).confirmed[:2].tolist() == [True, True]
    assert who(confirmed, Name(BEN, F[:1])).confirmed[:2].tolist() == [False, True]
    assert who(confirmed, Reject(ANNA, F[:1]), Name(ANNA, F[:1])).confirmed[:2].tolist() == [False, True]


def test_renaming_names_whoever_the_person_is_now():
    assert who(Merge(ANNA, (BEN,)), Rename(BEN, "Bea")).people == (Person(ANNA, "Bea", None, False, None, 0),)


def test_merging_keeps_the_first_id_and_name():
    merged = who(Name(ANNA, F[:1], "Anna"), Name(BEN, F[1:2], "Ben"), Merge(ANNA, (BEN, CLEO)), Name(BEN, F[2:3]))
    assert owners(merged, 4) == [ANNA, ANNA, ANNA, None]
    assert [person.name for person in merged.people] == ["Anna"]
    assert merged.merged == {BEN: ANNA, CLEO: ANNA}


def test_who_was_merged_follows_whom_it_was_merged_into():
    followed = who(Name(BEN, F[:1]), Reject(BEN, F[1:2]), Merge(ANNA, (BEN,)), Merge(CLEO, (ANNA,)), Name(BEN, F[2:3]))
    assert owners(followed, 3) == [CLEO, None, CLEO]
    assert rejected(followed) == {(F[1], CLEO)}
    assert followed.merged == {BEN: CLEO, ANNA: CLEO}


def test_merging_into_somebody_silent_takes_the_first_word_there_is():
    said = (Rename(CLEO, "Cleo"), Rename(DORA, "Dora"), Born(DORA, "1987-03-21"), Name(CLEO, F[:1]), Cover(CLEO, F[0]))
    assert who(*said, Merge(ANNA, (BEN, CLEO, DORA))).people == (Person(ANNA, "Cleo", "1987-03-21", False, F[0], 0),)


def test_merging_in_a_circle_and_with_oneself_is_harmless():
    circle = who(
        Name(CLEO, F[:1]), Merge(ANNA, (BEN,)), Merge(BEN, (CLEO,)), Merge(CLEO, (ANNA,)), Merge(ANNA, (ANNA,))
    )
    assert owners(circle, 1) == [ANNA]
    assert circle.merged == {BEN: ANNA, CLEO: ANNA}


def test_somebody_merged_is_ignored_only_if_both_were():
    ignored = Ignore(ANNA, F[:1]), Ignore(BEN, F[1:2])
    assert who(*ignored, Merge(ANNA, (BEN,))).people[0].ignored
    assert not who(*ignored, Unignore(BEN), Merge(ANNA, (BEN,))).people[0].ignored
    assert not who(*ignored, Unignore(ANNA), Merge(ANNA, (BEN,))).people[0].ignored


def test_splitting_rejects_from_the_one_and_names_the_other():
    split = who(Name(ANNA, F[:3], "Anna"), Split(ANNA, BEN, F[1:2], "Ben"))
    assert owners(split, 3) == [ANNA, BEN, ANNA]
    assert rejected(split) == {(F[1], ANNA)}
    assert [person.name for person in split.people] == ["Anna", "Ben"]


def test_rejecting_lasts_until_the_face_is_given_back():
    no = Name(ANNA, F[:2]), Reject(ANNA, (F[0], F[5]))
    assert owners(who(*no)) == [None, ANNA, None, None, None, None]
    assert who(*no).decided_by[0] == NOBODY
    assert rejected(who(*no, NotAFace(F[:1]), Name(BEN, F[:1]))) == {(F[0], ANNA), (F[5], ANNA)}
    assert rejected(who(*no, Name(ANNA, F[:1]))) == {(F[5], ANNA)}


def test_rejecting_from_another_takes_nothing():
    other = who(Name(ANNA, F[:1]), Reject(BEN, F[:1]))
    assert owners(other, 1) == [ANNA]
    assert rejected(other) == {(F[0], BEN)}


def test_what_was_said_of_one_is_said_of_whom_it_was_merged_with():
    no = Reject(BEN, F[:2])
    assert rejected(who(no, Merge(ANNA, (BEN,)))) == {(F[0], ANNA), (F[1], ANNA)}
    assert rejected(who(no, Merge(ANNA, (BEN,)), Name(ANNA, F[:1]))) == {(F[1], ANNA)}
    assert owners(who(Name(BEN, F[:1]), Merge(ANNA, (BEN,)), Reject(BEN, F[:1])), 1) == [None]


def test_a_face_of_one_is_not_rejected_from_the_whole():
    whole = Name(ANNA, F[:1]), Reject(BEN, F[:2]), Merge(ANNA, (BEN,))
    assert rejected(who(*whole)) == {(F[1], ANNA)}
    assert rejected(who(*whole, Name(CLEO, F[:1]))) == {(F[1], ANNA)}
    assert rejected(who(Reject(ANNA, F[:2]), Name(BEN, F[:1]), Merge(ANNA, (BEN,)))) == {(F[1], ANNA)}


def test_no_face_is_nobodys_until_it_is_somebodys():
    none = Name(ANNA, F[:2]), NotAFace(F[1:3])
    assert who(*none).not_faces[:4].tolist() == [False, True, True, False]
    assert owners(who(*none), 3) == [ANNA, None, None]
    assert who(*none, Confirm(ANNA, F[1:2])).not_faces[:4].tolist() == [False, False, True, False]


def test_ignoring_makes_a_stranger_of_faces():
    ignored = who(Ignore(ANNA, F[:2]))
    assert owners(ignored, 3) == [ANNA, ANNA, None]
    assert ignored.people[0].ignored
    assert not who(Ignore(ANNA, F[:2]), Unignore(ANNA)).people[0].ignored


def test_faces_are_two_peoples_unless_they_are_one_persons_in_the_end():
    two = Different(F[:1], (F[3], F[2], F[0]))
    assert who(two, Different(F[3:4], F[:1])).different.tolist() == [[0, 2], [0, 3]]
    assert who(two, Name(ANNA, F[:3])).different.tolist() == [[0, 3]]
    assert who(two, Name(ANNA, F[:1]), Name(BEN, F[2:3])).different.tolist() == [[0, 2], [0, 3]]
    assert who(Name(ANNA, F[:1]), Name(BEN, F[2:3]), two, Merge(ANNA, (BEN,))).different.tolist() == [[0, 3]]


def test_a_cover_is_a_face_that_is_there_and_the_persons():
    chosen = Name(ANNA, (*F[:2], GONE)), Cover(ANNA, F[0])
    assert who(*chosen).people[0].cover == F[0]
    assert who(*chosen, Cover(ANNA, None)).people[0].cover is None
    assert who(*chosen, Cover(ANNA, GONE)).people[0].cover is None
    assert who(*chosen, Name(BEN, F[:1])).people[0].cover is None
    assert who(*chosen, there=[id_of(face, 1) for face in FACES]).people[0].cover == id_of(FACES[0], 1)


def test_the_last_word_on_a_day_of_birth_counts():
    assert who(Born(ANNA, "1987-03-21"), Born(ANNA, "1988-03-21")).people[0].born == "1988-03-21"
    assert who(Born(ANNA, "1987-03-21"), Born(ANNA, None)).people[0].born is None


def test_people_come_as_they_were_first_spoken_of():
    assert [person.id for person in who(Merge(DORA, (ANNA,)), Reject(CLEO, ()), Rename(BEN, "Ben")).people] == [
        DORA, CLEO, BEN,
    ]  # fmt: skip


def test_an_old_and_a_new_box_are_one_face():
    old, new = id_of(FACES[0], 1), id_of(FACES[0], 0)
    assert owners(who(Name(ANNA, (new,)), Name(BEN, (old,))), 1) == [BEN]
    assert rejected(who(Reject(ANNA, (old,)), Name(ANNA, (new,)))) == set()
    twice = who(Name(ANNA, (new,)), Name(BEN, (old,)), there=THERE[3:])
    assert [person.dormant for person in twice.people] == [0, 1]


# undo ----------------------------------------------------------------------------------------------------------------


def undo(place):
    return Undo(decision(place).id)


def test_an_undone_undo_brings_back():
    named = [decision(0, Name(ANNA, F[:1])), decision(1, undo(0)), decision(2, undo(1)), decision(3, undo(2))]
    assert [in_force(named[:n]).tolist() for n in range(5)] == [
        [], [True], [False, True], [True, False, True], [False, True, False, True],
    ]  # fmt: skip


def test_an_undo_of_what_is_not_there_or_not_yet_is_harmless():
    assert in_force([decision(0, undo(1), undo(0), undo(7)), decision(1, Unignore(ANNA))]).all()


def test_undoing_the_naming_leaves_what_came_later():
    left = who(Name(ANNA, F[:1], "Ana"), Name(ANNA, F[1:2]), Rename(ANNA, "Anna"), undo(0))
    assert owners(left, 2) == [None, ANNA]
    assert left.people[0].name == "Anna"
    assert left.in_force.tolist() == [False, True, True, True]


def test_undoing_a_merge_parts_what_was_given_before_and_after():
    parted = who(Name(BEN, F[:1], "Ben"), Merge(ANNA, (BEN,)), Name(ANNA, F[1:2]), undo(1))
    assert owners(parted, 2) == [BEN, ANNA]
    assert [person.name for person in parted.people] == ["Ben", None]


# helpers -------------------------------------------------------------------------------------------------------------


def test_a_person_is_found_by_any_of_its_ids():
    merged = who(Name(ANNA, F[:1]), Name(BEN, F[2:4]), Merge(BEN, (ANNA,)))
    assert ([person.id for person in merged.people], merged.merged) == ([BEN], {ANNA: BEN})
    assert np.flatnonzero(merged.persons == 0).tolist() == [0, 2, 3]


def test_a_statement_tells_of_whom_it_speaks():
    assert faces_in(Different(F[:1], F[1:3])) == F[:3]
    assert (faces_in(Cover(ANNA, None)), faces_in(Cover(ANNA, F[0])), faces_in(undo(0))) == ((), (F[0],), ())
    assert people_in(Merge(BEN, (ANNA, CLEO))) == (BEN, ANNA, CLEO)
    assert people_in(Split(BEN, ANNA, ())) == (BEN, ANNA)
    assert (people_in(NotAFace(())), people_in(Born(CLEO, None))) == ((), (CLEO,))
