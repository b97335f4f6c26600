"""What somebody says of people -> a decision in the journal, made of the people as they stand at that moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from facecluster.people.checks import check
from facecluster.people.statements import Decision, Statement
from facecluster.pipeline.history import Teller, numbers_of
from facecluster.pipeline.journal import decide, decisions_of
from facecluster.pipeline.people import LibraryPeople, people_among, present_faces
from facecluster.store.library import Library

Saying = Callable[[LibraryPeople], tuple[Statement, ...]]
"""What is to be said of the people as they are; asked again where another writer was faster."""


@dataclass(frozen=True)
class Told:
    """What was said, or would be, and of whom."""

    before: LibraryPeople  # the people without it
    said: tuple[Statement, ...]
    number: int  # that it has in the history, or would have
    decision: Decision | None  # None: it was only to be looked at

    def in_words(self) -> str:
        """What was said, as the history tells it."""
        who = self.before.who
        names = {person.id: person.name for person in who.people if person.name is not None}
        return Teller(numbers_of(who), names).told(self.said)


def tell(library: Library, saying: Saying, who: str, *, dry_run: bool = False) -> Told:
    """Decide what `saying` makes of the people as they stand; with `dry_run` only look what that would be.

    Args:
        library: its journal gets the decision.
        saying: statements; it raises a UsageError where what was meant makes no sense.
        who: says so.
        dry_run: nothing is written.

    Raises:
        UsageError: a statement makes no sense for the people as they stand.
        LibraryError: the library is empty or damaged.
        StorageError: the decision could not be written.
    """
    present = present_faces(library)
    seen: list[Told] = []

    def say(decisions: Sequence[Decision]) -> tuple[Statement, ...]:
        before = people_among(present, decisions)
        said = saying(before)
        check(said, before.who, before.faces["face_id"])
        seen.append(Told(before, said, len(decisions) + 1, None))
        return said

    if dry_run:
        say(decisions_of(library))
        return seen[-1]
    decision = decide(library, say, who)
    last = seen[-1]
    return Told(last.before, last.said, last.number, decision)
