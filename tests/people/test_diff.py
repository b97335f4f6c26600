"""Runs are written as one letter a face: its cluster, `.` alone, `-` not in the run; people in the same way."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.people.cluster_changes import Part
from facecluster.people.diff import FACE_CHANGES, FaceCounts, diff_runs, faces_of_either
from facecluster.people.holdings import PersonChange
from facecluster.people.machine_names import NameChange
from facecluster.people.stakes import Stake
from facecluster.people.who import NOBODY, Person, WhoIsWho
from facecluster.schemas import CLUSTERS, NAMES

PEOPLE = "ABC"


def face(row):
    return f"face-{row:03d}"


def run(clusters):
    """The table of a run in which the face of each letter is in the cluster that the letter stands for."""
    there = [(face(row), letter) for row, letter in enumerate(clusters) if letter != "-"]
    rows = [
        {"face_id": name, "cluster_id": None if letter == "." else ord(letter) - ord("a"), "strength": 1, "outlier": 0}
        for name, letter in reversed(there)
    ]
    return pa.Table.from_pylist(rows, CLUSTERS)


def who_is_who(persons, *, ignored="", rejected=(), not_faces=(), merged=None):
    """Faces decided to be the person's of the letter, `.` nobody's."""
    n = len(persons)
    people = tuple(Person(name, f"Name of {name}", None, name in ignored, None, 0) for name in PEOPLE)
    return WhoIsWho(
        people=people,
        persons=np.array([PEOPLE.index(name) if name in PEOPLE else NOBODY for name in persons], np.int32),
        confirmed=np.zeros(n, bool),
        decided_by=np.full(n, NOBODY, np.int32),
        not_faces=np.isin(np.arange(n), list(not_faces)),
        rejected=np.array(rejected, np.int64).reshape(-1, 2),
        different=np.empty((0, 2), np.int64),
        decisions=(),
        in_force=np.empty(0, bool),
        merged=merged or {},
    )


def diff(before, after, persons=None, **said):
    """The difference of two runs of the same faces, all of which are in one or the other."""
    return diff_runs(run(before), run(after), who_is_who(persons or "." * len(before), **said))


def told(found):
    return [(change.change, change.before, change.after) for change in found.clusters]


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
    assert told(found) == [("gone", (Part(1, 1, 0),), ())]


def test_a_face_that_keeps_the_number_of_its_cluster_may_have_moved():
    # All but one of the first cluster are in the second's: its number is borne by what was another cluster.
    found = diff("bbbaaaac", "aaaa....")
    assert found.faces == FaceCounts(stayed=3, added=0, gone=0, moved=1, joined=0, left=4)


def test_one_cluster_into_two():
    found = diff("a" * 30 + "b", "a" * 18 + "c" * 12 + "b")
    assert told(found) == [("split", (Part(0, 30, 30),), (Part(0, 18, 18), Part(2, 12, 12)))]
    assert found.faces.moved == 12


def test_two_clusters_into_one():
    found = diff("aaabb.", "aaaaaa")
    assert told(found) == [("merged", (Part(0, 3, 3), Part(1, 2, 2)), (Part(0, 6, 5),))]


def test_a_face_between_two_clusters_that_go_on_is_neither_split_nor_merger():
    found = diff("aaabbb", "aabbbb")
    assert told(found) == [
        ("shrunk", (Part(0, 3, 2),), (Part(0, 2, 2),)),
        ("grown", (Part(1, 3, 3),), (Part(1, 4, 3),)),
    ]


def test_clusters_of_new_and_of_lone_faces_are_created():
    found = diff("a...--", "abbbcc")
    assert told(found) == [("created", (), (Part(1, 3, 0),)), ("created", (), (Part(2, 2, 0),))]


def test_clusters_whose_faces_are_gone_are_gone():
    assert told(diff("aab", "aa-")) == [("gone", (Part(1, 1, 0),), ())]


def test_clusters_of_people_come_first():
    found = diff("aaaabb" + "cccc", "aadd" + "eeeeee", "....BA....")
    assert [(change.change, change.people) for change in found.clusters] == [("merged", ("A", "B")), ("split", ())]


def test_a_person_has_the_faces_of_the_clusters_named_so():
    found = diff("aaa.---", "aaaaaa.", "A......")
    assert found.people == (PersonChange("A", before=3, after=6, gained=3, lost=0),)


def test_a_cluster_is_of_the_person_with_most_decided_faces_in_it():
    found = diff("aaaabb", "aaaaaa", "AAB..C")
    assert found.people == (PersonChange("A", 3, 4, 1, 0), PersonChange("C", 2, 1, 0, 1))


def test_people_in_one_cluster_are_at_stake():
    found = diff("aab.", "aaaa", "A.B.")
    assert found.stakes == (Stake("shared", ("A", "B"), (0,), 2, 0),)
    assert diff("aaaa", "aaaa", "A.B.").stakes == ()
    assert diff("aaaa", "aab.", "A.B.").stakes == ()


def test_a_third_person_in_a_cluster_of_two_is_at_stake():
    assert diff("aab", "aaa", "ABC").stakes == (Stake("shared", ("A", "B", "C"), (0,), 3, 0),)


def test_a_person_in_more_pieces_than_before_is_at_stake():
    found = diff("aaaab", "aab.b", "AAAAB")
    assert found.stakes == (Stake("shared", ("A", "B"), (1,), 2, 0), Stake("apart", ("A",), (0, 1), 4, 1))
    assert diff("aab.b", "aaaab", "AAAAB").stakes == ()


def test_a_person_of_whom_no_face_is_left_is_at_stake():
    assert diff("aab", "--b", "AAB").stakes == (Stake("lost", ("A",), (), 2, 0),)
    assert diff("--b", "aab", "AAB").stakes == ()


def test_people_who_are_ignored_are_at_stake_only_with_others():
    assert diff("aaab", "-a.b", "AAAB", ignored="A").stakes == ()
    assert diff("ab", "aa", "AB", ignored="AB").stakes == ()
    assert diff("ab", "aa", "AB", ignored="A").stakes == (Stake("shared", ("A", "B"), (0,), 2, 0),)


def names(*rows):
    found = [{"face_id": face(row), "person": person, "probability": 0.9, "automatic": True} for row, person in rows]
    return pa.Table.from_pylist(found, NAMES)


def test_names_that_change_are_counted():
    one = run("a" * 6)
    before, after = names((0, "A"), (1, "A"), (2, "A"), (4, "B")), names((0, "A"), (1, "B"), (2, "B"), (3, "C"))
    found = diff_runs(one, one, who_is_who("......"), before, after)
    assert found.names == (NameChange("A", "B", 2), NameChange(None, "C", 1), NameChange("B", None, 1))
    assert found.changes["face_id"].to_pylist() == [face(row) for row in (1, 2, 3, 4)]
    assert found.changes["name_before"].to_pylist() == ["A", "A", None, "B"]
    assert found.changes["name_after"].to_pylist() == ["B", "B", "C", None]
    assert set(found.changes["change"].to_pylist()) == {"stayed"}
    assert not found.empty


def test_names_count_as_far_as_nobody_said_otherwise_since():
    one = run("a" * 5)
    before, after = names(*((row, "A") for row in range(5))), names(*((row, "C") for row in range(4)), (4, "B"))
    who = who_is_who("B....", not_faces=[1], rejected=[(2, PEOPLE.index("C"))], merged={"B": "A"})
    found = diff_runs(one, one, who, before, after)
    assert found.names == (NameChange("A", None, 1), NameChange("A", "C", 1))


def test_names_of_one_run_alone_are_no_change():
    one = run("aa")
    found = diff_runs(one, one, who_is_who(".."), None, names((0, "A")))
    assert found.names is None
    assert found.empty


@st.composite
def pairs_of_runs(draw):
    n = draw(st.integers(0, 25))
    letters = st.text("abcd.-", min_size=n, max_size=n)
    before, after = draw(letters), draw(letters)
    there = [row for row in range(n) if (before[row], after[row]) != ("-", "-")]
    persons = draw(st.text("ABC....", min_size=n, max_size=n))
    return tuple("".join(text[row] for row in there) for text in (before, after, persons))


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


@given(pairs_of_runs())
def test_people_have_the_faces_that_a_naive_count_gives_them(runs):
    def faces(clusters, persons):
        owners = {}
        for cluster in set(clusters) - set(".-"):
            there = Counter(person for person, letter in zip(persons, clusters, strict=True) if letter == cluster)
            there.pop(".", None)
            owners[cluster] = min(there, key=lambda person: (-there[person], person), default=".")
        whose = [
            "." if letter == "-" else person if person != "." else owners.get(letter, ".")
            for letter, person in zip(clusters, persons, strict=True)
        ]
        return {person: {row for row, name in enumerate(whose) if name == person} for person in PEOPLE}

    before, after, persons = runs
    was, now = faces(before, persons), faces(after, persons)
    expected = {
        PersonChange(name, len(was[name]), len(now[name]), len(now[name] - was[name]), len(was[name] - now[name]))
        for name in PEOPLE
        if was[name] != now[name]
    }
    assert set(diff(before, after, persons).people) == expected
