import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import LibraryError
from facecluster.schemas import PHOTOS, SCAN, faces_schema
from facecluster.store.tables import check_file, create_tables, describe_file, read_rows, read_table, table_to_bytes


@pytest.fixture
def table():
    vectors = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float16)
    columns = {
        "face_id": [f"face-{i}" for i in range(300)],
        "thumbnail": [bytes([i % 256]) * 50 for i in range(300)],
        "embedding": pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), 4),
    }
    return pa.table(columns)


@pytest.fixture
def written(table, tmp_path):
    """A folder and what is known of the file in it."""
    return tmp_path, write(tmp_path, table)


def write(folder, table):
    data = table_to_bytes(table)
    (folder / "table.parquet").write_bytes(data)
    return describe_file("table.parquet", table, data)


def test_a_table_comes_back(table, written):
    assert read_table(*written).equals(table)
    assert read_table(*written, ["face_id"]).equals(table.select(["face_id"]))


@pytest.mark.parametrize("schema", [SCAN, PHOTOS, faces_schema(3)], ids=["scan", "photos", "faces"])
def test_empty_tables_keep_their_schema(schema, tmp_path):
    known = write(tmp_path, schema.empty_table())
    found = read_table(tmp_path, known).schema
    assert found.names == schema.names
    assert found.metadata[b"table"] == schema.metadata[b"table"]


def test_everything_is_compressed(tmp_path, written):
    group = pq.ParquetFile(tmp_path / "table.parquet").metadata.row_group(0)
    assert {group.column(i).compression for i in range(group.num_columns)} == {"ZSTD"}


def test_every_flipped_bit_is_found_or_harmless(table, written):
    folder, known = written
    path = folder / known.name
    data = path.read_bytes()
    for position in range(0, len(data), 3):
        damaged = bytearray(data)
        damaged[position] ^= 1 << position % 8
        path.write_bytes(damaged)
        try:
            found = read_table(folder, known)
        except LibraryError:
            continue
        assert found.equals(table), f"byte {position} changed and the table with it, unnoticed"


def test_damage_is_named_with_its_remedy(written):
    folder, known = written
    path = folder / known.name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(LibraryError, match=r"table\.parquet is damaged \(expected [\d,]+ bytes, found .*run again"):
        read_table(folder, known)


@pytest.mark.parametrize("data", [None, b"", b"PAR1", b"not parquet at all" * 10])
def test_what_is_no_parquet_file_is_an_error_of_the_library(data, written):
    folder, known = written
    path = folder / known.name
    path.unlink() if data is None else path.write_bytes(data)
    with pytest.raises(LibraryError, match="is damaged"):
        read_table(folder, known)


def test_tables_are_written_with_what_is_to_be_known_of_them(table, tmp_path):
    files = create_tables(tmp_path / "new", {"one.parquet": table, "two.parquet": table.slice(0, 1)})
    assert [(file.name, file.rows) for file in files] == [("one.parquet", 300), ("two.parquet", 1)]
    for file in files:
        check_file(tmp_path / "new", file)
    assert read_table(tmp_path / "new", files[0]).equals(table)


def test_a_check_finds_every_flipped_bit(written):
    folder, known = written
    path = folder / known.name
    data = path.read_bytes()
    for position in range(0, len(data), 31):
        damaged = bytearray(data)
        damaged[position] ^= 1 << position % 8
        path.write_bytes(damaged)
        with pytest.raises(LibraryError, match=r"table\.parquet is damaged"):
            check_file(folder, known)
    path.unlink()
    with pytest.raises(LibraryError, match=r"table\.parquet is damaged"):
        check_file(folder, known)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A table of more than two groups of rows, and its file as `read_rows` wants it."""
    faces = pa.table(
        {"face_id": [f"face-{i}" for i in range(300)], "thumbnail": [bytes([i % 256]) for i in range(300)]}
    )
    folder = tmp_path_factory.mktemp("many")
    return faces, (folder, write(folder, faces))


@given(rows=st.lists(st.integers(0, 299), max_size=40))
def test_rows_come_in_the_order_asked_for(many, rows):
    table, file = many
    rows = np.array(rows, np.int64)
    assert read_rows(*file, rows, ["thumbnail", "face_id"]).equals(table.take(rows).select(["thumbnail", "face_id"]))


def test_rows_of_files_without_groups_are_read_too(table, tmp_path):
    pq.write_table(table, tmp_path / "table.parquet", write_page_checksum=True)
    known = describe_file("table.parquet", table, (tmp_path / "table.parquet").read_bytes())
    assert read_rows(tmp_path, known, np.array([299, 0]), ["face_id"]).equals(table.take([299, 0]).select(["face_id"]))


@pytest.mark.parametrize("rows", [[300], [-1], [0, 299, 1000]])
def test_rows_that_are_not_there_are_refused(many, rows):
    with pytest.raises(IndexError, match="expected rows from 0 to 299, found"):
        read_rows(*many[1], np.array(rows), ["face_id"])


def test_no_rows_of_an_empty_table(tmp_path):
    known = write(tmp_path, faces_schema(3).empty_table())
    assert read_rows(tmp_path, known, np.empty(0, np.int64), ["thumbnail"]).num_rows == 0
    with pytest.raises(IndexError):
        read_rows(tmp_path, known, np.array([0]), ["thumbnail"])


def test_few_groups_are_read_for_few_rows(table, written):
    folder, known = written
    path = folder / known.name
    groups = pq.ParquetFile(path).metadata
    assert [groups.row_group(place).num_rows for place in range(groups.num_row_groups)] == [128, 128, 44]
    pictures = groups.row_group(2).column(1)
    damaged = bytearray(path.read_bytes())
    damaged[pictures.data_page_offset + pictures.total_compressed_size - 2] ^= 1
    path.write_bytes(damaged)
    assert read_rows(folder, known, np.array([200, 3]), ["thumbnail"]).equals(
        table.take([200, 3]).select(["thumbnail"])
    )
    with pytest.raises(LibraryError, match="is damaged"):
        read_rows(folder, known, np.array([299]), ["thumbnail"])


def test_tables_without_pictures_stay_in_one_group(tmp_path):
    write(tmp_path, pa.table({"path": [f"{i}.jpg" for i in range(1000)]}))
    assert pq.ParquetFile(tmp_path / "table.parquet").num_row_groups == 1


def test_every_flipped_bit_is_found_or_harmless_to_rows(table, written):
    folder, known = written
    path = folder / known.name
    data = path.read_bytes()
    rows = np.array([299, 5])
    for position in range(0, len(data), 17):
        damaged = bytearray(data)
        damaged[position] ^= 1 << position % 8
        path.write_bytes(damaged)
        try:
            found = read_rows(folder, known, rows, table.column_names)
        except LibraryError:
            continue
        assert found.equals(table.take(rows)), f"byte {position} changed and the rows with it, unnoticed"
