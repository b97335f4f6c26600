"""The way of a decision into the journal of a library, and of all decisions out of it.

Nobody needs the library's lock to decide, a run may be under way: of two who decide at once one is first, and the other
is asked again in the light of that.
"""

import getpass
import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from facecluster.errors import LibraryError, UsageError
from facecluster.people.decisions import who_is_who
from facecluster.people.matching import FaceIdColumn
from facecluster.people.names import checked_name
from facecluster.people.records import check_decision, decisions_in, from_record, to_record
from facecluster.people.statements import Decision, Provenance, Statement
from facecluster.people.who import WhoIsWho
from facecluster.pipeline.heirs import heirs_of
from facecluster.store.journal import Entry, Journal
from facecluster.store.library import Library

UNKNOWN = "unknown"
ID_BYTES = 8  # of a decision's id, which is written with two digits a byte

Decisions = tuple[Decision, ...]
Say = Callable[[Decisions], Sequence[Statement]]
"""What is to be said in the light of all decisions so far."""

logger = logging.getLogger(__name__)


class _Known(NamedTuple):
    """A journal as far as it was read."""

    decisions: Decisions = ()
    last: int = 0  # line
    damage: frozenset[str] = frozenset()  # what was told of it


_known: WeakKeyDictionary[Journal, _Known] = WeakKeyDictionary()
"""What was read stays: a page that asks at every click waits for no more than what is new."""
_turn = threading.Lock()  # of the threads of this process


def decisions_of(library: Library) -> Decisions:
    """All decisions that were ever made, in their order. What is damaged is told as a warning.

    Raises:
        LibraryError: the journal is damaged so that what it says is not certain, or a newer facecluster wrote it.
    """
    return _read(library.journal).decisions


def who_is_who_in(library: Library, face_ids: FaceIdColumn) -> WhoIsWho:
    """Who is who among these faces by all decisions."""
    return who_is_who(decisions_of(library), face_ids, heirs_of(library))


def decide(
    library: Library, say: Say, who: str, provenance: Provenance = "human", *, id_: str | None = None
) -> Decision:
    """The decision that was made, durably.

    Args:
        library: whose journal it goes to.
        say: what is to be said; asked anew if somebody else decided meanwhile, and free to raise if nothing is left.
        who: decides.
        provenance: of the decision.
        id_: of the decision, if whoever asks may have to ask again, not knowing whether it was made: a decision of
            this id that is there is returned, and nothing is said. None: one by chance.

    Raises:
        UsageError: nothing is said, or what must not be; nothing was written.
        StorageError: the disk failed; the decision may be there or not.
    """
    while True:
        known = _read(library.journal)
        made = None if id_ is None else next((one for one in known.decisions if one.id == id_), None)
        if made is not None:
            return made
        statements = say(known.decisions)
        if not statements:
            raise UsageError("Nothing is left to decide: all of it holds already. Nothing was written.")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        decision = Decision(id_ or secrets.token_hex(ID_BYTES), now, who, provenance, tuple(statements))
        check_decision(decision)
        if _write(library.journal, decision, known):
            return decision


def import_decisions(library: Library, backup: Any) -> tuple[int, int]:
    """Add the decisions of a backup (people.records) that are not there yet, as they are; how many, and the others.

    Raises:
        UsageError: it is no backup, or a decision in it differs from the one that is there; nothing was added.
        StorageError: the disk failed; what was added is whole, and the same import goes on from there.
    """
    decisions = decisions_in(backup)
    _refuse_contradictions(decisions, decisions_of(library))
    known, added = _Known(), 0
    ids: set[str] = set()
    for decision in decisions:
        written = False
        while not written:
            seen, known = len(known.decisions), _read(library.journal)
            ids.update(one.id for one in known.decisions[seen:])
            if decision.id in ids:
                break
            written = _write(library.journal, decision, known)
        added += written
    return added, len(decisions) - added


def whoami() -> str:
    """The login name of whoever runs this, or that it is unknown."""
    try:
        return checked_name(getpass.getuser())
    except (KeyError, OSError, ImportError, UsageError):
        return UNKNOWN


def _refuse_contradictions(decisions: Sequence[Decision], here: Decisions) -> None:
    by_id = {decision.id: decision for decision in here}
    for decision in decisions:
        if by_id.get(decision.id, decision) != decision:
            raise UsageError(
                f"Decision {decision.id} of the backup is not the one that the journal has under this id: the backup "
                "was changed, or damaged. Nothing was added."
            )


def _read(journal: Journal) -> _Known:
    """The journal as it is now."""
    with _turn:
        known = _known.get(journal, _Known())
        read = journal.read(known.last, partial(_decision, journal))
        for sentence in read.damage:
            if sentence not in known.damage:
                logger.warning("%s", sentence)
        decisions = (*known.decisions, *read.entries)
        _known[journal] = known = _Known(decisions, read.last, known.damage.union(read.damage))
        return known


def _decision(journal: Journal, entry: Entry) -> Decision:
    try:
        return from_record(entry.record)
    except ValueError as error:
        raise LibraryError(
            f"Line {entry.number} of {journal.folder} cannot be read: {error} A newer facecluster may have written it: "
            "use that one. Nothing was changed."
        ) from error


def _write(journal: Journal, decision: Decision, known: _Known) -> bool:
    """Write a decision that was made in the light of what is known; False if there is more to know."""
    with _turn:
        try:
            journal.append(to_record(decision), known.last)
        except FileExistsError:
            return False
        _known[journal] = known._replace(decisions=(*known.decisions, decision), last=known.last + 1)
        return True
