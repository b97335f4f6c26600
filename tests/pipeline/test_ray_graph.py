import os
import signal
import sys

import numpy as np
import pytest

from facecluster.clusters.graph import make_graph
from facecluster.clusters.grid import to_grid
from facecluster.errors import WorkerError
from facecluster.pipeline import graph, means
from facecluster.pipeline.group import group_library
from facecluster.settings import ClusterSettings, RunnerSettings
from facecluster.store.work import Work
from tests.clusters.people import people_faces
from tests.pipeline.test_graph import FLOOR, JOINERS, StoppedError, Told, assert_same_bits, graph_of
from tests.pipeline.test_group import add_scan, library_of

ray = pytest.importorskip("ray")

from facecluster.pipeline import ray_graph  # noqa: E402  # Ray may be missing
from facecluster.pipeline.ray_connection import connected  # noqa: E402
from facecluster.pipeline.ray_graph import search_blocks, tile_rows  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    # Of Ray's own code.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"),
]

ON_RAY = RunnerSettings(kind="ray", workers=2)
TILES = 27


@pytest.fixture(scope="module", autouse=True)
def own_ray():
    """A Ray of our own, with two processors."""
    with pytest.MonkeyPatch.context() as patch:  # as if facecluster were installed
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        with connected(ON_RAY, cpus=2):
            yield


@pytest.fixture(scope="module")
def grid():
    """Of 1,490 faces: 6 blocks of 256, the last of them narrower, and joiners."""
    vectors, _ = people_faces([200, 100, 50, 20] + [3] * 240 + [1] * 400)
    return np.concatenate([to_grid(vectors), JOINERS])


@pytest.fixture(scope="module")
def expected(grid):
    return make_graph(grid, len(grid) - len(JOINERS), FLOOR)


@pytest.fixture
def work(tmp_path):
    return Work(tmp_path / "work")


@pytest.fixture(autouse=True)
def large(monkeypatch):
    """As if so few faces were many."""
    monkeypatch.setattr(graph, "SMALL_PAIRS", 0)
    monkeypatch.setattr(means, "TILE_ROWS", 256)
    monkeypatch.setattr(ray_graph, "TILE_ROWS_RANGE", (256, 32768))


def test_the_graph_is_that_of_this_machine(grid, expected, work):
    told = Told()
    assert_same_bits(graph_of(work, ON_RAY, told, grid), expected)
    assert len(told) == 1 + TILES
    n_founders = len(grid) - len(JOINERS)
    assert told[-1][0] == told[-1][1] == n_founders * (n_founders - 1) // 2 + n_founders * len(JOINERS)


@pytest.mark.parametrize("part_rows", [300, 700, 1490])
def test_however_many_parts_a_forest_has_it_is_the_same(part_rows, grid, expected):
    neighbours = expected.neighbours(len(grid) - len(JOINERS))
    cores = graph.core_cosines(neighbours, graph.MIN_SAMPLES)
    with ray_graph.ray_means(grid, ON_RAY, part_rows) as found_means:
        forest = found_means.span(neighbours, cores, FLOOR)
    for found, wanted in zip(forest, expected.forest, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_a_search_begun_on_ray_is_ended_on_this_machine(grid, expected, work, monkeypatch):
    monkeypatch.setattr(graph, "SAVE_SECONDS", 0.0)
    with pytest.raises(StoppedError):
        graph_of(work, ON_RAY, Told(9), grid)
    told = Told()
    assert_same_bits(graph_of(work, RunnerSettings(), told, grid), expected)
    assert len(told) < 1 + TILES


def test_a_library_is_grouped_on_ray_as_on_this_machine(tmp_path):
    clusters = []
    for name, runner in (("local", RunnerSettings()), ("ray", ON_RAY)):
        library, files, _ = library_of(tmp_path / name, [40, 20] + [4] * 100 + [1] * 200)
        for present in (files[50:], files[:-50]):
            add_scan(library, present)
            group_library(library.folder, ClusterSettings(), runner)
            clusters.append(library.clusters(library.run_numbers()[-1]))
    assert clusters[0].equals(clusters[2])
    assert clusters[1].equals(clusters[3])


def test_a_worker_that_dies_costs_nothing(grid, expected, work, tmp_path, monkeypatch):
    marker = tmp_path / "died"

    def dies_once(tile, left, right):
        if right is None and tile.left.start == 256 and not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return search_blocks(tile, left, right)

    monkeypatch.setattr(ray_graph, "search_blocks", dies_once)
    assert_same_bits(graph_of(work, ON_RAY, Told(), grid), expected)
    assert marker.exists()


def test_a_task_that_fails_is_told_in_a_sentence(grid, work, monkeypatch):
    def fails(tile, left, right):
        raise MemoryError("no room for a block")

    monkeypatch.setattr(ray_graph, "search_blocks", fails)
    wanted = (
        r"^A task of the search failed on the Ray cluster: MemoryError: no room for a block\. .* run the same command"
    )
    with pytest.raises(WorkerError, match=wanted):
        graph_of(work, ON_RAY, Told(), grid)


def test_results_come_in_order_and_no_more_are_out_than_said():
    @ray.remote(num_cpus=0)
    def say(number):
        return number

    drawn = []

    def submits():
        for number in range(40):
            drawn.append(number)
            yield lambda number=number: say.remote(number)

    for place, reference in enumerate(ray_graph._in_flight(submits(), 3)):
        assert ray.get(reference) == place
        assert len(drawn) <= place + 1 + 2 * 3
    assert len(drawn) == 40
    assert list(ray_graph._in_flight(iter([]), 3)) == []


@pytest.mark.parametrize(
    ("n_faces", "rows"),
    [(0, 4096), (40_000, 4096), (262_144, 4096), (262_145, 8192), (1_000_000, 16384), (10**8, 32768)],
)
def test_tiles_are_enough_for_many_workers_and_hang_on_the_faces_alone(n_faces, rows, monkeypatch):
    monkeypatch.undo()
    assert tile_rows(n_faces) == rows
