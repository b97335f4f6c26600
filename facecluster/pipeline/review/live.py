"""An open library that is looked at for hours: its people as they are now, whoever decides or runs meanwhile."""

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import NamedTuple, Self

from facecluster.errors import FaceclusterError
from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.people import (
    LibraryPeople,
    PresentFaces,
    not_grouped,
    people_among,
    present_faces,
    tables_of,
    with_names,
)
from facecluster.store.library import Library


class State(NamedTuple):
    """What people are made of, by numbers; equal states give equal people."""

    scan: int
    run: int
    names: int
    heirs: int
    shards: int  # that were committed when the faces were read: an index pass may be under way
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
            raise ValueError(f"expected six numbers with dashes between, found {text[:60]!r}")
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
        self._coming: Future[PresentFaces] | None = None  # other tables, while a thread reads them
        self._failed: FaceclusterError | None = None  # why they could not be read

    def now(self) -> Moment:
        """The people as they are, with all decisions until now.

        Where a scan or a run has come, its tables are read meanwhile: until then, all is as it was before.

        Raises:
            LibraryError: the library is empty, not grouped yet or damaged, as the tables that have come may be.
        """
        with self._lock:
            present, decisions = self._present(), decisions_of(self.library)
            state = _state(present, len(decisions))
            if self._moment is None or self._moment.state != state:
                self._moment = Moment(state, present, people_among(present, decisions))
            return self._moment

    def at(self, state: State) -> Moment | None:
        """The people as they were in a state of these same faces and groups; None where these are others by now.

        Names may have spread since: those of before are known as long as their table is kept.
        """
        moment = self.now()
        if state == moment.state:
            return moment
        now = moment.state._replace(names=state.names, journal=state.journal)
        if state != now or state.names > moment.state.names or state.journal > moment.state.journal:
            return None
        present = moment.present
        if state.names != moment.state.names:
            try:
                present = with_names(self.library, present, state.names)
            except FileNotFoundError:
                return None
        return Moment(state, present, people_among(present, decisions_of(self.library)[: state.journal]))

    def _present(self) -> PresentFaces:
        """The faces by the newest tables that were read whole; where newer ones are there, they are being read."""
        if self._moment is None:
            return _read(self.library)
        present, tables = self._arrived() or self._moment.present, tables_of(self.library)
        if present.tables._replace(names=tables.names) == tables:
            self._failed = None
            return present if present.tables == tables else with_names(self.library, present, tables.names)
        if self._coming is None:
            self._coming = Future()
            threading.Thread(target=_fulfil, args=(self._coming, self.library), daemon=True).start()
        if self._failed is not None:
            raise self._failed.with_traceback(None)
        return present

    def _arrived(self) -> PresentFaces | None:
        """What a thread has read since, if it has; why it could not is kept until it can."""
        if self._coming is None or not self._coming.done():
            return None
        coming, self._coming = self._coming, None
        try:
            return coming.result()
        except FaceclusterError as error:
            self._failed = error
            return None


def _read(library: Library) -> PresentFaces:
    """The faces of a library that are grouped."""
    present = present_faces(library)
    if present.run is None:
        raise not_grouped(library)
    return present


def _fulfil(coming: "Future[PresentFaces]", library: Library) -> None:
    try:
        coming.set_result(_read(library))
    except BaseException as error:  # noqa: BLE001 - raised again in the thread that asks for the result
        coming.set_exception(error)


def _state(present: PresentFaces, n_decisions: int) -> State:
    return State(*present.tables, len(present.shards), n_decisions)
