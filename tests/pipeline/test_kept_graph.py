import numpy as np
import pytest

from facecluster.clusters.graph import make_graph
from facecluster.clusters.grid import to_grid
from facecluster.clusters.insertion import fingerprints
from facecluster.pipeline import graph
from facecluster.pipeline.graph import GraphOfLibrary
from facecluster.pipeline.kept_graph import LISTS, KeptGraph, to_ids
from facecluster.settings import RunnerSettings
from facecluster.store.work import Work
from tests.clusters.people import people_faces
from tests.pipeline.test_graph import FLOOR, assert_same_bits

TABLE = to_grid(people_faces([30, 20, 10] + [3] * 20 + [1] * 40)[0])
NAMES = to_ids(f"{row:03}" for row in range(len(TABLE)))
JOINS = np.arange(len(TABLE)) % 9 == 4


class Library:
    """A folder in which graphs are made one after the other."""

    def __init__(self, folder):
        self.graph, self.work = Work(folder / "graph"), Work(folder / "work")
        self.told = []

    def make(self, rows, table=TABLE, joins=JOINS, floor=FLOOR):
        founders, joiners = (np.array([row for row in rows if joins[row] == kind], int) for kind in (False, True))
        kept = KeptGraph(self.graph, NAMES[founders], NAMES[joiners])
        self.told.clear()
        maker = GraphOfLibrary(kept, self.work, RunnerSettings(), lambda done, total: self.told.append(total))
        grid = table[np.concatenate([founders, joiners])]
        found = maker.graph(grid, len(founders), floor)
        assert_same_bits(found, make_graph(grid, len(founders), floor))
        return self.told[-1] if self.told else 0


@pytest.fixture
def library(tmp_path, monkeypatch):
    monkeypatch.setattr(graph, "SMALL_PAIRS", 1)
    return Library(tmp_path)


ALL = range(len(TABLE))


def test_what_was_found_is_kept_and_not_searched_again(library):
    assert library.make(ALL) > 5000
    assert library.make(ALL) == 0
    assert library.make(range(3, len(TABLE))) < library.make(ALL) < 1000


def test_a_small_library_is_kept_too(library, monkeypatch):
    monkeypatch.setattr(graph, "SMALL_PAIRS", 10**6)
    library.make(range(50))
    monkeypatch.setattr(graph, "SMALL_PAIRS", 1)
    assert library.make(range(50)) == 0


@pytest.mark.parametrize("rows", [[], [0], [4], [0, 1], [0, 4]])
def test_few_faces_come_and_go(rows, library):
    for present in (rows, ALL, rows, rows):
        library.make(present)


def test_a_joiner_that_founds_from_now_on_is_new(library):
    library.make(ALL)
    founds = JOINS.copy()
    founds[4] = False
    assert 100 < library.make(ALL, joins=founds) < 1000
    assert 100 < library.make(ALL) < 1000


def test_a_face_whose_vector_is_another_is_another(library):
    library.make(ALL)
    other = TABLE.copy()
    other[7] = TABLE[8]
    assert 100 < library.make(ALL, other) < 1000


def test_lists_of_another_floor_are_not_used(library):
    full = library.make(ALL)
    assert library.make(ALL, floor=FLOOR - 0.01) == full


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign"])
def test_damaged_lists_count_as_missing(damage, library):
    full = library.make(ALL)
    path = library.graph.folder / LISTS
    data = path.read_bytes()
    half = len(data) // 2
    kinds = {"cut": data[:half], "flipped": data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :]}
    path.write_bytes(kinds.get(damage, b"a letter\n"))
    assert library.make(ALL) == full
    assert library.make(ALL) == 0


def test_ids_are_known_again_whatever_the_length_of_others(library):
    kept = KeptGraph(library.graph, to_ids(["a", "bb"]), to_ids([]))
    found = make_graph(TABLE[:2], 2, FLOOR).nearest
    kept.save(fingerprints(TABLE[:2]), FLOOR, found)
    now = KeptGraph(library.graph, to_ids(["a", "b", "bb", "long enough"]), to_ids(["joiner"]))
    again = now.load(fingerprints(TABLE[[0, 5, 1, 6, 7]]), FLOOR)
    assert again.rows.tolist() == [0, 2]
    assert_same_bits([again.nearest], [found])
