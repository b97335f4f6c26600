"""The graph of the faces of a library, made on all cores or on Ray; its search can be stopped and taken up again.

The search takes nearly all the time that grouping does, and its time grows with the square of the faces. How far it has
come is saved now and then: a run that ends on the way costs the next no more than what came after the last save. Its
result has the same bits whoever searches, and however often it was taken up again.
"""

from collections.abc import Callable
from hashlib import sha256
from itertools import accumulate
from time import monotonic

import numpy as np

from facecluster.clusters.forest import core_cosines
from facecluster.clusters.graph import MIN_SAMPLES, NEIGHBOURS, Graph, GraphMaker, make_graph
from facecluster.clusters.grid import Grid
from facecluster.clusters.nearest import Nearest, nobody
from facecluster.clusters.neighbours import Ranges, nearest_among, search, to_neighbours, upper_triangle
from facecluster.pipeline.means import Means, means_of, threads_of
from facecluster.settings import RunnerSettings
from facecluster.store.work import Saved, Work

SMALL_FACES = 40_000
"""A library of fewer faces is searched here, with nothing told or saved: two cores take 2 s at 128 dimensions and 8 s
at 512, as long as it takes to start Ray."""

SAVE_SECONDS = 60.0
"""Between two saves, at least: what a kill may cost."""

SAVE_PAUSES = 30
"""A pause is at least so many times as long as a save takes, however slow the disk."""

SEARCH = "neighbours"
"""Name of the saved search."""

OnPairs = Callable[[int, int], None]
"""Is told how many pairs of faces of how many have been looked at."""


def graph_maker(work: Work, runner: RunnerSettings, on_pairs: OnPairs) -> GraphMaker:
    """Makes graphs with the means of the settings.

    What it raises: WorkerError, where Ray is asked for and fails; StorageError, where the search cannot be saved.

    Args:
        work: of the library, which is held for writing. What is left there after a graph is made is of use until its
            groups are committed.
        runner: the runner section.
        on_pairs: is told how the search goes on.
    """

    def make(founders: Grid, joiners: Grid, floor: float) -> Graph:
        if len(founders) < SMALL_FACES:
            return make_graph(founders, joiners, floor, threads_of(runner))
        with means_of(founders, runner) as means:
            neighbours = to_neighbours(_searched(founders, floor, means, work, on_pairs))
            forest = means.span(neighbours, core_cosines(neighbours, MIN_SAMPLES), floor)
        return Graph(neighbours, forest, nearest_among(joiners, founders, NEIGHBOURS, floor, threads_of(runner)))

    return make


def _searched(grid: Grid, floor: float, means: Means, work: Work, on_pairs: OnPairs) -> Nearest:
    """The nearest neighbours of all faces, from where the search was saved last."""
    ranges = upper_triangle(len(grid), means.tile_rows)
    pairs = [0, *accumulate(map(_pairs_in, ranges))]
    saves = _Saves(work, _key(grid, floor, means.tile_rows))
    begun, nearest = saves.last() or (0, nobody(len(grid), NEIGHBOURS))
    on_pairs(pairs[begun], pairs[-1])
    for done, _ in enumerate(search(grid, ranges[begun:], floor, nearest, means.search), begun + 1):
        on_pairs(pairs[done], pairs[-1])
        saves.offer(done, nearest, complete=done == len(ranges))
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


def _key(grid: Grid, floor: float, tile_rows: int) -> str:
    """A name for all that decides what is known after a number of tiles."""
    digest = sha256(f"{grid.shape} {NEIGHBOURS} {floor!r} {tile_rows} ".encode())
    digest.update(np.ascontiguousarray(grid).data)
    return digest.hexdigest()


def _pairs_in(place: Ranges) -> int:
    left, right = (side.stop - side.start for side in place)
    return left * (left - 1) // 2 if place.left == place.right else left * right
