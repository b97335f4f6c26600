import pyarrow as pa
import pytest

from facecluster.errors import LibraryError, StorageError
from facecluster.store import parts as module
from facecluster.store.parts import Parts


def table(*numbers):
    return pa.table({"n": pa.array(numbers, pa.int64())})


def numbers(parts):
    return [each["n"].to_pylist() for each in parts.tables()]


def test_nothing_was_done_yet(tmp_path):
    parts = Parts(tmp_path / "work" / "parts")
    assert parts.names() == []
    assert numbers(parts) == []
    parts.clear()
    assert not parts.folder.exists()


def test_tables_come_back_in_order_of_their_parts(tmp_path):
    parts = Parts(tmp_path / "parts")
    parts.add("0002", table(3, 4), {"files": {"b.jpg": [5, 6]}})
    parts.add("0001", table(), {})
    other = Parts(tmp_path / "parts")
    assert other.names() == ["0001", "0002"]
    assert numbers(other) == [[], [3, 4]]
    assert other.made_of("0002") == {"files": {"b.jpg": [5, 6]}}


def test_a_part_made_anew_takes_the_place_of_the_one_before(tmp_path):
    parts = Parts(tmp_path / "parts")
    parts.add("a", table(1), {"of": 1})
    parts.add("a", table(2), {"of": 2})
    assert numbers(parts) == [[2]]
    assert parts.made_of("a") == {"of": 2}


def test_a_table_without_its_record_is_no_part(tmp_path, monkeypatch):
    parts = Parts(tmp_path / "parts")
    parts.add("a", table(1), {})

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, "replace_file", killed)
        parts.add("b", table(2), {})
    assert parts.names() == ["a"]
    parts.add("b", table(3), {})
    assert numbers(parts) == [[1], [3]]


def test_cleared_parts_leave_no_folder(tmp_path):
    parts = Parts(tmp_path / "parts")
    parts.add("a", table(1), {})
    parts.add("a", table(2), {})
    parts.clear()
    assert not parts.folder.exists()
    parts.add("a", table(3), {})
    assert numbers(parts) == [[3]]


def test_clearing_that_fails_leaves_whole_parts(tmp_path):
    parts = Parts(tmp_path / "parts")
    parts.add("a", table(1), {})
    (parts.folder / "zz").mkdir()
    with pytest.raises(StorageError, match="Cannot empty"):
        parts.clear()
    assert numbers(parts) == [[1]] or parts.names() == []


def test_damage_is_found(tmp_path):
    parts = Parts(tmp_path / "parts")
    parts.add("a", table(1), {})
    (file,) = parts.folder.glob("*.parquet")
    data = file.read_bytes()
    file.write_bytes(data[:-20] + b"?" + data[-19:])
    with pytest.raises(LibraryError, match="is damaged"):
        list(parts.tables())
    (parts.folder / "a.json").write_text('{"table": 1, "made_of": {}}')
    with pytest.raises(LibraryError, match="names no table"):
        parts.made_of("a")
