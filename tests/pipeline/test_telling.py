import pytest

from facecluster.errors import UsageError
from facecluster.people.statements import Merge, Name, Reject
from facecluster.pipeline.deciding import name_faces
from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.people import people_of
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.telling import in_words, tell
from tests.pipeline.people_library import ANNA, BERTA, FACE, named, people_library


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


def test_what_is_said_is_decided(library):
    told = tell(library, lambda _: (Name(ANNA, (FACE["a1"],), "Anna"),), "me")
    assert (told.number, told.in_words()) == (1, "named 1 face Anna")
    assert told.decision == decisions_of(library)[0]
    assert (told.decision.who, told.decision.statements) == ("me", told.said)


def test_a_dry_run_writes_nothing(library):
    told = tell(library, lambda _: (Name(ANNA, (FACE["a1"],), "Anna"),), "me", dry_run=True)
    assert (told.number, told.decision, told.in_words()) == (1, None, "named 1 face Anna")
    assert decisions_of(library) == ()
    assert not list((library.folder / "journal").glob("*"))


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_makes_no_sense_is_refused(library, dry_run):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1")
    for nonsense in ([Merge(ANNA, (ANNA,))], [Reject(ANNA, (FACE["b1"],))], [Name(ANNA, ("no face",))]):
        with pytest.raises(UsageError):
            tell(library, lambda _, said=tuple(nonsense): said, "me", dry_run=dry_run)
    assert len(decisions_of(library)) == 2


def test_another_writer_who_was_faster_is_taken_into_account(library):
    named(library, ANNA, "Anna", "d1")
    seen = []

    def saying(people):
        if not seen:
            named(library, BERTA, "Berta", "a1")
        seen.append(len(people.who.decisions))
        return name_faces(people, "Anna", ["0"])

    told = tell(library, saying, "me")
    assert (seen, told.number) == ([1, 2], 3)
    assert told.said == (Name(ANNA, tuple(sorted(FACE[name] for name in ("a2", "a3")))),)
    assert [person.human for person in people_of(library).known] == [3, 1]


def test_another_writer_can_take_the_sense_from_it(library):
    named(library, ANNA, "Anna", "d1")

    def saying(people):
        if len(people.who.decisions) == 1:
            named(library, BERTA, "Berta", "a1", "a2", "a3")
        return name_faces(people, "Anna", ["0"])

    with pytest.raises(UsageError, match="3 shown to be Berta"):
        tell(library, saying, "me")
    assert len(decisions_of(library)) == 2


def test_what_was_told_before_is_told_as_it_was(library):
    named(library, BERTA, "Berta", "b1")
    first = tell(library, lambda _: (Name(ANNA, (FACE["a1"],), "Anna"),), "me", id_="f" * 16)
    named(library, ANNA, "Anne", "a2")

    def not_asked(people):
        raise AssertionError("it was decided already")

    again = tell(library, not_asked, "me", id_="f" * 16)
    assert (again.number, again.in_words(), again.decision) == (2, first.in_words(), first.decision)
    assert len(again.before.who.decisions) == 1
    assert len(decisions_of(library)) == 3


def test_what_is_known_already_need_not_be_read(library):
    """The people of a moment are what is said of, unless somebody has decided since."""
    moment, seen = Live(library).now(), []

    def saying(people):
        seen.append(people)
        return (Name(ANNA, (FACE["a1"],), "Anna"),)

    tell(library, saying, "me", moment=moment)
    assert seen[0] is moment.people
    told = tell(library, saying, "me", moment=moment)
    assert [person.name for person in told.before.who.people] == ["Anna"]
    assert told.before.faces["photo_path"].equals(moment.people.faces["photo_path"])


def test_words_take_the_names_that_people_have(library):
    named(library, ANNA, "Anna", "a1")
    who = people_of(library).who
    assert in_words((Reject(ANNA, (FACE["a1"],)), Reject(BERTA, (FACE["a1"],))), who) == (
        f"said of 1 face: not Anna; said of 1 face: not the person {BERTA}"
    )
