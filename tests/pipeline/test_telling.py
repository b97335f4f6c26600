import pytest

from facecluster.errors import UsageError
from facecluster.people.statements import Merge, Name, Reject
from facecluster.pipeline.deciding import name_faces
from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.people import people_of
from facecluster.pipeline.telling import tell
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
