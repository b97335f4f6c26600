"""What grouping costs and how right it is as a library grows, on made-up faces, printed as a Markdown table.

    python -m tests.benchmarks.scale [--sizes 10000 30000 100000 300000] [--dimension 128] [--seeds 0]

Each case runs in a process of its own. Time and memory are those of the method alone: the faces are made before, the
method has run on a few of them (what is compiled or imported is there), and memory is the peak above what the process
held until then. CPU seconds count all threads. "its neighbours" is the search for neighbours alone, which
`tests.benchmarks.neighbours` holds against the matrix product it cannot do without. Other implementations are given at
most --others-up-to faces.
"""

import argparse
import json
import os
import resource
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple, TypeVar

import numpy as np
import psutil
from jaxtyping import Integer

from facecluster.clusters.graph import NEIGHBOURS, make_graph
from facecluster.clusters.grid import to_grid
from facecluster.clusters.group import group_faces
from facecluster.clusters.neighbours import nearest_among, nearest_neighbours
from facecluster.clusters.roles import edge_floor
from facecluster.clusters.score import score_groups
from facecluster.clusters.threshold import Calibration
from facecluster.settings import ClusterSettings
from tests.benchmarks.synthetic import Difficulty, SyntheticFaces, difficulty, synthetic_faces

WARM_UP_FACES = 500
MIN_MEMORY_MB = 1.0  # told at least: the kernel counts pages late, and nothing can be divided by 0
MIN_SAMPLES, MIN_CLUSTER_SIZE = 3, 3  # of the other implementations; their cost hardly depends on them

Labels = Integer[np.ndarray, "n"]
T = TypeVar("T")


class Case(NamedTuple):
    """One run of one method."""

    method: str
    faces: int
    dimension: int
    seed: int


class Cost(NamedTuple):
    """What a run took."""

    seconds: float
    cpu_seconds: float
    memory_mb: float  # peak above what was held before
    held_mb: float  # by interpreter, imports and faces


class Agreement(NamedTuple):
    """How right its groups are."""

    pairwise_f: float
    bcubed_f: float
    singles_alone: float  # share of the faces that are their person's only one which are in no group


class Result(NamedTuple):
    """What a run took and gave; no agreement where the method gives no groups."""

    case: Case
    cost: Cost
    agreement: Agreement | None


def our_groups(faces: SyntheticFaces, hard: Difficulty) -> Labels:
    """The grouping of facecluster at its default settings, calibrated as a pack of this difficulty would be."""
    make = partial(make_graph, threads=os.cpu_count() or 1)
    return group_faces(faces.vectors, faces.qualities, faces.photos, ClusterSettings(), prior_of(hard), make).labels


def our_neighbours(faces: SyntheticFaces, hard: Difficulty) -> None:
    """Its first step alone, for the same faces and down to the same cosine."""
    good = faces.qualities >= ClusterSettings().min_quality
    grid, floor = to_grid(faces.vectors), edge_floor(prior_of(hard))
    threads = os.cpu_count() or 1
    nearest_neighbours(grid[good], NEIGHBOURS, floor, threads)
    nearest_among(grid[~good], grid[good], NEIGHBOURS, floor, threads)


def prior_of(hard: Difficulty) -> Calibration:
    """What a pack of this difficulty would say of itself."""
    return Calibration(hard.impostor_median, hard.impostor_sd, hard.genuine_median)


def hdbscan_groups(faces: SyntheticFaces, _: Difficulty) -> Labels:
    """The package `hdbscan` on the vectors, in one process."""
    from hdbscan import HDBSCAN  # noqa: PLC0415  # imported only in processes that run it: memory is measured

    return HDBSCAN(MIN_CLUSTER_SIZE, MIN_SAMPLES, core_dist_n_jobs=1).fit_predict(faces.vectors)


def sklearn_groups(faces: SyntheticFaces, _: Difficulty) -> Labels:
    """HDBSCAN of scikit-learn on the matrix of all cosine distances, its way for this metric."""
    from sklearn.cluster import HDBSCAN  # noqa: PLC0415

    model = HDBSCAN(
        MIN_CLUSTER_SIZE,
        min_samples=MIN_SAMPLES,
        metric="cosine",
        algorithm="brute",
        copy=True,  # pyright: ignore[reportArgumentType]  # the default "warn" misleads it
    )
    return model.fit_predict(faces.vectors)


Method = Callable[[SyntheticFaces, Difficulty], Labels | None]
OWN: dict[str, Method] = {"facecluster": our_groups, "its neighbours": our_neighbours}
OTHERS: dict[str, Method] = {"hdbscan": hdbscan_groups, "scikit-learn": sklearn_groups}
COMPARED = (
    ("facecluster", "its neighbours"),
    ("hdbscan", "facecluster"),
    ("scikit-learn", "facecluster"),
)
"""Pairs of methods of which the costs of the first are told as multiples of those of the second."""


HEAD = (
    "method", "faces", "seed", "seconds", "CPU seconds", "memory, MB", "held before, MB",
    "pairwise F", "B-cubed F", "single faces left alone",
)  # fmt: skip


def save_faces(folder: Path, n: int, dimension: int, seed: int) -> None:
    """Make the faces of some cases and leave them, and how hard they are, in a folder."""
    faces = synthetic_faces(n, dimension, seed)
    for name, column in faces._asdict().items():
        np.save(folder / name, column)
    (folder / "difficulty.json").write_text(json.dumps(difficulty(faces)._asdict()))


def measure(folder: Path, case: Case) -> Result:
    """What one method takes for the faces in a folder, and how right its groups are."""
    faces = SyntheticFaces(*(np.load(folder / f"{name}.npy") for name in SyntheticFaces._fields))
    hard = Difficulty(**json.loads((folder / "difficulty.json").read_text()))
    method = {**OWN, **OTHERS}[case.method]
    method(SyntheticFaces(*(column[:WARM_UP_FACES] for column in faces)), hard)
    held_bytes = psutil.Process().memory_info().rss
    cpu_started, started = process_time(), perf_counter()
    labels = method(faces, hard)
    seconds, cpu_seconds = perf_counter() - started, process_time() - cpu_started
    peak_bytes = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # Linux counts in units of 1024
    cost = Cost(seconds, cpu_seconds, max((peak_bytes - held_bytes) / 1e6, MIN_MEMORY_MB), held_bytes / 1e6)
    return Result(case, cost, None if labels is None else agreement(faces, labels))


def agreement(faces: SyntheticFaces, labels: Labels) -> Agreement:
    """How right groups of made-up faces are."""
    score = score_groups(faces.people, labels)
    single = np.bincount(faces.people)[faces.people] == 1
    return Agreement(score.pairwise.f, score.bcubed.f, float((labels[single] < 0).mean()))


def in_own_process(function: Callable[..., T], *arguments: object) -> T:
    """What a function returns from a fresh process, so that no run sees the memory of another."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def exponent(sizes: Iterable[float], costs: Iterable[float]) -> float:
    """The power of the size that a cost grows with: the slope of a line through their logarithms."""
    return float(np.polyfit(np.log(list(sizes)), np.log(list(costs)), 1)[0])


def table_row(result: Result) -> str:
    """One case as a row of the table."""
    case, cost = result.case, result.cost
    costs = f"{cost.seconds:.2f} | {cost.cpu_seconds:.2f} | {cost.memory_mb:,.0f} | {cost.held_mb:,.0f}"
    scores = " | ".join(f"{value:.4f}" for value in result.agreement or ()) or " | | "
    return f"| {case.method} | {case.faces:,} x {case.dimension} | {case.seed} | {costs} | {scores} |"


def growth(results: Sequence[Result]) -> Iterator[str]:
    """A sentence for each of our methods: the powers of the number of faces that its costs grow with."""
    for method in OWN:
        own = [result for result in results if result.case.method == method]
        sizes = [result.case.faces for result in own]
        if len(set(sizes)) > 1:
            cpu = exponent(sizes, (result.cost.cpu_seconds for result in own))
            seconds = exponent(sizes, (result.cost.seconds for result in own))
            yield f"{method}: seconds grow as n^{seconds:.2f}, CPU seconds as n^{cpu:.2f}"


def ratios(results: Iterable[Result]) -> Iterator[str]:
    """A sentence for each two compared methods and the same faces."""
    costs = {result.case: result.cost for result in results}
    for case, cost in costs.items():
        for other in (second for first, second in COMPARED if first == case.method):
            base = costs[case._replace(method=other)]
            seconds, cpu_seconds, memory = (one / another for one, another in zip(cost[:3], base[:3], strict=True))
            yield (
                f"{case.method} / {other}, {case.faces:,} x {case.dimension}, seed {case.seed}: "
                f"{seconds:.2f} of the seconds, {cpu_seconds:.2f} of the CPU seconds, {memory:.2f} of the memory"
            )


def main() -> None:
    """Print a row a case as it ends, then growth and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 30_000, 100_000, 300_000])
    parser.add_argument("--dimension", type=int, choices=(128, 512), default=128)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--others-up-to", type=int, default=10_000)
    wanted = parser.parse_args()
    print(f"{os.cpu_count()} processors\n")
    print(f"| {' | '.join(HEAD)} |")
    print("|" + "---|" * len(HEAD))
    results = []
    for n, seed in ((n, seed) for n in wanted.sizes for seed in wanted.seeds):
        with tempfile.TemporaryDirectory(prefix="facecluster-scale-") as folder:
            in_own_process(save_faces, Path(folder), n, wanted.dimension, seed)
            for method in (*OWN, *(OTHERS if n <= wanted.others_up_to else ())):
                result = in_own_process(measure, Path(folder), Case(method, n, wanted.dimension, seed))
                print(table_row(result), flush=True)
                results.append(result)
    print("", *growth(results), *ratios(results), sep="\n")


if __name__ == "__main__":
    main()
