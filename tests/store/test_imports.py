"""Imports are kept as tables, the last two of them."""

import pyarrow as pa
import pytest

from facecluster.errors import LibraryError
from facecluster.schemas import IMPORTS
from facecluster.store.imports import Imports


def table(*names):
    row = {"path": "a.jpg", "photo_hash": "0" * 64, "file": "a.jpg.xmp", "source": "mwg", "outcome": "hint"}
    return pa.Table.from_pylist([{**row, "name": name} for name in names], IMPORTS)


def test_before_the_first_import_there_is_nothing(tmp_path):
    imports = Imports(tmp_path / "imports")
    assert (imports.numbers(), imports.newest()) == ([], None)
    assert imports.table(None).schema == IMPORTS
    assert len(imports.table(imports.newest())) == 0
    with pytest.raises(LibraryError, match="no import 1"):
        imports.table(1)


def test_the_last_two_are_kept(tmp_path):
    imports = Imports(tmp_path / "imports")
    numbers = [imports.add(table(*"ABC"[:count]), {"decision": None}) for count in (1, 2, 3)]
    assert (numbers, imports.numbers(), imports.newest()) == ([1, 2, 3], [2, 3], 3)
    assert imports.table(3)["name"].to_pylist() == ["A", "B", "C"]
    assert imports.record(3)["import"] == 3
    assert not (tmp_path / "imports" / "000001").exists()


def test_what_a_crash_left_is_no_import_and_lends_its_number_to_none(tmp_path):
    imports = Imports(tmp_path / "imports")
    imports.add(table("A"), {})
    (tmp_path / "imports" / "000002").mkdir()
    assert imports.newest() == 1
    assert imports.add(table("B"), {}) == 3
    assert imports.numbers() == [1, 3]
    assert not (tmp_path / "imports" / "000002").exists()


def test_damage_is_found(tmp_path):
    imports = Imports(tmp_path / "imports")
    imports.add(table("A"), {})
    file = tmp_path / "imports" / "000001" / "imports.parquet"
    file.write_bytes(file.read_bytes()[:-9] + b"?" + file.read_bytes()[-8:])
    with pytest.raises(LibraryError, match="damaged"):
        imports.table(1)


def test_parts_of_a_reading_are_no_import(tmp_path):
    imports = Imports(tmp_path / "imports")
    imports.reading.add("part", table("A"), {"run": "1"})
    assert (imports.numbers(), imports.reading.table("part")["name"].to_pylist()) == ([], ["A"])
    assert imports.add(table("B"), {}) == 1
