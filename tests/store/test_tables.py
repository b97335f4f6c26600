import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from facecluster.errors import LibraryError
from facecluster.schemas import PHOTOS, SCAN, faces_schema
from facecluster.store.tables import check_file, create_tables, describe_file, read_table, table_to_bytes


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
