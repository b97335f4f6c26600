"""pipeline.columns: as a plain loop over the values would have it."""

import pickle

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.pipeline import columns
from facecluster.pipeline.columns import one_array, rows_alone, rows_among, rows_each_once

WORDS = st.lists(st.sampled_from(["", "a", "aa", "b", "ä", "z"]), max_size=12)


@pytest.mark.parametrize("parts", [[], [["a"]], [["a", "b"], [], ["c"]]])
def test_a_column_is_one_array(parts):
    column = pa.chunked_array(parts, pa.string())
    assert one_array(column).to_pylist() == [value for part in parts for value in part]


def test_a_column_of_one_part_is_not_copied():
    part = pa.array(["a", "b"])
    assert one_array(pa.chunked_array([part])).buffers()[2].address == part.buffers()[2].address


@given(WORDS)
def test_each_value_comes_once_in_order_with_its_first_row(values):
    rows = rows_each_once(pa.array(values, pa.string())).to_pylist()
    assert [values[row] for row in rows] == sorted(set(values))
    assert rows == [values.index(value) for value in sorted(set(values))]


@given(asked=WORDS, among=st.lists(st.sampled_from(["a", "b", "c", "z"]), unique=True), at_once=st.integers(1, 5))
def test_values_are_found_however_many_are_looked_at_at_once(asked, among, at_once):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "VALUES_AT_ONCE", at_once)
        found = rows_among(pa.array(asked, pa.string()), pa.chunked_array([among[:2], among[2:]], pa.string()))
    assert found.to_pylist() == [among.index(value) if value in among else None for value in asked]


def test_rows_that_are_not_there_take_nothing():
    rows = rows_among(pa.array(["a", "x"]), pa.chunked_array([["a"]]))
    assert pa.array(np.array([7])).take(rows).to_pylist() == [7, None]


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 5), (8, 12), (9, 10)])
def test_some_rows_of_a_table_are_sent_without_the_others(start, end):
    table = pa.table({"name": ["x" * 1000] * 10, "number": list(range(10))})
    rows = rows_alone(table, start, end)
    assert rows.equals(table.slice(start, end - start))
    assert len(pickle.dumps(rows)) < 2000 + 1000 * len(rows)
