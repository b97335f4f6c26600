from itertools import chain, count

import numpy as np
import pytest

from facecluster.clusters.graph import make_graph
from facecluster.clusters.grid import to_grid
from facecluster.errors import StorageError, WorkerError
from facecluster.pipeline import graph, means
from facecluster.pipeline.graph import GraphOfLibrary
from facecluster.pipeline.kept_graph import KeptGraph, to_ids
from facecluster.settings import RunnerSettings
from facecluster.store.work import Work
from tests.clusters.people import people_faces

FLOOR = 0.4
TILE_ROWS, TILES = 64, 20
LOCAL = RunnerSettings()

JOINERS = to_grid(people_faces([2, 2])[0])
"""Of the first two people."""

N_JOINERS = len(JOINERS)


FOLDERS = count()


class StoppedError(Exception):
    """Thrown by a test in place of a kill."""


class Told(list):
    """What was told of the pairs; stops the search after so many words."""

    def __init__(self, stop_after=None):
        super().__init__()
        self.stop_after = stop_after

    def __call__(self, done, total):
        self.append((done, total))
        if len(self) == self.stop_after:
            raise StoppedError


@pytest.fixture(scope="module")
def grid():
    """Of some 300 faces: 5 tiles on a side, the last of them narrower, and joiners."""
    vectors, _ = people_faces([40, 20, 10, 5] + [3] * 40 + [1] * 100)
    return np.concatenate([to_grid(vectors), JOINERS])


@pytest.fixture(scope="module")
def expected(grid):
    return make_graph(grid, len(grid) - N_JOINERS, FLOOR)


@pytest.fixture
def work(tmp_path):
    return Work(tmp_path / "work")


def graph_of(work, runner, told, grid, floor=FLOOR, n_joiners=N_JOINERS):
    """The graph of a library that keeps nothing."""
    n_founders = len(grid) - n_joiners
    ids = to_ids(f"{row:04}" for row in range(len(grid)))
    kept = KeptGraph(Work(work.folder.with_name(f"graph-{next(FOLDERS)}")), ids[:n_founders], ids[n_founders:])
    return GraphOfLibrary(kept, work, runner, told).graph(grid, n_founders, floor)


@pytest.fixture(autouse=True)
def large(monkeypatch):
    """As if a few hundred faces were many."""
    monkeypatch.setattr(graph, "SMALL_PAIRS", 0)
    monkeypatch.setattr(means, "TILE_ROWS", TILE_ROWS)


@pytest.fixture
def often(monkeypatch):
    """A save after each tile."""
    monkeypatch.setattr(graph, "SAVE_SECONDS", 0.0)
    monkeypatch.setattr(graph, "SAVE_PAUSES", 0)


def assert_same_bits(one, other):
    for left, right in zip(chain(*one), chain(*other), strict=True):
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_the_graph_is_the_one_made_in_one_go(workers, grid, expected, work):
    assert_same_bits(graph_of(work, RunnerSettings(workers=workers), Told(), grid), expected)


@pytest.mark.parametrize("n_faces", [0, 1, 2, TILE_ROWS, TILE_ROWS + 1])
def test_few_faces_have_a_graph_too(n_faces, grid, work):
    told = Told()
    found = graph_of(work, LOCAL, told, grid[:n_faces], n_joiners=0)
    assert_same_bits(found, make_graph(grid[:n_faces], n_faces, FLOOR))
    pairs = n_faces * (n_faces - 1) // 2
    assert told[-1] == (pairs, pairs)


def test_every_pair_is_told_of_once(grid, work):
    told = Told()
    graph_of(work, LOCAL, told, grid)
    n_founders = len(grid) - N_JOINERS
    pairs = n_founders * (n_founders - 1) // 2 + n_founders * N_JOINERS
    assert told[0] == (0, pairs)
    assert told[-1] == (pairs, pairs)
    assert len(told) == 1 + TILES
    assert told == sorted(set(told))


def test_a_small_library_is_searched_here_at_once(grid, expected, work, often, monkeypatch):
    monkeypatch.setattr(graph, "SMALL_PAIRS", len(grid) ** 2)
    told = Told()
    nowhere = RunnerSettings(kind="ray", address="127.0.0.1:1")
    assert_same_bits(graph_of(work, nowhere, told, grid), expected)
    assert told == []
    assert not work.folder.exists()


def test_a_large_one_asks_for_the_cluster_that_is_named(grid, work):
    with pytest.raises(WorkerError, match=r"^No Ray cluster answers at 127\.0\.0\.1:1"):
        graph_of(work, RunnerSettings(kind="ray", address="127.0.0.1:1"), Told(), grid)


def test_a_quick_search_is_not_saved(grid, work):
    graph_of(work, LOCAL, Told(), grid)
    assert not work.folder.exists()


@pytest.mark.parametrize("words", range(1, TILES + 2))
def test_a_search_stopped_anywhere_goes_on_from_its_last_save(words, grid, expected, work, often):
    stopped, resumed = Told(words), Told()
    with pytest.raises(StoppedError):
        graph_of(work, LOCAL, stopped, grid)
    assert_same_bits(graph_of(work, LOCAL, resumed, grid), expected)
    saved = max(words - 2, 0)  # the first word is of no tile, the last of one that was not saved any more
    assert resumed[0] == stopped[saved]
    assert len(resumed) == 1 + TILES - saved


def test_a_search_stopped_after_each_tile_ends_like_an_undisturbed_one(grid, expected, work, often):
    for _ in range(TILES - 1):
        with pytest.raises(StoppedError):
            graph_of(work, LOCAL, Told(3), grid)
    told = Told()
    assert_same_bits(graph_of(work, LOCAL, told, grid), expected)
    assert len(told) == 2


def test_a_search_that_was_saved_is_saved_at_its_end_and_never_searched_again(grid, expected, work, monkeypatch):
    times = iter([0.0, 61.0, 61.0, 61.0] + [62.0] * 100)
    monkeypatch.setattr(graph, "monotonic", lambda: next(times))
    graph_of(work, LOCAL, Told(), grid)
    told = Told()
    assert_same_bits(graph_of(work, LOCAL, told, grid), expected)
    assert len(told) == 1


def test_saves_take_a_small_part_of_the_time_however_slow_the_disk(grid, work, monkeypatch):
    """A clock that only saving moves, ten minutes a time, and a minute a tile."""
    clock, saved = [0.0], []

    def slow_save(*_):
        saved.append(clock[0])
        clock[0] += 600

    def tile_done(done, total):
        clock[0] += 60

    monkeypatch.setattr(graph, "monotonic", lambda: clock[0])
    monkeypatch.setattr(work, "save", slow_save)
    graph_of(work, LOCAL, tile_done, grid)
    assert saved == [120.0, 60 * (1 + TILES) + 600.0], "once after a minute, and at the end"


@pytest.mark.parametrize("what", ["face", "order", "floor", "fewer", "tiles"])
def test_a_search_of_something_else_begins_anew(what, grid, work, often, monkeypatch):
    with pytest.raises(StoppedError):
        graph_of(work, LOCAL, Told(8), grid)
    floor = FLOOR
    match what:
        case "face":
            grid = grid.copy()
            grid[-1, -1] += 1
        case "order":
            grid = grid[::-1]
        case "floor":
            floor += 1e-9
        case "fewer":
            grid = grid[:-1]
        case "tiles":
            monkeypatch.setattr(means, "TILE_ROWS", 2 * TILE_ROWS)
    told = Told()
    found = graph_of(work, LOCAL, told, grid, floor)
    assert told[0][0] == 0
    assert_same_bits(found, make_graph(np.ascontiguousarray(grid), len(grid) - N_JOINERS, floor))


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "foreign"])
def test_a_damaged_save_is_a_search_from_the_start(damage, grid, expected, work, often):
    with pytest.raises(StoppedError):
        graph_of(work, LOCAL, Told(8), grid)
    path = work.folder / graph.SEARCH
    data = path.read_bytes()
    half = len(data) // 2
    kinds = {"cut": data[:half], "flipped": data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :], "empty": b""}
    path.write_bytes(kinds.get(damage, b"a letter\n"))
    told = Told()
    assert_same_bits(graph_of(work, LOCAL, told, grid), expected)
    assert told[0][0] == 0


def test_a_save_that_fails_ends_the_run_with_its_sentence(grid, expected, work, often, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("facecluster.store.files.os.fsync", _full)
        with pytest.raises(StorageError, match="The disk is full"):
            graph_of(work, LOCAL, Told(), grid)
    assert_same_bits(graph_of(work, LOCAL, Told(), grid), expected)


def _full(_):
    raise OSError(28, "No space left on device")
