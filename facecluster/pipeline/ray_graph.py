"""The graph of the faces on a Ray cluster: tiles and parts of the forest are tasks, which nodes may lose and repeat.

The vectors are put into Ray's object store once, in blocks, as tiles have them on a side. A task gets two blocks and
what its faces still look for, and returns what it found, which is merged here. All tasks are pure functions: a task
that is repeated on another node gives the same bits.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import ray
from jaxtyping import Float32
from ray.exceptions import RayError, RayTaskError
from threadpoolctl import threadpool_limits

from facecluster.clusters.forest import Forest, join_forests, spanning_forest
from facecluster.clusters.graph import NEIGHBOURS
from facecluster.clusters.grid import Grid
from facecluster.clusters.neighbours import Neighbours
from facecluster.clusters.tiles import Found, Side, Tile, search_tile
from facecluster.errors import WorkerError
from facecluster.pipeline.means import Means
from facecluster.pipeline.ray_connection import MIN_STORE_BYTES, WORKER_ENVIRONMENT, connected, first_line, room
from facecluster.pipeline.worker import core_count, in_a_line
from facecluster.settings import RunnerSettings

TILE_ROWS_RANGE = 4096, 32768
"""Of a tile: a tenth of a second to some seconds of work, and 2 to 16 MB of neighbours to merge here."""

BLOCKS = 64
"""That the faces are cut into as far as these bounds allow: two thousand tiles, so that no worker waits for the last.

It does not hang on the number of workers, so that another number can take up a search.
"""

PART_ROWS = 262_144
"""Faces whose edges make a part of the forest: 67 MB of neighbours."""

TASKS_A_CORE = 2
"""One is worked on while the next waits at its door."""

RETRIES = 5
"""Of a task whose worker or node is lost; Ray alone would give up after 3. What the task itself raises is final."""

NEIGHBOUR_BYTES = 8
"""A row and a product."""

Submit = Callable[[], ray.ObjectRef]


@contextmanager
def ray_means(grid: Grid, runner: RunnerSettings, part_rows: int = PART_ROWS) -> Iterator[Means]:
    """A cluster that makes the graph of these faces, for as long as the block lasts.

    Raises:
        WorkerError: no cluster answers, it has no room, or a task fails for good.
    """
    # The vectors; their neighbours as parts of the forest; and as much again for what tasks have found.
    store_bytes = MIN_STORE_BYTES + grid.nbytes + 2 * len(grid) * NEIGHBOURS * NEIGHBOUR_BYTES
    with connected(runner, runner.workers or core_count(), store_bytes):
        tasks = runner.workers or TASKS_A_CORE * room(cpus=1)
        rows = tile_rows(len(grid))
        yield Means(rows, partial(_search, tasks), partial(_span, part_rows, tasks))


def tile_rows(n_faces: int) -> int:
    """Faces on each side of a tile: a power of two that cuts n faces into BLOCKS or fewer, within TILE_ROWS_RANGE."""
    least, most = TILE_ROWS_RANGE
    return min(max(least, 1 << (-(-n_faces // BLOCKS) - 1).bit_length()), most)


def _search(tasks: int, tiles: Iterable[Tile]) -> Iterator[Found]:
    """A TileRunner: what tiles hold, in the order they came."""
    run = _task(search_blocks)
    blocks: dict[int, ray.ObjectRef] = {}  # by the place of their first face: a search cuts its faces in one way

    def block(side: Side) -> ray.ObjectRef:
        if side.start not in blocks:
            blocks[side.start] = ray.put(side.grid)
        return blocks[side.start]

    def submit(tile: Tile) -> ray.ObjectRef:
        left, right = (side and side._replace(grid=side.grid[:0]) for side in (tile.left, tile.right))
        return run.remote(tile._replace(left=left, right=right), block(tile.left), tile.right and block(tile.right))

    for reference in _in_flight((partial(submit, tile) for tile in tiles), tasks):
        yield _result(reference)


def _span(part_rows: int, tasks: int, neighbours: Neighbours, cores: Float32[np.ndarray, "n"], floor: float) -> Forest:
    """The maximum spanning forest (forest.spanning_forest), from the forests of parts of the graph, joined by pairs."""
    run, join, shared = _task(span_part), _task(join_pair), ray.put(cores)

    def submit(start: int) -> ray.ObjectRef:
        part = [field[start : start + part_rows] for field in neighbours]
        return run.remote(*part, shared, floor, start)

    parts = list(_in_flight((partial(submit, start) for start in range(0, len(cores), part_rows)), tasks))
    while len(parts) > 1:
        parts = [join.remote(len(cores), *parts[pair : pair + 2]) for pair in range(0, len(parts), 2)]
    return _result(parts[0])


def search_blocks(tile: Tile, left: Grid, right: Grid | None) -> Found:
    """What a tile holds whose vectors came apart from it (tiles.search_tile)."""
    right_side = tile.right and tile.right._replace(grid=right)
    with threadpool_limits(1, "blas"):
        return search_tile(tile._replace(left=tile.left._replace(grid=left), right=right_side))


def span_part(
    rows: np.ndarray, cosines: np.ndarray, cores: Float32[np.ndarray, "n"], floor: float, start: int
) -> Forest:
    """The forest of some rows of the graph; of arrays that may be written to, as other code need not be compiled."""
    return spanning_forest(Neighbours(rows.copy(), cosines.copy()), cores.copy(), floor, start)


def join_pair(n_faces: int, *forests: Forest) -> Forest:
    """The forest of one or two forests."""
    return join_forests(forests, n_faces)


def _task(function: Callable[..., Any]) -> Any:
    return ray.remote(function).options(
        num_cpus=1, max_retries=RETRIES, retry_exceptions=False, runtime_env={"env_vars": WORKER_ENVIRONMENT}
    )


def _in_flight(submits: Iterable[Submit], tasks: int) -> Iterator[ray.ObjectRef]:
    """References to results in the order of submission; `tasks` run at a time, and as many may wait for one before."""
    waiting = iter(submits)
    drawn: deque[ray.ObjectRef] = deque()
    running: list[ray.ObjectRef] = []
    while True:
        for submit in islice(waiting, max(0, min(tasks - len(running), 2 * tasks - len(drawn)))):
            drawn.append(submit())
            running.append(drawn[-1])
        if not drawn:
            return
        if running:
            _, running = ray.wait(running)
        while drawn and drawn[0] not in running:
            yield drawn.popleft()


def _result(reference: ray.ObjectRef) -> Any:
    """What a task returned.

    Raises:
        WorkerError: it failed, or its worker was lost again and again.
    """
    try:
        return ray.get(reference)
    except RayError as error:
        said = in_a_line(error.cause) if isinstance(error, RayTaskError) else first_line(error)
        raise WorkerError(
            f"A task of the search failed on the Ray cluster: {said}. See to the cluster, then run the same command "
            "again: it goes on from what was saved last."
        ) from error
