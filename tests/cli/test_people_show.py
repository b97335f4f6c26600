import json

import pytest

from facecluster.people.statements import Ignore, Merge, NotAFace
from tests.pipeline.people_library import ANNA, BERTA, CARL, CLUSTER, FACE, add_names, named, people_library, told


@pytest.fixture
def library(tmp_path):
    """Anna, of whom one face is automatic and one proposed; Berta; and an ignored stranger."""
    library = people_library(tmp_path)
    named(library, ANNA, "Anna", "a1", "a2")
    named(library, BERTA, "Berta", "b1", "b2", "b3", "d1")
    told(library, Ignore(CARL, CLUSTER[2]))
    add_names(library, ("a3", ANNA, 0.99123, True), ("e1", ANNA, 0.7, False))
    return library


@pytest.fixture
def people(facecluster, library):
    return lambda *words: facecluster("people", *words, "--library", library.folder)


def test_people_with_most_faces_first_or_by_name(people):
    ended = people("list")
    assert (ended.code, ended.err) == (0, "")
    berta, anna = ended.out.splitlines()
    assert berta == f"{BERTA}  Berta: 4 faces in 4 photos of 1 May 2020"
    assert anna == f"{ANNA}  Anna: 3 faces in 3 photos of May 2020 to Jul 2021, 1 of them automatic, 1 proposed"
    assert people("list", "--sort", "name").out.splitlines() == [anna, berta]
    assert [one["id"] for one in json.loads(people("list", "--json").out)["people"]] == [BERTA, ANNA]


def test_who_is_ignored_is_listed_apart(people):
    assert people("list", "--ignored").out == f"{CARL}  no name: 2 faces in 2 photos, ignored\n"
    (carl,) = json.loads(people("list", "--ignored", "--json").out)["people"]
    assert (carl["id"], carl["name"], carl["ignored"], carl["human"]) == (CARL, None, True, 2)


def test_clusters_that_nobody_has_named_are_listed_below(facecluster, tmp_path):
    folder = people_library(tmp_path).folder
    out = facecluster("people", "list", "--library", folder).out
    assert out == "not named  3 clusters, by number (and faces): 0 (3), 1 (3), 2 (2)\n"
    assert json.loads(facecluster("people", "list", "--library", folder, "--json").out)["people"] == []


def test_the_faces_of_a_person(people):
    out = [" ".join(line.split()) for line in people("show", "anna").out.splitlines()]
    assert out[0] == f"person Anna ({ANNA})"
    assert out[2] == "faces 4 faces, 3 in cluster 0, 1 in none"
    assert f"{FACE['a1']} p1.jpg: Anna, human" in out
    assert f"{FACE['a3']} p3.jpg: Anna, automatic 0.991" in out
    record = json.loads(people("show", "anna", "--json").out)
    assert (record["person"]["id"], record["person"]["proposed"], len(record["faces"])) == (ANNA, 1, 4)
    assert {face["provenance"] for face in record["faces"]} == {"human", "automatic", "proposed"}


def test_the_faces_of_a_cluster(people, library):
    told(library, NotAFace((FACE["c1"],)))
    out = people("show", "2").out
    assert f"{FACE['c1']}  p4.jpg: not a face" in out
    assert f"p5.jpg: {CARL}, human" in out
    assert json.loads(people("show", "2", "--json").out)["person"] is None
    assert "p6.jpg: Anna, proposed 0.700" in people("show", FACE["e1"]).out


def test_the_history_of_all_and_of_one_newest_first(people, library):
    told(library, Merge(ANNA, (BERTA,)))
    people("undo", "3")
    lines = people("history").out.splitlines()
    assert [line.split(" ", 1)[0] for line in lines] == ["5", "4", "3", "2", "1"]
    assert lines[0].endswith(": undid decision 3")
    assert lines[2].endswith(f"tester: ignored 2 faces as the person {CARL} (undone by 5)")
    assert [line.split(" ", 1)[0] for line in people("history", "--person", "Anna").out.splitlines()] == ["4", "2", "1"]
    record = json.loads(people("history", "--json", "--limit", "2").out)
    assert [(one["number"], one["in_force"]) for one in record["decisions"]] == [(5, True), (4, True)]


def test_a_torn_decision_is_told_by_every_command_that_reads_it(people, library):
    torn = max((library.folder / "journal").glob("*.jsonl"))
    torn.write_bytes(torn.read_bytes()[:-20])
    for words in (["list"], ["show", "Anna"], ["history"], ["name", "Anna", "2"], ["export", "-"]):
        ended = people(*words)
        assert ended.code == 0
        assert "is damaged: its line 3 is cut off" in ended.err
        assert ended.out
