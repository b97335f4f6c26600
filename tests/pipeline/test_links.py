"""pipeline.links: who is who, in the words of the grouping."""

import numpy as np

from facecluster.people.decisions import who_is_who
from facecluster.people.statements import Decision, Different, Ignore, Merge, Name, NotAFace, Reject, Rename, Undo
from facecluster.pipeline.links import changed_links, digest_of, links_of

FACES = [f"{photo:020x}-0-0-9-9" for photo in range(8)]
ANNA, BELA, CARL = "a" * 12, "b" * 12, "c" * 12


def decisions(*acts):
    """One decision an act."""
    return tuple(
        Decision(f"{place:016x}", "2026-01-01T00:00:00+00:00", "somebody", "human", (said,))
        for place, said in enumerate(acts)
    )


def who(*acts):
    return who_is_who(decisions(*acts), FACES)


def faces(*rows):
    return tuple(FACES[row] for row in rows)


def pairs(links):
    return sorted(sorted(pair) for pair in links.different.tolist())


def test_who_was_said_to_be_whom():
    links = links_of(who(Name(ANNA, faces(0, 3), "Anna"), Name(BELA, faces(5))))
    assert links.persons.tolist() == [0, -1, -1, 0, -1, 1, -1, -1]
    assert links.different.shape == (0, 2)


def test_nothing_said_are_no_links():
    links = links_of(who())
    assert links.persons.tolist() == [-1] * 8
    assert digest_of(links) == digest_of(links_of(who(Rename(ANNA, "Anna")))) == ""


def test_ignored_people_are_nobody():
    assert links_of(who(Ignore(ANNA, faces(0, 1)))).persons.tolist() == [-1] * 8


def test_faces_that_are_none_are_nobodys():
    assert links_of(who(Name(ANNA, faces(0, 1)), NotAFace(faces(0)))).persons.tolist() == [-1, 0, *[-1] * 6]


def test_who_is_not_somebody_is_apart_from_a_face_of_that_person():
    links = links_of(who(Name(ANNA, faces(0, 3), "Anna"), Reject(ANNA, faces(3, 4)), Different(faces(1), faces(2))))
    assert pairs(links) == [[0, 3], [0, 4], [1, 2]]
    assert pairs(links_of(who(Reject(ANNA, faces(4))))) == [], "of whom there is no face"


def test_digests_tell_what_was_said_and_not_how():
    ours = links_of(who(Name(ANNA, faces(0, 3)), Name(BELA, faces(5, 6)), Different(faces(1), faces(2))))
    other_way = links_of(who(Different(faces(2), faces(1)), Name(CARL, faces(6, 5)), Name(BELA, faces(3, 0), "Bela")))
    assert digest_of(ours) == digest_of(other_way)
    for acts in (
        [Name(ANNA, faces(0, 3, 5, 6)), Different(faces(1), faces(2))],
        [Name(ANNA, faces(0, 3)), Name(BELA, faces(5, 6))],
        [Name(ANNA, faces(0, 3)), Name(BELA, faces(5, 7)), Different(faces(1), faces(2))],
    ):
        assert digest_of(links_of(who(*acts))) != digest_of(ours)


def changed(then, acts):
    found = changed_links(who_is_who(decisions(*acts)[:then], FACES), who(*acts))
    return np.flatnonzero(found.touched).tolist(), np.flatnonzero(found.freed).tolist()


def test_what_is_said_since_touches_its_faces():
    before = [Name(ANNA, faces(0, 1), "Anna"), Name(BELA, faces(2, 3), "Bela")]
    assert changed(2, before) == ([], [])
    assert changed(2, [*before, Rename(ANNA, "Anne")]) == ([], [])
    assert changed(2, [*before, Name(ANNA, faces(4))]) == ([4], [])
    assert changed(2, [*before, Merge(ANNA, (BELA,))]) == ([], []), "whoever was one still is"
    assert changed(2, [*before, Different(faces(6), faces(7))]) == ([6, 7], [])


def test_what_is_taken_back_frees_faces_that_were_held_together():
    before = [Name(ANNA, faces(0, 1), "Anna"), Name(BELA, faces(2), "Bela")]
    assert changed(2, [*before, Undo(f"{0:016x}")]) == ([0, 1], [0, 1])
    assert changed(2, [*before, Reject(ANNA, faces(1))]) == ([0, 1], [1])
    assert changed(2, [*before, Ignore(ANNA)]) == ([0, 1], [0, 1])
    assert changed(2, [*before, Name(BELA, faces(1))]) == ([1], []), "it is another's: that is told apart"
    touched, _ = changed(2, [*before, Undo(f"{1:016x}")])
    assert touched == [2]


def test_what_is_no_longer_different_is_touched():
    acts = [Different(faces(6), faces(7)), Undo(f"{0:016x}")]
    assert changed(1, acts) == ([6, 7], [])
