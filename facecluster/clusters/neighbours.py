"""Vectors on the grid to the k nearest neighbours of every face, exactly.

The matrix of all pairs is cut into tiles, and one may serve the faces of both its sides: then half of them are enough.
What a tile holds is merged into what is known; the order of tiles, their size and who searched them cannot change the
result, because dot products on the grid are exact and the order among neighbours is total.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
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
    """Where a tile lies: a range of places on each side."""

    left: slice
    right: slice
    both: bool = True  # whether the right side looks for partners too, or serves the left alone


class Places(NamedTuple):
    """All faces, and the order in which they are searched."""

    grid: Grid
    rows: Int32[np.ndarray, "n"]  # of the face in each place; rising within every range


def nearest_neighbours(grid: Grid, k: int, floor: float, threads: int = 1) -> Neighbours:
    """The k nearest neighbours of each vector among the others, of those with at least the cosine `floor`.

    Time grows with n^2, memory with n * k.

    Raises:
        ValueError: k is less than 1.
    """
    nearest = nobody(len(grid), k)
    ranges = upper_triangle(cut(0, len(grid), TILE_ROWS))
    for _ in search(in_order(grid), ranges, floor, nearest, on_threads(threads)):
        pass
    return to_neighbours(nearest)


def nearest_among(
    queries: Int16[np.ndarray, "q d"], others: Grid, k: int, floor: float, threads: int = 1
) -> Neighbours:
    """The k nearest of other vectors to each query, of those with at least the cosine `floor`; rows are of the others.

    Raises:
        ValueError: k is less than 1.
    """
    n_others, grid = len(others), np.concatenate([others, queries])
    nearest = nobody(len(grid), k)
    ranges = rectangle(cut(n_others, len(grid), TILE_ROWS), cut(0, n_others, TILE_ROWS), both=False)
    for _ in search(in_order(grid), ranges, floor, nearest, on_threads(threads)):
        pass
    return to_neighbours(Nearest(nearest.rows[n_others:], nearest.dots[n_others:]))


def cut(start: int, stop: int, tile_rows: int) -> list[slice]:
    """The places from one to before another as sides of tiles."""
    return [slice(begin, min(begin + tile_rows, stop)) for begin in range(start, stop, tile_rows)]


def upper_triangle(cuts: Sequence[slice]) -> list[Ranges]:
    """The tiles that hold each pair of faces of some sides once, in the order in which they are best searched."""
    return [Ranges(left, right) for place, left in enumerate(cuts) for right in cuts[place:]]


def rectangle(lefts: Sequence[slice], rights: Sequence[slice], *, both: bool) -> list[Ranges]:
    """The tiles between some sides and others, all lefts against one right after the other."""
    return [Ranges(left, right, both) for right in rights for left in lefts]


def in_order(grid: Grid) -> Places:
    """The faces, searched in the order of their rows."""
    return Places(grid, np.arange(len(grid), dtype=np.int32))


def search(places: Places, ranges: list[Ranges], floor: float, nearest: Nearest, run: TileRunner) -> Iterator[Ranges]:
    """Search tiles and merge what they hold into `nearest`, in place; yields each tile's place once it is merged.

    Between two tiles `nearest` may be saved, and the search taken up later with the tiles that are left. A tile must
    not be merged twice, else its faces stand twice in each other's lists.

    Args:
        places: all faces.
        ranges: the tiles.
        floor: the least cosine of two neighbours.
        nearest: what is known of all faces, row by row; `nobody` before the first tile.
        run: searches the tiles.
    """
    tiles = (_tile(places, place, floor, nearest) for place in ranges)
    for place, found in zip(ranges, run(tiles), strict=True):
        merge_nearest(nearest, places.rows[place.left], found.left, places.rows)
        if found.right is not None and place.both:
            merge_nearest(nearest, places.rows[place.right], found.right, places.rows)
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


def _tile(places: Places, place: Ranges, floor: float, nearest: Nearest) -> Tile:
    """The search of a tile as matters stand: of use is only what beats the last neighbour of a face."""
    left, right = _side(places, place.left, floor, nearest, place.right), None
    if place.left != place.right:
        right = _side(places, place.right, floor, nearest, place.left)
        if not place.both:
            right = right._replace(bounds=np.full(len(right.bounds), np.inf, np.float32))
    return Tile(left, right, nearest.rows.shape[1])


def _side(places: Places, side: slice, floor: float, nearest: Nearest, partners: slice) -> Side:
    rows = places.rows[side]
    return Side(side.start, places.grid[rows], least_useful(nearest, rows, floor, int(places.rows[partners.start])))
