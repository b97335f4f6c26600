"""What it costs to add faces to a grouped library, and how right it is, on made-up faces, printed as a Markdown table.

    python -m tests.benchmarks.growth [--faces 100000] [--dimension 128] [--shares 0.01 0.1] [--seeds 0]

A library of so many faces is grouped, then a share of them is added: once warm, from the lists of neighbours and the
groups that are there, and once in full, all in one process. CPU seconds count all threads. "numbers kept" is the share
of the grouped old faces whose cluster has the number that it had; B-cubed F is of all faces.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from time import process_time
from typing import NamedTuple, TypeVar

import numpy as np
from jaxtyping import Bool, Int32

from facecluster.clusters.forest import core_cosines, spanning_forest
from facecluster.clusters.graph import MIN_SAMPLES, NEIGHBOURS, Graph, neighbours_of
from facecluster.clusters.grid import Grid
from facecluster.clusters.group import group_faces
from facecluster.clusters.identity import kept_ids
from facecluster.clusters.insertion import Kept, insertion, nothing_kept
from facecluster.clusters.links import no_links
from facecluster.clusters.merge import Suggestions
from facecluster.clusters.nearest import Nearest
from facecluster.clusters.neighbours import TILE_ROWS, Places, on_threads, search
from facecluster.clusters.regroup import Before, regroup_faces
from facecluster.clusters.roles import roles_of
from facecluster.clusters.score import score_groups
from facecluster.clusters.threshold import Calibration
from facecluster.settings import ClusterSettings
from tests.benchmarks.scale import prior_of
from tests.benchmarks.synthetic import SyntheticFaces, difficulty, synthetic_faces

SETTINGS = ClusterSettings()
WARM_UP_FACES = 3000
HEAD = (
    "faces", "seed", "added", "full, CPU s", "warm, CPU s", "warm / full", "numbers kept, warm", "numbers kept, full",
    "B-cubed F, warm", "B-cubed F, full",
)  # fmt: skip
T = TypeVar("T")


class Growth(NamedTuple):
    """What came of one addition."""

    full_cpu_seconds: float
    warm_cpu_seconds: float
    kept_warm: float  # share of grouped old faces
    kept_full: float
    bcubed_warm: float
    bcubed_full: float


class Library:
    """Makes graphs from what it was given, and remembers the lists that it found last."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.found = kept.nearest

    def nearest(self, grid: Grid, n_founders: int, floor: float) -> Nearest:
        begun = insertion(self.kept, n_founders, len(grid))
        threads = on_threads(os.cpu_count() or 1)
        for _ in search(Places(grid, begun.rows), begun.tiles(TILE_ROWS), floor, begun.nearest, threads):
            pass
        self.found = begun.nearest
        return begun.nearest

    def graph(self, grid: Grid, n_founders: int, floor: float) -> Graph:
        neighbours = neighbours_of(self.nearest(grid, n_founders, floor), n_founders)
        return Graph(self.found, spanning_forest(neighbours, core_cosines(neighbours, MIN_SAMPLES), floor))


def grow(faces: SyntheticFaces, prior: Calibration, new: Bool[np.ndarray, "n"]) -> Growth:
    """Group the faces that are not new, then add the others, warm and in full."""
    old = np.flatnonzero(~new)
    first = Library(nothing_kept(NEIGHBOURS))
    then = group_faces(faces.vectors[old], faces.qualities[old], faces.photos[old], SETTINGS, prior, first.graph)
    labels = np.full(len(new), -1, np.int32)
    labels[old] = then.labels
    nothing = np.zeros(len(new), np.bool_)
    ones, others, evidence = then.suggestions
    suggestions = Suggestions(old[ones].astype(np.int32), old[others].astype(np.int32), evidence)
    before = Before(labels, new, nothing, nothing, suggestions)
    library = Library(Kept(first.found, rows_now(faces, old)))
    columns = faces.vectors, faces.qualities, faces.photos, SETTINGS, prior
    warm, warm_seconds = timed(lambda: regroup_faces(*columns, library.nearest, None, before).labels)
    fresh = Library(nothing_kept(NEIGHBOURS))
    full, full_seconds = timed(lambda: group_faces(*columns, fresh.graph).labels)
    kept = (numbers_kept(labels, now) for now in (warm, full))
    right = (score_groups(faces.people, now).bcubed.f for now in (warm, full))
    return Growth(full_seconds, warm_seconds, *kept, *right)


def rows_now(faces: SyntheticFaces, old: np.ndarray) -> Int32[np.ndarray, "m"]:
    """Where the faces of before, founders first, stand among all, founders first."""
    roles = roles_of(faces.qualities, SETTINGS.min_quality, no_links(len(faces.people)))
    places = np.empty(len(faces.people), np.int32)
    places[roles.order()] = np.arange(len(places), dtype=np.int32)
    roles_before = roles_of(faces.qualities[old], SETTINGS.min_quality, no_links(len(old)))
    return places[old[roles_before.order()]]


def numbers_kept(labels: Int32[np.ndarray, "n"], now: Int32[np.ndarray, "n"]) -> float:
    """The share of faces in groups whose group has the number that it had."""
    ids, _ = kept_ids(labels, now, int(labels.max(initial=-1)) + 1)
    return float((ids == labels)[labels >= 0].mean())


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What comes out, and the CPU seconds that it takes."""
    started = process_time()
    return work(), process_time() - started


def growths(n: int, dimension: int, shares: list[float], seed: int) -> Iterator[tuple[int, Growth]]:
    """How many faces were added to n, and what came of it, for each share."""
    everything = synthetic_faces(n + round(n * max(shares)), dimension, seed)
    prior = prior_of(difficulty(everything))
    rng = np.random.default_rng(seed)
    for share in shares:
        added = round(n * share)
        some = np.sort(rng.permutation(len(everything.people))[: n + added])
        faces = SyntheticFaces(*(column[some] for column in everything))
        new = np.zeros(n + added, np.bool_)
        new[rng.permutation(n + added)[:added]] = True
        yield added, grow(faces, prior, new)


def main() -> None:
    """Print a row an addition as it ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, choices=(128, 512), default=128)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.01, 0.1])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    wanted = parser.parse_args()
    for _ in growths(WARM_UP_FACES, wanted.dimension, [0.01], 0):
        pass  # what is compiled is there
    print(f"{os.cpu_count()} processors\n")
    print(f"| {' | '.join(HEAD)} |")
    print("|" + "---|" * len(HEAD))
    for seed in wanted.seeds:
        for added, found in growths(wanted.faces, wanted.dimension, wanted.shares, seed):
            costs = (
                f"{found.full_cpu_seconds:.2f} | {found.warm_cpu_seconds:.2f} | "
                f"{found.warm_cpu_seconds / found.full_cpu_seconds:.1%}"
            )
            kept = f"{found.kept_warm:.2%} | {found.kept_full:.2%}"
            right = f"{found.bcubed_warm:.4f} | {found.bcubed_full:.4f}"
            row = f"{wanted.faces:,} x {wanted.dimension} | {seed} | {added:,} | {costs} | {kept} | {right}"
            print(f"| {row} |", flush=True)


if __name__ == "__main__":
    main()
