"""Vectors on the grid to the k nearest neighbours of every face, exactly.

The upper triangle of the matrix of all pairs is cut into tiles; each serves the faces of both its sides. What a tile
holds is merged into what is known; the order of tiles, their size and who searched them cannot change the result,
because dot products on the grid are exact and the order among neighbours is total.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int16, Int32
from threadpoolctl import threadpool_limits

from facecluster.clusters.grid import Grid, grid_cosines
from facecluster.clusters.nearest import Nearest, least_useful, merge_nearest, nobody
from facecluster.clusters.tiles import Found, Side, Tile, search_tile

TILE_ROWS = 4096
"""Faces on each side of a tile on this machine: a fraction of a second of work, and 4 MB of neighbours to merge."""

TileRunner = Callable[[Iterable[Tile]], Iterator[Found]]
"""Searches tiles, drawn one by one as there is room for them, and gives what they hold in the order they came.

The later a tile is drawn, the more is known, and the less it has to look at.
"""


class Neighbours(NamedTuple):
    """The k nearest faces of each of n faces: by falling cosine, then by rising row; never the face itself."""

    rows: Int32[np.ndarray, "n k"]  # of the neighbours; -1: no more reach the floor
    cosines: Float32[np.ndarray, "n k"]  # to them, on the grid; -inf where there is none


class Ranges(NamedTuple):
    """Where a tile lies: a range of rows on each side."""

    left: slice
    right: slice


def nearest_neighbours(grid: Grid, k: int, floor: float, threads: int = 1) -> Neighbours:
    """The k nearest neighbours of each vector among the others, of those with at least the cosine `floor`.

    Time grows with n^2, memory with n * k.

    Raises:
        ValueError: k is less than 1.
    """
    nearest = nobody(len(grid), k)
    for _ in search(grid, upper_triangle(len(grid), TILE_ROWS), floor, nearest, on_threads(threads)):
        pass
    return to_neighbours(nearest)


def nearest_among(
    queries: Int16[np.ndarray, "q d"], others: Grid, k: int, floor: float, threads: int = 1
) -> Neighbours:
    """The k nearest of other vectors to each query, of those with at least the cosine `floor`; rows are of the others.

    Raises:
        ValueError: k is less than 1.
    """
    nearest = nobody(len(queries), k)
    ranges = [Ranges(left, right) for right in _cut(len(others), TILE_ROWS) for left in _cut(len(queries), TILE_ROWS)]
    tiles = (
        Tile(
            Side(0, queries[left], least_useful(nearest, left, floor, right.start)),
            Side(right.start, others[right], np.full(right.stop - right.start, np.inf, np.float32)),
            k,
        )
        for left, right in ranges
    )
    for (left, _), found in zip(ranges, on_threads(threads)(tiles), strict=True):
        merge_nearest(nearest, left, found.left)
    return to_neighbours(nearest)


def upper_triangle(n_faces: int, tile_rows: int) -> list[Ranges]:
    """The tiles that hold each pair of faces once, in the order in which they are best searched."""
    cuts = _cut(n_faces, tile_rows)
    return [Ranges(left, right) for place, left in enumerate(cuts) for right in cuts[place:]]


def search(grid: Grid, ranges: list[Ranges], floor: float, nearest: Nearest, run: TileRunner) -> Iterator[Ranges]:
    """Search tiles and merge what they hold into `nearest`, in place; yields each tile's place once it is merged.

    Between two tiles `nearest` may be saved, and the search taken up later with the tiles that are left. A tile must
    not be merged twice, else its faces stand twice in each other's lists.

    Args:
        grid: all faces.
        ranges: tiles of the upper triangle.
        floor: the least cosine of two neighbours.
        nearest: what is known of all faces; `nobody` before the first tile.
        run: searches the tiles.
    """
    tiles = (_tile(grid, place, floor, nearest) for place in ranges)
    for place, found in zip(ranges, run(tiles), strict=True):
        merge_nearest(nearest, place.left, found.left)
        if found.right is not None:
            merge_nearest(nearest, place.right, found.right)
        yield place


def to_neighbours(nearest: Nearest) -> Neighbours:
    """The same with cosines."""
    return Neighbours(nearest.rows, grid_cosines(nearest.dots))


def on_threads(threads: int) -> TileRunner:
    """A runner that searches `threads` tiles at a time on this machine, each with a matrix product of one thread."""

    def run(tiles: Iterable[Tile]) -> Iterator[Found]:
        waiting = iter(tiles)
        # Numpy's threads would spin while others work on what they have multiplied.
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
            # A second tile for each, so that none is idle while another's is merged.
            running = deque(pool.submit(search_tile, tile) for tile in islice(waiting, 2 * threads))
            while running:
                yield running.popleft().result()
                running.extend(pool.submit(search_tile, tile) for tile in islice(waiting, 1))

    return run


def _tile(grid: Grid, place: Ranges, floor: float, nearest: Nearest) -> Tile:
    """The search of a tile as matters stand: of use is only what beats the last neighbour of a face."""
    left, right = place
    left_side = Side(left.start, grid[left], least_useful(nearest, left, floor, right.start))
    if left == right:
        return Tile(left_side, None, nearest.rows.shape[1])
    right_side = Side(right.start, grid[right], least_useful(nearest, right, floor, left.start))
    return Tile(left_side, right_side, nearest.rows.shape[1])


def _cut(n_faces: int, tile_rows: int) -> list[slice]:
    return [slice(start, min(start + tile_rows, n_faces)) for start in range(0, n_faces, tile_rows)]
