"""people.checks: what makes no sense is refused with a sentence, what does is let through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import UsageError
from facecluster.people.checks import check
from facecluster.people.decisions import who_is_who
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
)
from tests.people.world import FACES, PEOPLE, decision, id_of, sayings, statement

THERE = [id_of(face, 0) for face in FACES]
F = tuple(THERE)
ANNA, BEN, CLEO, NEW = *PEOPLE[:3], "f" * 12
GONE, NEVER = f"{99:020x}-0-0-100-100", f"{98:020x}-0-0-100-100"
SO_FAR = (
    Name(ANNA, (*F[:3], GONE), "Anna"),
    Name(BEN, F[3:4], "Ben"),
    Name("e" * 12, F[4:5]),
    Merge(BEN, ("e" * 12,)),
    Rename(CLEO, "Cleo"),
)


def refuse(*said, so_far=SO_FAR, there=THERE):
    """Check statements after those so far."""
    check(said, who_is_who([decision(place, one) for place, one in enumerate(so_far)], there), there)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (Merge(BEN, (BEN,)), r"Expected two people to merge, found Ben \(0+1\) twice: they are one already"),
        (Merge(BEN, (ANNA, "e" * 12)), "they are one already"),
        (Merge("e" * 12, (BEN,)), "they are one already"),
        (Merge(BEN, ()), r"Expected people to merge into Ben \(0+1\), found none"),
        (Merge(BEN, (NEW,)), "There is no person f+: `facecluster people list`"),
        (Split(ANNA, NEW, F[:3]), r"Expected some faces of Anna \(0+\) to stay"),
        (
            Split(ANNA, NEW, F[:5]),
            r"found 0+1-0-0-100-100, which was said to be Ben \(0+1\): .* or split it",
        ),
        (Split(BEN, "e" * 12, F[3:4]), "Expected somebody else than Ben"),
        (Split(CLEO, NEW, F[5:6]), "Expected some faces of Cleo"),
        (Split(ANNA, NEW, ()), "Expected at least one face to split, found none"),
        (Split(NEW, ANNA, F[5:6]), "There is no person f+"),
        (Reject(ANNA, F[3:4]), r"Expected faces of Anna \(0+\) to reject, found 0+1-0-0-100-100"),
        (Reject(NEW, F[5:6]), "There is no person"),
        (Reject(ANNA, ()), "at least one face to reject"),
        (Different(F[:1], F[5:6] + F[2:3]), "Expected faces of two people, found some of Anna .* split"),
        (Different(F[3:4], F[4:5]), "found some of Ben"),
        (Different(F[5:7], F[6:8]), "one on both"),
        (Different((), F[6:8]), "at least one face to keep apart"),
        (Different(F[6:8], ()), "at least one face to keep apart"),
        (Cover(ANNA, F[3]), "Expected a face of Anna .*, found 0+1-0-0-100-100, of which nobody has said so"),
        (Cover(ANNA, F[5]), "of which nobody has said so"),
        (Cover(NEW, F[5]), "There is no person"),
        (Confirm(NEW, F[5:6]), "There is no person"),
        (Confirm(ANNA, ()), "at least one face to confirm"),
        (Name(ANNA, ()), "at least one face to name"),
        (Name(ANNA, F[:1], " "), "A name needs at least one letter"),
        (Name(ANNA, (NEVER,)), f"found '{NEVER}': `facecluster export` lists"),
        (NotAFace(("rubbish",)), "found 'rubbish'"),
        (NotAFace(("\ud800" * 99,)), r"found '(\\ud800){60}': "),
        (NotAFace(()), "at least one face to mark"),
        (Rename(ANNA, ""), "A name needs at least one letter"),
        (Rename(NEW, "Nora"), "There is no person"),
        (Ignore(NEW), "There is no person"),
        (Unignore(NEW), "There is no person"),
        (Born(NEW, None), "There is no person"),
        (Born(ANNA, "21.3.1987"), "A day is written like 1987-03-21"),
        (Born(ANNA, "1987-02-30"), "A day is written like"),
    ],
)
def test_what_makes_no_sense_is_refused(said, message):
    with pytest.raises(UsageError, match=message):
        refuse(said)


@pytest.mark.parametrize(
    "said",
    [
        (Name(NEW, F[:3], "Nora"),),
        (Name(ANNA, (GONE,)),),
        (Name("e" * 12, F[:1]),),
        (Name(ANNA, (id_of(FACES[5], 2),)),),
        (Ignore(NEW, F[5:6]),),
        (Ignore(CLEO),),
        (Unignore(ANNA),),
        (Split(ANNA, NEW, F[:2]),),
        (Split(ANNA, BEN, (F[0], F[5]), "Ben"),),
        (Reject(ANNA, F[:3]),),
        (Reject(ANNA, F[5:7]),),
        (Reject("e" * 12, F[3:5]),),
        (Different(F[:2], F[3:7]),),
        (NotAFace(F[:1] + F[8:]),),
        (Merge(ANNA, (BEN, CLEO)),),
        (Cover("e" * 12, F[3]), Cover(ANNA, None)),
        (Born(ANNA, "1987-03-21"), Born(ANNA, None)),
        (Rename(CLEO, "<b>Cleo</b>"),),
        (Confirm(ANNA, F[:9]),),
        (Undo("0" * 16),),
        (),
    ],
)
def test_what_makes_sense_is_let_through(said):
    refuse(*said)


def test_each_statement_is_looked_at_after_those_before_it():
    refuse(Name(NEW, F[5:6]), Cover(NEW, F[5]), Born(NEW, "1987-03-21"))
    refuse(Split(ANNA, NEW, F[:1]), Different(F[:1], F[1:2]))
    with pytest.raises(UsageError, match="There is no person"):
        refuse(Cover(NEW, F[5]), Name(NEW, F[5:6]))
    with pytest.raises(UsageError, match="one already"):
        refuse(Merge(ANNA, (BEN,)), Merge(BEN, (ANNA,)))
    with pytest.raises(UsageError, match="to stay"):
        refuse(Split(ANNA, NEW, F[:2]), Split(ANNA, NEW, F[2:3]))


def test_the_first_statement_of_all_is_checked_too():
    refuse(Name(NEW, F[:2], "Nora"), so_far=())
    refuse(Different(F[:1], F[1:2]), so_far=())
    with pytest.raises(UsageError, match="found 'x'"):
        refuse(NotAFace(("x",)), so_far=(), there=[])


def test_a_person_none_of_whose_faces_is_there_keeps_none():
    with pytest.raises(UsageError, match="to stay"):
        refuse(Split(ANNA, NEW, (GONE,)), there=THERE[3:])
    with pytest.raises(UsageError, match="to stay"):
        refuse(Name(ANNA, (GONE,)), Split(ANNA, NEW, F[:3]))


@given(st.lists(sayings, max_size=6), sayings)
def test_checks_let_through_or_refuse_and_nothing_else(said, more):
    decisions = [decision(place, *map(statement, planned)) for place, planned in enumerate(said)]
    try:
        check(tuple(map(statement, more)), who_is_who(decisions, THERE), THERE)
    except UsageError as error:
        assert str(error)  # noqa: PT017  # either is fine
