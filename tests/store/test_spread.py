import csv
import io
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.store.spread import csv_bytes, json_bytes, parquet_bytes

SCHEMA = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        pa.field("x0", pa.float32()),
        pa.field("cluster_id", pa.int32()),
        pa.field("person", pa.string()),
    ]
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def _table(*rows):
    return pa.table([list(column) for column in zip(*rows, strict=True)] or [[]] * 4, SCHEMA)


def _cells(table):
    return list(csv.reader(io.StringIO(csv_bytes(table).decode(), newline="")))[1:]


@pytest.mark.parametrize("write", [csv_bytes, json_bytes, parquet_bytes])
def test_no_rows_leave_the_columns(write):
    data = write(_table())
    read = {csv_bytes: lambda: pd.read_csv(io.BytesIO(data)), parquet_bytes: lambda: pq.read_table(io.BytesIO(data))}
    if write is json_bytes:
        assert json.loads(data) == []
    else:
        assert list(read[write]().columns if write is csv_bytes else read[write]().schema.names) == SCHEMA.names


def test_missing_values_are_empty_in_csv_and_null_in_json():
    table = _table(("a", None, None, None), ("b", 0.5, 7, "Ann"))
    assert _cells(table) == [["a", "", "", ""], ["b", "0.5", "7", "Ann"]]
    assert json.loads(json_bytes(table)) == [
        {"path": "a", "x0": None, "cluster_id": None, "person": None},
        {"path": "b", "x0": 0.5, "cluster_id": 7, "person": "Ann"},
    ]


def test_single_precision_is_written_without_noise():
    table = _table(("a", 0.1, 1, None), ("b", 1234.56, 2, None))
    assert [row[1] for row in _cells(table)] == ["0.1", "1234.56"]
    assert [row["x0"] for row in json.loads(json_bytes(table))] == [0.1, 1234.56]


def test_json_has_no_numbers_that_are_none():
    table = _table(("a", float("nan"), 1, None), ("b", float("inf"), 2, None))
    assert [row["x0"] for row in json.loads(json_bytes(table), parse_constant=pytest.fail)] == [None, None]


def test_parquet_keeps_types():
    table = _table(("a", None, None, None), ("b", 0.5, 7, "Ann"))
    assert pq.read_table(io.BytesIO(parquet_bytes(table))).equals(table)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_cannot_act_as_a_formula(start):
    evil = f"{start}HYPERLINK(1)"
    table = _table((evil, 1.0, 1, evil), (f"a{evil}", -1.0, 1, None))
    assert _cells(table) == [[f"'{evil}", "1", "1", f"'{evil}"], [f"a{evil}", "-1", "1", ""]]
    assert json.loads(json_bytes(table))[0]["path"] == evil, "only spreadsheets need it"


@given(TEXT, st.none() | TEXT)
def test_any_text_comes_back(path, person):
    table = _table((path, 1.0, 2, person))
    assert json.loads(json_bytes(table))[0]["path"] == path
    if "\x00" in path + (person or ""):
        return  # Python's csv module, not the file, gives up on these
    ((found, _, _, found_person),) = _cells(table)
    assert found.removeprefix("'") == path.removeprefix("'")
    assert found_person.removeprefix("'") == (person or "").removeprefix("'")
    assert not found.startswith(("=", "+", "-", "@"))
