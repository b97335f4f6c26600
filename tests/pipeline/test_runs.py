import os

import pyarrow as pa
import pytest

from facecluster.errors import LibraryError, UsageError
from facecluster.people.diff import FaceCounts
from facecluster.people.holdings import PersonChange
from facecluster.people.machine_names import NameChange
from facecluster.people.stakes import Stake
from facecluster.people.statements import Name, Undo
from facecluster.pipeline.catalogue import census_of, clustered_faces
from facecluster.pipeline.export import export_faces
from facecluster.pipeline.journal import decide
from facecluster.pipeline.runs import Removed, diff, list_runs, prune, roll_back
from facecluster.pipeline.status import library_status
from facecluster.schemas import CLUSTERS, NAMES, SUGGESTIONS
from facecluster.store.library import RunTables
from facecluster.web.page import write_report
from tests.pipeline.small_library import FACES, NODES, small_library

ADA, BOB = "a" * 12, "b" * 12
TOGETHER, APART = (0, 0, 0), (0, None, 1)


@pytest.fixture
def library(tmp_path):
    return small_library(tmp_path, clusters=None)


@pytest.fixture
def add(library):
    """A function that adds a run in which the three faces are in these clusters; its number."""

    def add_run(clusters=TOGETHER, **record):
        rows = [
            {"face_id": face, "cluster_id": cluster, "strength": 1, "outlier": 0}
            for face, cluster in zip(FACES, clusters, strict=True)
        ]
        tables = RunTables(pa.Table.from_pylist(rows, CLUSTERS), NODES, SUGGESTIONS.empty_table())
        found = {cluster for cluster in clusters if cluster is not None}
        counts = {"faces": 3, "clusters": len(found), "alone": clusters.count(None)}
        calibration = {"impostor_median": 0.1, "impostor_sd": 0.1, "genuine_median": 0.6}
        moment = {"created_at": "2026-01-02T03:04:05+00:00"}
        return library.add_run(tables, {**counts, **moment, "calibration": calibration, **record})

    return add_run


def say(library, *statements):
    return decide(library, lambda _: statements, "tester")


def numbers(rows):
    return [row.run for row in rows]


def test_runs_are_listed_with_what_is_known_of_them(library, add):
    assert list_runs(library) == []
    add()
    add(APART, parent=1, kind="warm")
    add(parent=2, review=True)
    waiting, current, first = list_runs(library)
    assert (current.run, current.parent, current.kind, current.clusters, current.alone) == (2, 1, "warm", 2, 1)
    assert (first.parent, first.kind, first.created_at) == (None, None, "2026-01-02T03:04:05+00:00")
    assert [(row.current, row.waiting) for row in (waiting, current, first)] == [
        (False, True),
        (True, False),
        (False, False),
    ]
    assert first.bytes == sum(path.stat().st_size for path in library.run_folder(1).iterdir())


def test_a_run_waits_until_it_is_chosen_or_a_later_one_counts(library, add):
    add()
    add(review=True)
    roll_back(library, 2)
    roll_back(library, 1)
    assert not any(row.waiting for row in list_runs(library))
    add(review=True)
    assert [row.waiting for row in list_runs(library)] == [True, False, False]
    add()
    assert not any(row.waiting for row in list_runs(library))


def test_what_a_run_changed_against_the_one_before(library, add):
    add(APART)
    add(TOGETHER, parent=1)
    say(library, Name(ADA, (FACES[0],), "Ada"), Name(BOB, (FACES[2],), "Bob"))
    found = diff(library)
    assert (found.before, found.after) == (1, 2)
    assert found.names == {ADA: "Ada", BOB: "Bob"}
    assert found.diff.faces == FaceCounts(stayed=1, added=0, gone=0, moved=1, joined=1, left=0)
    assert found.diff.stakes == (Stake("shared", (ADA, BOB), (0,), 2, 0),)
    assert found.diff.people == (PersonChange(ADA, 1, 2, 1, 0),)
    assert diff(library, 1, 1).diff.empty


def test_the_names_that_the_machine_gave_are_compared_where_both_runs_have_some(library, add):
    add(), add(parent=1)
    say(library, Name(ADA, (FACES[1],), "Ada"))
    table = pa.Table.from_pylist([{"face_id": FACES[0], "person": ADA, "probability": 0.9, "automatic": True}], NAMES)
    library.add_names(table, {"run": 1})
    assert diff(library).diff.names is None
    library.add_names(NAMES.empty_table(), {"run": 2})
    assert diff(library).diff.names == (NameChange(ADA, None, 1),)


def test_without_a_run_before_it_two_are_to_be_named(library, add):
    with pytest.raises(LibraryError, match="not grouped yet"):
        diff(library)
    add()
    with pytest.raises(UsageError, match="it is the first.*runs list"):
        diff(library)
    add(parent=1)
    prune(library, 0)
    with pytest.raises(UsageError, match="was removed"):
        diff(library)
    with pytest.raises(LibraryError, match="no run 9 .*runs list"):
        diff(library, 2, 9)


def test_going_back_shows_the_old_run_everywhere(library, add):
    add(APART)
    add(TOGETHER)
    new, old = _shown(library), roll_back(library, 1) and _shown(library)
    assert new == (2, [0, 0, 0], [0, 0, 0], "Run 2")
    assert old == (1, [0, None, 1], [0, None, 1], "Run 1")
    assert add() == _shown(library)[0] == 3


def _shown(library):
    """The current run and its clusters, as status, tables, export and report have them."""
    scan = library.latest_scan()
    photos = census_of(library, library.listing(scan), scan.fingerprint).current
    faces = clustered_faces(library, scan, photos, [])["cluster_id"]
    report = library.folder / "report.html"
    write_report(library, report)
    return (
        library_status(library)["run"]["run"],
        faces.astype(object).where(faces.notna(), None).tolist(),
        export_faces(library)["cluster_id"].to_pylist(),
        next(word for word in ("Run 1", "Run 2", "Run 3") if word in report.read_text()),
    )


def test_going_to_the_current_run_changes_nothing(library, add):
    add(), add()
    assert not roll_back(library, 2)
    assert library.choices() == []
    assert roll_back(library, 1)
    assert not roll_back(library, 1)
    assert len(library.choices()) == 1


def test_decisions_stay_whichever_run_counts(library, add):
    add(APART)
    add(TOGETHER)
    decision = say(library, Name(ADA, (FACES[0],), "Ada"))
    roll_back(library, 1)
    assert diff(library, 1, 2).names == {ADA: "Ada"}
    say(library, Undo(decision.id))
    roll_back(library, 2)
    assert diff(library, 1, 2).names.get(ADA) is None


def test_nobody_goes_back_to_a_run_that_is_damaged_or_unknown(library, add):
    add(), add()
    path = library.run_folder(1) / "tree.parquet"
    path.write_bytes(path.read_bytes()[:-9] + b"x" * 9)
    with pytest.raises(LibraryError, match="tree.parquet is damaged"):
        roll_back(library, 1)
    with pytest.raises(LibraryError, match="no run 7 "):
        roll_back(library, 7)
    assert library.current_run() == 2


def test_one_writer_at_a_time(library, add):
    add(), add()
    with library.locked():
        for write in (lambda: roll_back(library, 1), lambda: prune(library, 0)):
            with pytest.raises(LibraryError, match="Another facecluster"):
                write()
        assert numbers(prune(library, 0, dry_run=True)) == [1]
    assert library.run_numbers() == [1, 2]


def test_old_runs_go_but_for_the_current_one_and_those_that_wait(library, add):
    for _ in range(5):
        add()
    add(review=True)
    roll_back(library, 2)
    held = {run: library.run_bytes(run) for run in library.run_numbers()}
    expected = [Removed(run, held[run], finished=True) for run in (1, 3, 4)]
    assert prune(library, 2, dry_run=True) == expected
    assert len(library.run_numbers()) == 6
    assert prune(library, 2) == expected
    assert numbers(list_runs(library)) == [6, 5, 2]
    assert numbers(prune(library, 0)) == [5]
    assert numbers(list_runs(library)) == [6, 2]
    assert library.current_run() == 2
    assert prune(library, 0) == []


def test_runs_that_are_named_go_and_no_others(library, add):
    add(), add(), add(review=True)
    assert numbers(prune(library, 0, [3, 3])) == [3]
    assert numbers(list_runs(library)) == [2, 1]
    with pytest.raises(UsageError, match="Run 2 is the current one and stays"):
        prune(library, 0, [1, 2])
    with pytest.raises(LibraryError, match="no run 3 "):
        prune(library, 0, [1, 3])
    assert numbers(list_runs(library)) == [2, 1]
    assert add() == 4


def test_what_an_ended_run_left_goes_too(library, add):
    add(), add()
    (library.run_folder(1) / "run.json").unlink()
    left = library.run_bytes(1)
    assert prune(library, 5) == [Removed(1, left, finished=False)]
    assert os.listdir(library.run_folder(1)) == []
    assert prune(library, 5) == []
