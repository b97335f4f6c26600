import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from facecluster.errors import LibraryError
from facecluster.schemas import PHOTOS, SCAN, faces_schema
from facecluster.store.tables import read_table, table_to_bytes


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
def path(table, tmp_path):
    path = tmp_path / "table.parquet"
    path.write_bytes(table_to_bytes(table))
    return path


def test_a_table_comes_back(table, path):
    assert read_table(path).equals(table)
    assert read_table(path, ["face_id"]).equals(table.select(["face_id"]))


@pytest.mark.parametrize("schema", [SCAN, PHOTOS, faces_schema(3)], ids=["scan", "photos", "faces"])
def test_empty_tables_keep_their_schema(schema, tmp_path):
    (tmp_path / "empty.parquet").write_bytes(table_to_bytes(schema.empty_table()))
    found = read_table(tmp_path / "empty.parquet").schema
    assert found.names == schema.names
    assert found.metadata[b"table"] == schema.metadata[b"table"]


def test_pictures_are_not_compressed_twice(path):
    group = pq.ParquetFile(path).metadata.row_group(0)
    assert [group.column(i).compression for i in range(2)] == ["ZSTD", "UNCOMPRESSED"]


def test_damage_is_found_and_named(table, path):
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle] ^= 1
    path.write_bytes(data)
    with pytest.raises(LibraryError, match=r"table\.parquet is damaged .*run again"):
        read_table(path)


@pytest.mark.parametrize("data", [None, b"", b"PAR1", b"not parquet at all" * 10])
def test_what_is_no_parquet_file_is_an_error_of_the_library(data, path):
    path.unlink() if data is None else path.write_bytes(data)
    with pytest.raises(LibraryError, match="is damaged"):
        read_table(path)


def test_a_folder_named_like_a_partition_adds_no_column(table, tmp_path):
    folder = tmp_path / "year=2020"
    folder.mkdir()
    (folder / "table.parquet").write_bytes(table_to_bytes(table))
    assert read_table(folder / "table.parquet").schema.names == table.schema.names
