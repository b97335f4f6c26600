from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given

from facecluster.people.diff import FACE_CHANGES, FaceCounts, faces_of_either
from facecluster.people.holdings import PersonChange
from tests.people.letters import diff, face, pairs_of_runs, run


def test_the_faces_of_either_run_are_each_there_once():
    assert faces_of_either(run("a-b."), run("-aa.")).to_pylist() == [face(row) for row in range(4)]
    assert faces_of_either(run(""), run("")).to_pylist() == []


@pytest.mark.parametrize("clusters", ["", ".", "a", "aab.cc"])
def test_a_run_does_not_differ_from_itself(clusters):
    found = diff(clusters, clusters, "A" * len(clusters))
    assert found.empty
    assert found.faces == FaceCounts(len(clusters), 0, 0, 0, 0, 0)
    assert found.changes.schema == FACE_CHANGES


def test_other_numbers_are_no_change():
    assert diff("aabb.c", "bbcc.a", "A.B...").empty


def test_each_face_is_told_by_what_became_of_it():
    found = diff("aaaaa..b-a", "aaabba.b.-")
    assert found.faces == FaceCounts(stayed=5, added=1, gone=1, moved=2, joined=1, left=0)
    assert {row["face_id"]: row["change"] for row in found.changes.to_pylist()} == {
        face(3): "moved",
        face(4): "moved",
        face(5): "joined",
        face(8): "added",
        face(9): "gone",
    }
    assert found.changes.filter(pa.array([True] + [False] * 4)).to_pylist() == [
        {"face_id": face(3), "change": "moved", "cluster_before": 0, "cluster_after": 1}
        | {"name_before": None, "name_after": None}
    ]


def test_a_face_of_a_cluster_that_is_no_more_has_left_it():
    found = diff("aab", "aa.")
    assert found.faces == FaceCounts(stayed=2, added=0, gone=0, moved=0, joined=0, left=1)


def test_a_face_that_keeps_the_number_of_its_cluster_may_have_moved():
    # All but one of the first cluster are in the second's: its number is borne by what was another cluster.
    found = diff("bbbaaaac", "aaaa....")
    assert found.faces == FaceCounts(stayed=3, added=0, gone=0, moved=1, joined=0, left=4)


TURNED = {"created": "gone", "split": "merged", "grown": "shrunk"}
TURNED |= {other: one for one, other in TURNED.items()}


@given(pairs_of_runs())
def test_changing_places_turns_every_change_round(runs):
    before, after, persons = runs
    there, back = diff(before, after, persons), diff(after, before, persons)
    assert {(TURNED[change.change], change.after, change.before) for change in there.clusters} == {
        (change.change, change.before, change.after) for change in back.clusters
    }
    assert set(back.people) == {
        PersonChange(change.person, change.after, change.before, change.lost, change.gained) for change in there.people
    }
    one, other = there.faces, back.faces
    assert (one.added, one.joined, one.moved) == (other.gone, other.left, other.moved)
    assert not {(stake.kind, stake.people) for stake in there.stakes if stake.kind == "lost"} & {
        (stake.kind, stake.people) for stake in back.stakes
    }


@given(pairs_of_runs())
def test_sizes_add_up(runs):
    before, after, persons = runs
    found = diff(before, after, persons)
    assert sum(found.faces) == len(before)
    assert found.faces.stayed == sum(found.faces) - found.changes.num_rows
    sizes_before, sizes_after = (Counter(letter for letter in text if letter.isalpha()) for text in runs[:2])
    for change in found.clusters:
        for part in change.before:
            assert part.faces == sizes_before[chr(ord("a") + part.cluster)]
        for part in change.after:
            assert part.faces == sizes_after[chr(ord("a") + part.cluster)]
        if change.change in {"split", "merged"}:
            (hub,), parts = sorted((change.before, change.after), key=len)
            assert len(parts) > 1
            assert sum(part.shared for part in parts) == hub.shared <= hub.faces
    counts = Counter(change.change for change in found.clusters)
    split_off = sum(len(change.after) - 1 for change in found.clusters if change.change == "split")
    merged = sum(len(change.before) - 1 for change in found.clusters if change.change == "merged")
    assert len(sizes_after) - len(sizes_before) == counts["created"] + split_off - counts["gone"] - merged
    for change in found.people:
        assert change.after - change.before == change.gained - change.lost
