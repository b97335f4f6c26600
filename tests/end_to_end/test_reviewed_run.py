"""A run of a grown archive that waits for a review: all shows the run before, until somebody takes the new one."""

import json
import shutil

import pytest

LATER = ["hopper-newsprint", "obama-congress", "biden-close"]


@pytest.fixture
def told(facecluster, demo_library, tmp_path):
    """A function that tells a library of the demo album something, which must succeed; its answer, and its news."""
    library = shutil.copytree(demo_library, tmp_path / "library")

    def tell(*words):
        ended = facecluster(*words, "--library", library, "--json")
        assert ended.code == 0, ended.err
        tell.news = ended.err
        return json.loads(ended.out)

    return tell


@pytest.fixture
def export(facecluster, tmp_path):
    """A function that gives the rows of an export by face id."""

    def rows():
        ended = facecluster("export", "--library", tmp_path / "library", "--format", "json")
        return {row["face_id"]: row for row in json.loads(ended.out)}

    return rows


def runs_shown(told):
    """Which run each command takes for the current one, and which waits."""
    rows = told("runs", "list")["runs"]
    (current,), (waiting,) = ([row["run"] for row in rows if row[state]] for state in ("current", "waiting"))
    shown = told("status")["run"]["run"], told("people", "list")["run"]
    return {"status": shown[0], "current": current, "waiting": waiting, "people": shown[1]}


def test_a_run_that_waits_changes_nothing_until_it_is_taken(told, export, demo_album, tmp_path):
    archive, later = tmp_path / "archive", tmp_path / "later"
    shutil.copytree(demo_album, archive)
    later.mkdir()
    for photo in [photo for photo in archive.iterdir() if photo.stem in LATER]:
        shutil.move(photo, later)
    told("run", archive, "--moved")
    (cluster,) = {row["cluster_id"] for row in export().values() if row["photo_path"].startswith("hopper-portrait")}
    told("people", "name", "Grace", str(cluster), "--new")
    first = told("run", archive)["run"]["run"]
    before, people, numbers = export(), told("people", "list")["people"], told("report")["numbers"]

    # The archive grows; the new run waits.
    for photo in later.iterdir():
        shutil.move(photo, archive)
    ran = told("run", archive, "--review-changes")
    second = ran["run"]["run"]
    assert (ran["run"]["fresh"], ran["run"]["new"]) == (True, 3)
    assert f"runs rollback {second} " in told.news
    assert f"runs diff {first} {second} " in told.news

    # Everything shows the old run: new faces are there, in no cluster.
    shown = export()
    new = shown.keys() - before.keys()
    assert len(new) == 3
    assert all(shown[face]["cluster_id"] is None for face in new)
    assert {face: shown[face]["cluster_id"] for face in before} == {
        face: row["cluster_id"] for face, row in before.items()
    }
    assert runs_shown(told) == {"status": first, "current": first, "waiting": second, "people": first}
    assert told("report")["numbers"]["people"] == numbers["people"]
    assert told("people", "list")["people"][0]["human"] == people[0]["human"]

    # What the new run changes is told, and nothing else is at stake.
    changes = told("runs", "diff", str(first), str(second))
    assert changes["faces"]["added"] == 3
    assert changes["stakes"] == []

    # The same again makes no other run, and takes none.
    again = told("run", archive)
    assert (again["run"]["fresh"], told("status")["run"]["run"]) == (False, first)

    # It is taken; names spread by it.
    told("runs", "rollback", str(second))
    told("propagate")
    taken = export()
    (hopper,) = (face for face in new if taken[face]["photo_path"].startswith("hopper-newsprint"))
    assert taken[hopper]["cluster_id"] == cluster
    assert (taken[hopper]["person"], taken[hopper]["provenance"] in {"automatic", "proposed"}) == ("Grace", True)
    assert {face: row["person"] for face, row in taken.items() if face in before and row["provenance"] == "human"} == {
        face: row["person"] for face, row in before.items() if row["provenance"] == "human"
    }

    # Run again, nothing is left to do.
    runs = told("runs", "list")["runs"]
    last = told("run", archive)
    assert (last["index"]["indexed"], last["run"]["fresh"], last["names"]["fresh"]) == (0, False, False)
    assert told("runs", "list")["runs"] == runs
    assert export() == taken
