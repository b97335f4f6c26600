"""Who a group of faces may be: people by how alike their faces are to those of the group."""

import hashlib
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64

from facecluster.people.who import NOBODY
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.review.beside import beside
from facecluster.pipeline.review.live import Live, Moment, State
from facecluster.pipeline.review.looks import PeopleLooks, looks_of, mean_face, sure_persons
from facecluster.pipeline.targets import Rows

PATIENCE_SECONDS = 0.02
"""That an answer waits for the last changes to be looked at; nobody feels it."""

TOGETHER = 0.05
"""Share of the photos of a group, from which on whoever is on them beside it is taken for somebody else. Estimate:
photos of photos, mirrors and single wrong names are rarer."""

KEPT_GROUPS = 32
"""Whose mean faces are kept: a page asks for a group before it is wanted, and again when it is; 2 KB each."""


class Likely(NamedTuple):
    """Somebody whom a group of faces may show."""

    place: int  # of the person, in Moment.people.who.people
    cosine: float  # of the mean faces of both (people.likeness says what it means)
    together: bool  # is on its photos beside the group, so most likely somebody else


class Likest:
    """What the people of an open library look like, kept up to date in the background. Any thread may ask."""

    def __init__(self, live: Live) -> None:
        """Looks at everybody's faces in the background, from now on."""
        self._live = live
        self._lock = threading.Lock()
        self._state: State | None = None  # that was looked at last
        self._looks: PeopleLooks | None = None
        self._kept: dict[tuple[State, bytes], np.ndarray] = {}  # mean faces of groups, the latest last
        self._looker = ThreadPoolExecutor(1, "likest")
        self._looking: Future[None] = self._looker.submit(self._look)

    def ranked(self, moment: Moment, rows: Rows, limit: int | None = None) -> list[Likely]:
        """The named people whom these faces may show, likeliest first, those who stand beside them last.

        Whoever is ignored or was not looked at yet is left out: soon after opening there may be few.
        """
        self._begin_to_look(moment.state)
        wait([self._looking], PATIENCE_SECONDS)
        looks = self._looks
        if looks is None or not len(rows):
            return []
        mean = self._mean_face(moment, rows)
        if not mean.any():  # no detector sees them: they are like nobody
            return []
        return likely_people(moment, looks, rows, mean)[:limit]

    def close(self) -> None:
        """Look no more."""
        self._looker.shutdown(cancel_futures=True)

    def _mean_face(self, moment: Moment, rows: Rows) -> Float32[np.ndarray, "d"]:
        """The mean of a group, read once while nothing but decisions is new."""
        key = (moment.state._replace(journal=0), hashlib.sha256(rows.tobytes()).digest())
        mean = self._kept.get(key)
        if mean is None:
            mean = mean_face(self._live.library, moment, rows)
            with self._lock:
                self._kept[key] = mean
                for oldest in list(self._kept)[:-KEPT_GROUPS]:
                    del self._kept[oldest]
        return mean

    def _begin_to_look(self, state: State) -> None:
        with self._lock:
            if state != self._state and self._looking.done():
                self._looking = self._looker.submit(self._look)

    def _look(self) -> None:
        """Bring the looks up to date. What is wrong with the library is told to whoever asks `live` himself."""
        moment = self._live.now()
        self._looks = looks_of(self._live.library, moment, self._looks)
        self._state = moment.state


def likely_people(moment: Moment, looks: PeopleLooks, rows: Rows, mean: Float32[np.ndarray, "d"]) -> list[Likely]:
    """The named people whom faces with this mean may show, likeliest first, those who stand beside them last."""
    places, means = looks.of_named(moment.people)
    cosines = means @ mean
    together = _shares_beside(moment.people, rows)[places] >= TOGETHER
    order = np.lexsort((places, -cosines, together))
    columns = (column[order].tolist() for column in (places, cosines, together))
    return [Likely(*one) for one in zip(*columns, strict=True)]


def _shares_beside(people: LibraryPeople, rows: Rows) -> Float64[np.ndarray, "people"]:
    """On which share of the photos of these faces each person surely is, too, as another face."""
    photos, photo_of = np.unique(people.faces["photo"].to_numpy()[rows], return_inverse=True)
    others = beside(people.faces, rows)
    persons = sure_persons(people, others.rows)
    keep = (persons != NOBODY) & ~np.isin(others.rows, rows)
    pairs = np.unique(np.column_stack([photo_of[others.of[keep]], persons[keep]]), axis=0)
    return np.bincount(pairs[:, 1], minlength=len(people.who.people)) / len(photos)
