"""Who makes the graph of many faces, and how the work is cut; the one place where that is chosen.

It stands apart from runners.py so that who indexes never waits for the compiler that clusters/ needs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from facecluster.clusters.forest import Forest, spanning_forest
from facecluster.clusters.grid import Grid
from facecluster.clusters.neighbours import TILE_ROWS, Neighbours, TileRunner, on_threads
from facecluster.pipeline.worker import core_count
from facecluster.settings import RunnerSettings


class Means(NamedTuple):
    """What it takes to make a graph. The result has the same bits by all means."""

    tile_rows: int  # faces on each side of a tile
    search: TileRunner
    span: Callable[[Neighbours, Float32[np.ndarray, "n"], float], Forest]  # as forest.spanning_forest


@contextmanager
def means_of(grid: Grid, runner: RunnerSettings, *, small: bool) -> Iterator[Means]:
    """The means that the settings name, to make the graph of these faces for as long as the block lasts.

    What is `small` is done on this machine, whatever they name.
    """
    if runner.kind == "ray" and not small:
        from facecluster.pipeline.ray_graph import ray_means  # noqa: PLC0415  # two seconds and a hundred megabytes

        with ray_means(grid, runner) as means:
            yield means
    else:
        yield Means(TILE_ROWS, on_threads(threads_of(runner)), spanning_forest)


def threads_of(runner: RunnerSettings) -> int:
    """Threads that compute on this machine: as many as workers are wanted, but no more than it has cores."""
    return min(runner.workers or core_count(), core_count())
