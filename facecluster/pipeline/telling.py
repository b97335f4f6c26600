"""What somebody says of people -> a decision in the journal, made of the people as they stand at that moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from facecluster.people.checks import check
from facecluster.people.statements import Decision, Statement
from facecluster.people.who import WhoIsWho
from facecluster.pipeline.history import Teller, numbers_of
from facecluster.pipeline.journal import decide, decisions_of
from facecluster.pipeline.people import LibraryPeople, people_among, present_faces
from facecluster.pipeline.review.live import Moment
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
        return in_words(self.said, self.before.who)


def in_words(said: Sequence[Statement], who: WhoIsWho) -> str:
    """What statements say, in a sentence with the names that people have."""
    names = {person.id: person.name for person in who.people if person.name is not None}
    return Teller(numbers_of(who), names).told(said)


def tell(
    library: Library,
    saying: Saying,
    who: str,
    *,
    dry_run: bool = False,
    moment: Moment | None = None,
    id_: str | None = None,
) -> Told:
    """Decide what `saying` makes of the people as they stand; with `dry_run` only look what that would be.

    Args:
        library: its journal gets the decision.
        saying: statements; it raises a UsageError where what was meant makes no sense.
        who: says so.
        dry_run: nothing is written.
        moment: what is known of the library already, so that it need not be read. None: nothing is.
        id_: of the decision, as in `journal.decide`; one that was made before is told as it was.

    Raises:
        UsageError: a statement makes no sense for the people as they stand.
        LibraryError: the library is empty or damaged.
        StorageError: the decision could not be written.
    """
    present = moment.present if moment else present_faces(library)
    seen: dict[int, Told] = {}  # by number

    def people_after(decisions: Sequence[Decision]) -> LibraryPeople:
        if moment and moment.state.journal == len(decisions):
            return moment.people
        return people_among(present, decisions)

    def say(decisions: Sequence[Decision]) -> tuple[Statement, ...]:
        before, number = people_after(decisions), len(decisions) + 1
        said = saying(before)
        check(said, before.who, present.face_ids)
        seen[number] = Told(before, said, number, None)
        return said

    if dry_run:
        say(decisions_of(library))
        return seen.popitem()[1]
    decision = decide(library, say, who, id_=id_)
    decisions = decisions_of(library)
    number = next(last for last in range(len(decisions), 0, -1) if decisions[last - 1].id == decision.id)
    before = seen[number].before if number in seen else people_after(decisions[: number - 1])
    return Told(before, decision.statements, number, decision)
