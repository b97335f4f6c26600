"""An open library that is looked at for hours: its people as they are now, whoever decides or runs meanwhile."""

import threading
from dataclasses import dataclass
from typing import NamedTuple, Self

from facecluster.pipeline.heirs import last_heirs
from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.people import LibraryPeople, PresentFaces, people_among, present_faces
from facecluster.store.library import Library


class State(NamedTuple):
    """What people are made of, by numbers; equal states give equal people."""

    scan: int
    run: int  # 0: none yet
    names: int
    heirs: int
    journal: int  # decisions

    def __str__(self) -> str:
        """As a page carries it."""
        return "-".join(map(str, self))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The state that a page carries.

        Raises:
            ValueError: it is none.
        """
        numbers = text.split("-")
        if len(numbers) != len(cls._fields) or not all(number.isdecimal() for number in numbers):
            raise ValueError(f"expected five numbers with dashes between, found {text[:60]!r}")
        return cls(*map(int, numbers))


@dataclass(frozen=True)
class Moment:
    """A library at one moment: nothing in it changes under whoever reads it."""

    state: State
    present: PresentFaces
    people: LibraryPeople


class Live:
    """The people of a library, kept up to date. Any thread may ask."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._lock = threading.Lock()
        self._moment: Moment | None = None

    def now(self) -> Moment:
        """The people as they are, with all decisions until now."""
        with self._lock:
            tables, decisions = self._tables(), decisions_of(self.library)
            moment = self._moment
            if moment is None or moment.state[:4] != tables:
                present = present_faces(self.library)
            elif moment.state.journal == len(decisions):
                return moment
            else:
                present = moment.present
            people = people_among(present, decisions)
            self._moment = Moment(State(*tables, len(decisions)), present, people)
            return self._moment

    def at(self, state: State) -> Moment | None:
        """The people as they were in a state of these same tables; None where the tables are others by now."""
        moment = self.now()
        if state[:4] != moment.state[:4] or state.journal > moment.state.journal:
            return None
        if state == moment.state:
            return moment
        decisions = decisions_of(self.library)[: state.journal]
        return Moment(state, moment.present, people_among(moment.present, decisions))

    def _tables(self) -> tuple[int, int, int, int]:
        scan = self.library.latest_scan()
        names = self.library.names_numbers()
        return (
            scan.number if scan else 0,
            self.library.current_run() or 0,
            names[-1] if names else 0,
            last_heirs(self.library),
        )
