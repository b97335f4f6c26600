"""The graph of the faces of a library, made on all cores or on Ray, from what is kept of the one before.

The search takes nearly all the time that grouping does. What it found is kept in the library, so that the next has to
look at new faces only; its result has the same bits as if nothing had been kept, whoever searches. How far a long one
has come is saved now and then: a run that ends on the way costs the next no more than what came after the last save.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import accumulate
from time import monotonic

import numpy as np

from facecluster.clusters.forest import core_cosines
from facecluster.clusters.graph import MIN_SAMPLES, NEIGHBOURS, Graph, neighbours_of
from facecluster.clusters.grid import Grid
from facecluster.clusters.insertion import fingerprints, insertion
from facecluster.clusters.nearest import Nearest
from facecluster.clusters.neighbours import Places, Ranges, search
from facecluster.pipeline.kept_graph import KeptGraph
from facecluster.pipeline.means import Means, means_of
from facecluster.settings import RunnerSettings
from facecluster.store.work import Saved, Work

SMALL_PAIRS = 800_000_000
"""Fewer pairs of faces are searched here, with nothing told or saved: those among 40,000 faces, with which two cores
take 2 s at 128 dimensions and 8 s at 512, as long as it takes to start Ray."""

SAVE_SECONDS = 60.0
"""Between two saves, at least: what a kill may cost."""

SAVE_PAUSES = 30
"""A pause is at least so many times as long as a save takes, however slow the disk."""

SEARCH = "neighbours"
"""Name of the saved search."""

OnPairs = Callable[[int, int], None]
"""Is told how many pairs of faces of how many have been looked at."""


class GraphOfLibrary:
    """Makes the graph of the faces of a library, or only their lists of neighbours, with the means of the settings.

    What it raises: WorkerError, where Ray is asked for and fails; StorageError, where the search cannot be saved.
    """

    def __init__(self, kept: KeptGraph, work: Work, runner: RunnerSettings, on_pairs: OnPairs) -> None:
        """Make nothing yet.

        Args:
            kept: the lists of before, and where those of now go.
            work: of the library, which is held for writing. What is left there after a graph is made is of use until
                its groups are committed.
            runner: the runner section.
            on_pairs: is told how a long search goes on.
        """
        self._kept, self._work, self._runner, self._on_pairs = kept, work, runner, on_pairs

    def graph(self, grid: Grid, n_founders: int, floor: float) -> Graph:
        """The graph of the vectors, founders first (a GraphMaker)."""
        with self._searched(grid, n_founders, floor) as (nearest, means):
            neighbours = neighbours_of(nearest, n_founders)
            return Graph(nearest, means.span(neighbours, core_cosines(neighbours, MIN_SAMPLES), floor))

    def nearest(self, grid: Grid, n_founders: int, floor: float) -> Nearest:
        """Its lists of neighbours alone."""
        with self._searched(grid, n_founders, floor) as (nearest, _):
            return nearest

    @contextmanager
    def _searched(self, grid: Grid, n_founders: int, floor: float) -> Iterator[tuple[Nearest, Means]]:
        """The lists, which are kept from then on, and what they were made with."""
        prints = fingerprints(grid)
        known = self._kept.load(prints, floor)
        begun = insertion(known, n_founders, len(grid))
        small = sum(map(_pairs_in, begun.tiles(max(len(grid), 1)))) < SMALL_PAIRS
        with means_of(grid, self._runner, small=small) as means:
            places, tiles = Places(grid, begun.rows), begun.tiles(means.tile_rows)
            if small:
                for _ in search(places, tiles, floor, begun.nearest, means.search):
                    pass
                nearest = begun.nearest
            else:
                nearest = self._search_and_save(places, tiles, floor, begun.nearest, means)
            if tiles or len(known.rows) != len(grid):
                self._kept.save(prints, floor, nearest)
            yield nearest, means

    def _search_and_save(
        self, places: Places, tiles: list[Ranges], floor: float, nearest: Nearest, means: Means
    ) -> Nearest:
        """The lists, from where the search was saved last."""
        pairs = [0, *accumulate(map(_pairs_in, tiles))]
        saves = _Saves(self._work, _key(places, tiles, floor, nearest))
        begun, nearest = saves.last() or (0, nearest)
        self._on_pairs(pairs[begun], pairs[-1])
        for done, _ in enumerate(search(places, tiles[begun:], floor, nearest, means.search), begun + 1):
            self._on_pairs(pairs[done], pairs[-1])
            saves.offer(done, nearest, complete=done == len(tiles))
        return nearest


class _Saves:
    """When to save a search, and what was saved of it."""

    def __init__(self, work: Work, key: str) -> None:
        self.work = work
        self.key = key
        self.any = False
        self.due = monotonic() + SAVE_SECONDS

    def last(self) -> tuple[int, Nearest] | None:
        """The tiles that were searched, in their order, and what they held; None: the search begins."""
        saved = self.work.load(SEARCH, self.key)
        self.any = saved is not None
        return (saved.done, Nearest(*saved.arrays)) if saved else None

    def offer(self, done: int, nearest: Nearest, *, complete: bool) -> None:
        """Save if it is time to, or if a long search is complete."""
        if monotonic() < self.due and not (complete and self.any):
            return
        began = monotonic()
        self.work.save(SEARCH, self.key, Saved(done, list(nearest)))
        self.any = True
        self.due = monotonic() + max(SAVE_SECONDS, SAVE_PAUSES * (monotonic() - began))


def _key(places: Places, tiles: list[Ranges], floor: float, nearest: Nearest) -> str:
    """A name for all that decides what is known after a number of tiles."""
    digest = sha256(f"{places.grid.shape} {NEIGHBOURS} {floor!r} {tiles} ".encode())
    for array in (places.grid, places.rows, *nearest):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _pairs_in(place: Ranges) -> int:
    left, right = (side.stop - side.start for side in (place.left, place.right))
    return left * (left - 1) // 2 if place.left == place.right else left * right
