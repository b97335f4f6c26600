import json
import os
import shutil

import pyarrow as pa
import pytest

from facecluster.errors import LibraryError, StorageError
from facecluster.schemas import CLUSTERS, HEIRS, NAMES, SUGGESTIONS, TREE
from facecluster.store import runs as runs_module
from facecluster.store.library import create_library
from facecluster.store.records import PackIdentity
from facecluster.store.runs import RunTables

PACK = PackIdentity("test", "a" * 64, 4, 0.1, 0.1, 0.6, "none")
NO_GROUPS = RunTables(CLUSTERS.empty_table(), TREE.empty_table(), SUGGESTIONS.empty_table())
NO_NAMES = NAMES.empty_table()


@pytest.fixture
def library(tmp_path):
    return create_library(tmp_path / "library", PACK)


@pytest.fixture
def add(library):
    """A function that adds a run of no faces; its number."""
    return lambda **record: library.add_run(NO_GROUPS, record)


def fail(*_):
    raise StorageError("The disk is full")


def test_runs_are_numbered_and_keep_their_record(library, add):
    assert library.run_numbers() == []
    number = add(faces=0)
    record = library.run_record(number)
    assert (record["run"], record["faces"]) == (1, 0)
    assert {name: file["rows"] for name, file in record["tables"].items()} == dict.fromkeys(RunTables._fields, 0)
    assert library.run_numbers() == [1]
    tables = (library.clusters(number), library.tree(number), library.suggestions(number))
    assert [table.schema.metadata[b"table"] for table in tables] == [b"clusters", b"tree", b"suggestions"]


def test_a_run_without_its_record_does_not_exist(library, add, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(runs_module, "create_record", fail)
        with pytest.raises(StorageError):
            add()
    assert library.run_numbers() == []
    assert add() == 2


def test_a_run_of_an_earlier_facecluster_is_refused_with_the_way_out(library, add):
    number = add()
    path = library.run_folder(number) / "run.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps({"run": 1, "faces": 0, "table": record["tables"]["clusters"]}))
    for read in (library.clusters, library.tree, library.suggestions, library.check_run):
        with pytest.raises(LibraryError, match=r"Run 1 .* earlier facecluster.* `facecluster cluster`"):
            read(number)


@pytest.mark.parametrize("name", RunTables._fields)
def test_any_damage_of_a_run_is_found(library, add, name):
    number = add()
    library.check_run(number)
    path = library.run_folder(number) / f"{name}.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(LibraryError, match=f"{name}.parquet is damaged"):
        library.check_run(number)
    path.unlink()
    with pytest.raises(LibraryError, match=f"{name}.parquet is damaged"):
        library.check_run(number)


def test_the_newest_run_counts(library, add):
    assert library.current_run() is None
    for number in (1, 2):
        assert add() == number
        assert library.current_run() == number


def test_a_chosen_run_counts_until_a_newer_one_is_made(library, add):
    add(), add(), add()
    library.make_current(1, "now")
    assert library.current_run() == 1
    library.make_current(2, "later")
    assert library.current_run() == 2
    assert [choice["run"] for choice in library.choices()] == [1, 2]
    assert add() == library.current_run() == 4


def test_a_run_that_awaits_a_review_counts_once_it_is_chosen(library, add):
    assert add(review=True) == 1
    assert library.current_run() is None
    add()
    add(review=True)
    assert library.current_run() == 2
    library.make_current(3, "now")
    assert library.current_run() == 3
    add(review=True)
    assert library.current_run() == 3
    assert add() == library.current_run() == 5


def test_an_unknown_run_cannot_count(library, add):
    for run in (0, 1):
        with pytest.raises(LibraryError, match=f"no run {run} .*runs list"):
            library.make_current(run, "now")
    add()
    with pytest.raises(LibraryError, match="no run 2 "):
        library.make_current(2, "now")
    assert library.choices() == []


def test_without_the_chosen_run_the_newest_counts_that_awaits_no_review(library, add):
    add(), add(), add(review=True)
    library.make_current(3, "now")
    shutil.rmtree(library.run_folder(3))
    assert library.current_run() == 2
    shutil.rmtree(library.run_folder(2))
    assert library.current_run() == 1
    shutil.rmtree(library.folder / "runs")
    assert library.current_run() is None


def test_a_run_that_is_removed_at_this_moment_does_not_count(library, add, monkeypatch):
    add(), add()
    shutil.rmtree(library.run_folder(2))
    monkeypatch.setattr(library, "run_numbers", lambda: [1, 2])
    assert library.current_run() == 1


def test_a_removed_run_gives_its_bytes_back_and_its_number_to_nobody(library, add):
    add(), add()
    held = sum(path.stat().st_size for path in library.run_folder(2).iterdir())
    assert library.remove_run(2) == held > 0
    assert library.run_numbers() == [1]
    assert library.remove_run(2) == 0
    assert add() == 3


def test_a_run_that_is_half_removed_does_not_exist(library, add, monkeypatch):
    add()
    folder = library.run_folder(1)
    unlink = type(folder).unlink

    def no_tables(path, *, missing_ok=False):
        if path.suffix == ".parquet":
            raise OSError(5, "Input/output error")
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(type(folder), "unlink", no_tables)
        with pytest.raises(StorageError, match="Cannot empty"):
            library.remove_run(1)
    assert library.run_numbers() == []
    assert sorted(os.listdir(folder)) == ["clusters.parquet", "suggestions.parquet", "tree.parquet"]
    assert library.remove_run(1) > 0
    assert os.listdir(folder) == []


def test_names_are_numbered_and_old_ones_dropped(library):
    for number in range(1, 5):
        assert library.add_names(NO_NAMES, {"run": number}) == number
    assert library.names_numbers() == [3, 4]
    assert library.names_record(4)["run"] == 4
    assert library.names(4).schema.metadata[b"table"] == b"names"


def test_names_without_their_record_do_not_exist(library, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(runs_module, "create_record", fail)
        with pytest.raises(StorageError):
            library.add_names(NO_NAMES, {})
    assert library.names_numbers() == []
    assert library.add_names(NO_NAMES, {}) == 2


def test_heirs_add_up(library):
    assert library.heirs_numbers() == []
    assert library.heirs(0).num_rows == 0
    for number in range(1, 4):
        table = pa.table([[f"old {number}"], [f"new {number}"], [1.0]], HEIRS)
        assert library.add_heirs(table, {"scan": number}) == number
    assert library.heirs_numbers() == [1, 2, 3]
    assert library.heirs(3)["face_id"].to_pylist() == ["old 1", "old 2", "old 3"]
    assert library.heirs(2)["heir"].to_pylist() == ["new 1", "new 2"]
    assert library.heirs(3).schema.equals(HEIRS)


def test_heirs_without_their_record_do_not_exist(library, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(runs_module, "create_record", fail)
        with pytest.raises(StorageError):
            library.add_heirs(HEIRS.empty_table(), {})
    assert library.heirs_numbers() == []
    assert library.add_heirs(HEIRS.empty_table(), {}) == 2
