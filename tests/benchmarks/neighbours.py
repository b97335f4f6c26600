"""How long the search for neighbours takes beside the matrix product it cannot do without, as a Markdown table.

    python -m tests.benchmarks.neighbours [FACES DIMENSION]...

The bare product is that of the upper triangle of all pairs by numpy, on as many threads and in as large blocks as in
the search: every thread multiplies a block of its own. Where numpy divides one product among the threads the same takes
longer, whatever the size of the blocks. Both are timed in turn and their medians printed; the memory is the most that
the process holds while it searches, all included (Linux only).
"""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from threadpoolctl import threadpool_limits

from facecluster.clusters.grid import Grid, to_grid
from facecluster.clusters.neighbours import nearest_neighbours
from facecluster.clusters.tiles import BLOCK_ROWS
from tests.benchmarks.synthetic import synthetic_faces

SIZES = ((20_000, 128), (20_000, 512), (100_000, 128), (100_000, 512))
ROUNDS = 3
NEIGHBOURS, FLOOR = 32, 0.3  # cosines below it are those of strangers
THREADS = len(os.sched_getaffinity(0))


def multiply(grid: Grid) -> None:
    """The dot products of all pairs, each of which is forgotten at once."""
    vectors = grid.astype(np.float32)

    def multiply_strip(start: int) -> None:
        room = np.empty(BLOCK_ROWS**2, np.float32)
        strip = vectors[start : start + BLOCK_ROWS]
        for across in range(start, len(vectors), BLOCK_ROWS):
            block = vectors[across : across + BLOCK_ROWS]
            np.matmul(strip, block.T, out=room[: len(strip) * len(block)].reshape(len(strip), len(block)))

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(multiply_strip, range(0, len(vectors), BLOCK_ROWS)))


def search(grid: Grid) -> None:
    nearest_neighbours(grid, NEIGHBOURS, FLOOR, THREADS)


def seconds(work: Callable[[Grid], None], grid: Grid) -> float:
    started = perf_counter()
    work(grid)
    return perf_counter() - started


def peak_bytes(work: Callable[[Grid], None], grid: Grid) -> int:
    """The most memory that this process holds while it works."""
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    work(grid)
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024


def main(sizes: list[tuple[int, int]]) -> None:
    """A row a size."""
    search(np.zeros((2, 2), np.int16))  # compiles
    print("| faces | dimension | bare product, s | neighbours, s | ratio | peak memory, MB |")
    print("|---|---|---|---|---|---|")
    for n_faces, dimension in sizes:
        grid = to_grid(synthetic_faces(n_faces, dimension, seed=0).vectors)
        rounds = [(seconds(multiply, grid), seconds(search, grid)) for _ in range(ROUNDS)]
        bare, searched = (median(times) for times in zip(*rounds, strict=True))
        ratio = median(search_s / bare_s for bare_s, search_s in rounds)
        peak = peak_bytes(search, grid) / 1e6
        print(f"| {n_faces:,} | {dimension} | {bare:.2f} | {searched:.2f} | {ratio:.2f} | {peak:,.0f} |", flush=True)


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(list(zip(numbers[::2], numbers[1::2], strict=True)) or list(SIZES))
