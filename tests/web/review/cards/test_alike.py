"""web.review.alike: which groups may be one with another, by the next nearest cluster of each face."""

import numpy as np
import pyarrow as pa
import pytest

from facecluster.people.questions import Unit
from facecluster.people.statements import Ignore, Name
from facecluster.pipeline.review.live import Live
from facecluster.schemas import CLUSTERS, SUGGESTIONS, TREE
from facecluster.store.library import RunTables
from facecluster.web.review.cards import alike
from facecluster.web.review.cards.alike import units_like
from tests.pipeline.people_library import ANNA, BERTA, FACE, named, people_library, told

RIVALS = {"a1": (1, 0.5), "a2": (1, 0.4), "a3": (2, 0.9), "b1": (2, 0.3), "c1": (0, 0.6), "d1": (0, 0.2)}
"""The next nearest cluster of a face, and its cosine."""


def grouped(folder, rivals=None):
    """The ten faces in clusters of 3, 3 and 2, and two alone, with these rivals."""
    library, rivals = people_library(folder, grouped=False), RIVALS if rivals is None else rivals
    names = sorted(FACE, key=FACE.__getitem__)
    cluster = [{"a": 0, "b": 1, "c": 2}.get(name[0]) for name in names]
    near = [rivals.get(name, (None, None)) for name in names]
    empty = [None] * len(names)
    columns = [[FACE[name] for name in names], cluster, [0.5] * 10, [one for one, _ in near], [one for _, one in near]]
    table = pa.table([*columns, [0.0] * 10, empty, empty], CLUSTERS)
    library.add_run(RunTables(table, TREE.empty_table(), SUGGESTIONS.empty_table()), {"faces": 10})
    return library


def like(library, kind="cluster", id_="0"):
    """What is like a unit, as kinds and ids."""
    return [(one.kind, one.id) for one in units_like(Live(library).now(), Unit(kind, id_, None, 0))]


def test_the_faces_of_both_sides_vote(tmp_path):
    # 1: .9 from three faces of 0; 2: .9 from them, and .6 from one of the two faces that are near to 0
    assert like(grouped(tmp_path)) == [("cluster", "2"), ("cluster", "1")]


def test_nothing_is_near(tmp_path):
    assert like(grouped(tmp_path, {})) == []
    assert like(grouped(tmp_path / "other"), id_="77") == []


def test_a_face_that_is_alone_and_near_is_no_group(tmp_path):
    assert like(grouped(tmp_path, {"d1": (0, 0.9)})) == []


def test_a_group_that_is_somebody_with_a_name_or_a_stranger_is_not_offered(tmp_path):
    library = grouped(tmp_path)
    named(library, ANNA, "Anna", "b1", "b2", "b3")
    assert like(library) == [("cluster", "2")]
    told(library, Ignore(BERTA, (FACE["c1"], FACE["c2"])))
    assert like(library) == []


def test_a_group_that_is_somebody_without_a_name_is_that_person_once(tmp_path):
    library = grouped(tmp_path)
    told(library, Name(BERTA, (FACE["c1"], FACE["c2"], FACE["b1"], FACE["b2"], FACE["b3"])))
    assert like(library) == [("person", BERTA)]
    assert units_like(Live(library).now(), Unit("cluster", "0", None, 3))[0].faces == 5


def test_of_a_person_it_is_the_others(tmp_path):
    library = grouped(tmp_path)
    told(library, Name(BERTA, (FACE["a1"], FACE["a2"], FACE["a3"])))
    assert like(library, "person", BERTA) == [("cluster", "2"), ("cluster", "1")]


def test_a_part_of_a_group_is_left(tmp_path):
    library = grouped(tmp_path)
    named(library, ANNA, "Anna", "b1", "b2")
    assert [one for one in units_like(Live(library).now(), Unit("cluster", "0", None, 3)) if one.id == "1"] == [
        Unit("cluster", "1", None, 1)
    ]


def test_no_more_than_can_be_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(alike, "MAX_ALIKE", 1)
    assert like(grouped(tmp_path)) == [("cluster", "2")]


@pytest.mark.parametrize("bad", [np.nan, -0.2])
def test_a_cosine_that_says_nothing(tmp_path, bad):
    assert like(grouped(tmp_path, {"a1": (1, bad), "a2": (2, 0.1)}))[0] == ("cluster", "2")
