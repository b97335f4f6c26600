"""What other ways to find neighbours cost beside the exact search, and what they miss, printed as a Markdown table.

    python -m tests.benchmarks.approximate [--faces 30000 100000] [--dimension 128] [--routes int8 "HNSW, usearch"]

Each run is in a process of its own, on made-up faces that it finds on disk and after it has run on a few of them: time
and memory are those of the route alone, CPU seconds count all threads. The exact search comes first; recall is the
share of its neighbours that a route finds, of all, and of those alike enough for a link. Every route runs with all
processors, which is what is told, and once more with one thread, to see whether the answer is the same. --routes are
beginnings of their names; the packages usearch, faiss-cpu and pynndescent must be there for the routes that use them.
"""

import argparse
import os
import resource
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
import psutil
from jaxtyping import Bool, Float32, Integer

from facecluster.clusters import neighbours
from facecluster.clusters.graph import NEIGHBOURS
from facecluster.clusters.grid import GRID_LENGTH, Grid, to_grid
from facecluster.clusters.neighbours import nearest_neighbours
from facecluster.clusters.roles import EDGE_DEVIATIONS
from facecluster.clusters.threshold import link_threshold
from tests.benchmarks import int8_tiles
from tests.benchmarks.scale import Cost, in_own_process
from tests.benchmarks.synthetic import difficulty, synthetic_faces

FALSE_LINKS = 0.01  # to strangers that a face may have, where neighbours count as alike enough for a link
WARM_UP_FACES = 4_000
BLOCK_FACES = 1_024
THREADS = len(os.sched_getaffinity(0))

Rows = Integer[np.ndarray, "n k"]
Route = Callable[[Grid, float, int], Rows]
"""From vectors, the least cosine of neighbours and a number of threads to the rows of the neighbours of each face.

A negative row and the face itself are no neighbours. A route may find more than are asked for, the best first, and
neighbours that are less alike.
"""


class Run(NamedTuple):
    """What a route took, and what it found."""

    route: str
    faces: int
    cost: Cost
    links: float  # recall of the neighbours that are alike enough for a link
    neighbours: float  # recall of all
    differing: float  # share of the faces that have other neighbours when one thread works


def exact(grid: Grid, floor: float, threads: int) -> Rows:
    """The search of facecluster."""
    return nearest_neighbours(grid, NEIGHBOURS, floor, threads).rows


def int8_first(grid: Grid, floor: float, threads: int, margin: float) -> Rows:
    """The same, but only pairs that look alike in 8-bit integers are multiplied on the grid."""
    with patch.object(neighbours, "search_tile", partial(int8_tiles.search_tile, margin=margin)):
        return exact(grid, floor, threads)


def reduced(grid: Grid, _: float, threads: int, axes: float, kept: int) -> Rows:
    """The same along the longest principal axes, this share of all; those it keeps are sorted by their cosines."""
    vectors = unit(grid)
    turn = np.linalg.eigh(vectors.T @ vectors)[1][:, -int(axes * grid.shape[1]) :]
    short = vectors @ turn.astype(np.float32)
    short /= np.linalg.norm(short, axis=1, keepdims=True)
    rows = nearest_neighbours(to_grid(short), kept, -1, threads).rows
    return np.take_along_axis(rows, np.argsort(-cosines_of(grid, rows), axis=1, kind="stable"), axis=1)


def hnsw_usearch(grid: Grid, _: float, threads: int, links: int, on_adding: int, on_search: int) -> Rows:
    """A hierarchy of small worlds by the package usearch."""
    index = library("usearch.index", "usearch").Index(
        ndim=grid.shape[1], metric="ip", dtype="f32", connectivity=links,
        expansion_add=on_adding, expansion_search=on_search,
    )  # fmt: skip
    vectors = unit(grid)
    index.add(np.arange(len(grid)), vectors, threads=threads)
    return index.search(vectors, NEIGHBOURS + 1, threads=threads).keys.astype(np.int64)


def hnsw_faiss(grid: Grid, _: float, threads: int, links: int, on_adding: int, on_search: int) -> Rows:
    """The same by the package faiss."""
    faiss = library("faiss", "faiss-cpu")
    faiss.omp_set_num_threads(threads)
    index = faiss.IndexHNSWFlat(grid.shape[1], links, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction, index.hnsw.efSearch = on_adding, on_search
    vectors = unit(grid)
    index.add(vectors)
    return index.search(vectors, NEIGHBOURS + 1)[1]


def nn_descent(grid: Grid, _: float, threads: int, kept: int) -> Rows:
    """Neighbours of neighbours, again and again, by the package pynndescent."""
    build = library("pynndescent", "pynndescent").NNDescent
    return build(unit(grid), metric="dot", n_neighbors=kept + 1, random_state=0, n_jobs=threads).neighbor_graph[0]


ROUTES: dict[str, Route] = {
    "exact": exact,
    "int8 first, room for any rounding": partial(int8_first, margin=1),
    "int8 first, room for none": partial(int8_first, margin=0),
    "PCA, 3/4 of the axes, 64 kept": partial(reduced, axes=0.75, kept=64),
    "PCA, 1/2 of the axes, 128 kept": partial(reduced, axes=0.5, kept=128),
    "HNSW, usearch, M 16, 128 / 64": partial(hnsw_usearch, links=16, on_adding=128, on_search=64),
    "HNSW, usearch, M 32, 256 / 256": partial(hnsw_usearch, links=32, on_adding=256, on_search=256),
    "HNSW, faiss, M 16, 128 / 64": partial(hnsw_faiss, links=16, on_adding=128, on_search=64),
    "HNSW, faiss, M 32, 256 / 256": partial(hnsw_faiss, links=32, on_adding=256, on_search=256),
    "NN-descent, pynndescent, 32 kept": partial(nn_descent, kept=32),
    "NN-descent, pynndescent, 64 kept": partial(nn_descent, kept=64),
}
"""HNSW: connections of a face, faces that are kept in sight on adding / on search."""

EXACT = next(iter(ROUTES))
HEAD = (
    "route", "faces", "CPU seconds", "seconds", "memory, MB", "of the exact search's CPU seconds",
    "recall of links", "recall of all neighbours", "other neighbours with one thread",
)  # fmt: skip


def library(module: str, package: str) -> Any:
    """A module of a package that is no dependency of ours."""
    try:
        return import_module(module)
    except ImportError as error:
        raise SystemExit(f"expected the package {package}, found none; pip install {package}") from error


def unit(grid: Grid) -> Float32[np.ndarray, "n d"]:
    """The vectors at length 1."""
    return grid.astype(np.float32) / np.float32(GRID_LENGTH)


def cosines_of(grid: Grid, rows: Rows) -> Float32[np.ndarray, "n k"]:
    """The cosine of each face to its neighbours; -1 where there is none."""
    vectors, cosines = unit(grid), np.empty(rows.shape, np.float32)
    for some in (slice(start, start + BLOCK_FACES) for start in range(0, len(rows), BLOCK_FACES)):
        cosines[some] = (vectors[rows[some]] @ vectors[some, :, None])[:, :, 0]
    return np.where(rows < 0, -1, cosines)


def save_grid(folder: Path, faces: int, dimension: int) -> tuple[float, float]:
    """Leave the vectors of made-up faces in a folder; the least cosine of neighbours, and that of a link."""
    made = synthetic_faces(faces, dimension, seed=0)
    np.save(folder / "grid.npy", to_grid(made.vectors))
    hard = difficulty(made)
    link = link_threshold(faces, hard.impostor_median, hard.impostor_sd, FALSE_LINKS)
    return hard.impostor_median + EDGE_DEVIATIONS * hard.impostor_sd, link


def run_route(name: str, folder: Path, floor: float) -> tuple[Cost, Rows, Rows]:
    """What a route takes for the faces in a folder, the neighbours it finds, and those it finds with one thread."""
    route, grid = ROUTES[name], np.load(folder / "grid.npy")
    route(grid[:WARM_UP_FACES], floor, THREADS)
    held_bytes = psutil.Process().memory_info().rss
    cpu_started, started = process_time(), perf_counter()
    rows = route(grid, floor, THREADS)
    seconds, cpu_seconds = perf_counter() - started, process_time() - cpu_started
    peak_bytes = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # Linux counts in units of 1024
    cost = Cost(seconds, cpu_seconds, (peak_bytes - held_bytes) / 1e6, held_bytes / 1e6)
    return cost, best_others(rows), best_others(route(grid, floor, 1))


def best_others(rows: Rows) -> Rows:
    """The first NEIGHBOURS rows of each face but its own, by rising row; -1 stands for none."""
    nobody = (rows < 0) | (rows == np.arange(len(rows))[:, None])
    first = np.argsort(nobody, axis=1, kind="stable")[:, :NEIGHBOURS]
    return np.sort(np.take_along_axis(np.where(nobody, -1, rows), first, axis=1), axis=1)


def is_found(true: Rows, rows: Rows) -> Bool[np.ndarray, "n k"]:
    """Which of the true neighbours of each face are among these rows."""
    starts = range(0, len(true), BLOCK_FACES)
    blocks = ((true[start : start + BLOCK_FACES], rows[start : start + BLOCK_FACES]) for start in starts)
    return np.concatenate([(one[:, :, None] == other[:, None, :]).any(axis=2) for one, other in blocks])


def measure(faces: int, dimension: int, routes: Iterable[str]) -> Iterator[Run]:
    """The exact search and some routes on the same faces, one after the other."""
    with tempfile.TemporaryDirectory(prefix="facecluster-approximate-") as name:
        folder = Path(name)
        floor, link = in_own_process(save_grid, folder, faces, dimension)
        true, cosines = np.empty((0, 0), np.int32), np.empty((0, 0), np.float32)
        for route in (EXACT, *routes):
            cost, rows, again = in_own_process(run_route, route, folder, floor)
            if route == EXACT:
                true, cosines = rows, cosines_of(np.load(folder / "grid.npy"), rows)
            hits = is_found(true, rows)
            links, everyone = (float(hits[cosines >= least].mean()) for least in (link, floor))
            yield Run(route, faces, cost, links, everyone, float((rows != again).any(axis=1).mean()))


def table_row(run: Run, exact_cost: Cost) -> str:
    """One run as a row of the table."""
    seconds, cpu_seconds, memory, _ = run.cost
    costs = f"{cpu_seconds:.2f} | {seconds:.2f} | {memory:,.0f} | {cpu_seconds / exact_cost.cpu_seconds:.2f}"
    return f"| {run.route} | {run.faces:,} | {costs} | {run.links:.4f} | {run.neighbours:.4f} | {run.differing:.2%} |"


def growth(results: Sequence[Run]) -> Iterator[str]:
    """A sentence for each route that ran at several sizes: how its cost grows, and where it meets the exact search."""
    costs = {(run.route, run.faces): run.cost.cpu_seconds for run in results}
    sizes = sorted({run.faces for run in results})
    lines = {route: np.polyfit(np.log(sizes), np.log([costs[route, n] for n in sizes]), 1) for route, _ in costs}
    for route, (power, height) in lines.items():
        yield f"{route}: CPU seconds grow as n^{power:.2f}"
        ahead, behind = lines[EXACT] - (power, height)
        if route != EXACT and ahead > 0:
            yield f"{route}: as cheap as the exact search at {np.exp(-behind / ahead):,.0f} faces"


def main() -> None:
    """Print a row a route as it ends, then growth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=int, nargs="+", default=[30_000, 100_000])
    parser.add_argument("--dimension", type=int, choices=(128, 512), default=128)
    parser.add_argument("--routes", nargs="+", default=[""], metavar="NAME")
    wanted = parser.parse_args()
    routes = [route for route in ROUTES if route != EXACT and route.startswith(tuple(wanted.routes))]
    print(f"{THREADS} processors, {wanted.dimension} dimensions\n\n| {' | '.join(HEAD)} |\n" + "|---" * len(HEAD) + "|")
    results: list[Run] = []
    for faces in sorted(wanted.faces):
        for run in measure(faces, wanted.dimension, routes):
            results.append(run)
            base = next(other for other in results if other.faces == faces)  # the exact search is the first
            print(table_row(run, base.cost), flush=True)
    print("", *(growth(results) if len(set(wanted.faces)) > 1 else ()), sep="\n")


if __name__ == "__main__":
    main()
