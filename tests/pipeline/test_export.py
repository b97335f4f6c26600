import csv
import io
import json

import numpy as np
import pyarrow as pa
import pytest

from facecluster.errors import LibraryError, UsageError
from facecluster.people.statements import Ignore, Name, NotAFace
from facecluster.pipeline.export import FACES_EXPORT, PHOTOS_EXPORT, VANISHED, export_faces, export_photos
from facecluster.schemas import CLUSTERS
from facecluster.store.library import create_library, open_library
from facecluster.store.spread import csv_bytes, json_bytes
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, SHORT, add_names, named, people_library, told
from tests.pipeline.small_library import PACK, small_library


def test_the_columns_are_a_promise():
    assert FACES_EXPORT.names == [
        "photo_path",
        "photo_hash",
        "face_id",
        "x0",
        "y0",
        "x1",
        "y1",
        "score",
        "quality",
        "cluster_id",
        "strength",
        "person",
        "provenance",
        "probability",
    ]
    assert PHOTOS_EXPORT.names == ["photo_path", "photo_hash", "status", "reason", "n_faces"]
    assert FACES_EXPORT.field("cluster_id").type == pa.int32()


def test_a_row_a_face_by_photo(tmp_path):
    faces = export_faces(small_library(tmp_path))
    assert faces.schema == FACES_EXPORT
    assert faces["photo_path"].to_pylist() == ["a.jpg", "a.jpg", "b.jpg"], "of copies the first path, no second row"
    assert faces["face_id"].to_pylist() == ["hash-a-1", "hash-a-2", "hash-b-1"]
    assert faces["cluster_id"].to_pylist() == [0, None, 0]
    assert faces["strength"].to_pylist() == pytest.approx([1.0, 0.0, 0.5])
    assert {*faces["person"].to_pylist(), *faces["provenance"].to_pylist(), *faces["probability"].to_pylist()} == {None}


def test_numbers_have_sensible_digits(tmp_path):
    faces = export_faces(small_library(tmp_path))
    assert faces["x0"].to_pylist() == [float(np.float32(10.12))] * 3
    assert faces["score"].to_pylist() == [float(np.float32(0.9877))] * 3


def test_faces_that_no_run_has_seen_have_no_cluster(tmp_path):
    faces = export_faces(small_library(tmp_path, clusters=CLUSTERS.empty_table()))
    assert faces["cluster_id"].null_count == faces["strength"].null_count == 3
    assert export_faces(small_library(tmp_path / "never", clusters=None))["cluster_id"].null_count == 3


def test_a_row_a_photo_file_gone_ones_too(tmp_path):
    photos = export_photos(small_library(tmp_path))
    assert photos.schema == PHOTOS_EXPORT
    rows = {row["photo_path"]: row for row in photos.to_pylist()}
    assert list(rows) == ["a.jpg", "b.jpg", "broken.jpg", "copy-of-a.jpg", "empty-room.jpg", "gone.jpg"]
    assert [row["status"] for row in rows.values()] == ["ok", "ok", "error", "ok", "no_face", VANISHED]
    assert rows["broken.jpg"] == {
        "photo_path": "broken.jpg",
        "photo_hash": None,
        "status": "error",
        "reason": "corrupt: cut short",
        "n_faces": 0,
    }


def test_an_empty_library_says_how_to_fill_it(tmp_path):
    create_library(tmp_path / "empty", PACK)
    for export in (export_faces, export_photos):
        with pytest.raises(LibraryError, match="facecluster run ARCHIVE"):
            export(open_library(tmp_path / "empty"))


def test_people_who_says_so_and_how_probable(tmp_path):
    library = people_library(tmp_path)
    named(library, ANNA, "Anna", "a1")
    told(library, Name(BERTA, (FACE["b1"],), "Berta"), provenance="imported")
    told(library, Ignore(CARL, (FACE["c1"],)), NotAFace((FACE["d1"],)))
    add_names(library, ("a2", ANNA, 0.99949, True), ("a3", ANNA, 0.6, False), ("d1", ANNA, 0.9, True))
    rows = {SHORT[row["face_id"]]: row for row in export_faces(library).to_pylist()}
    shown = {face: (row["person"], row["provenance"], row["probability"]) for face, row in rows.items()}
    assert shown == {
        "a1": ("Anna", "human", 1),
        "a2": ("Anna", "automatic", pytest.approx(0.9995)),
        "a3": ("Anna", "proposed", pytest.approx(0.6)),
        "b1": ("Berta", "imported", 1),
        "c1": (None, "human", 1),
        **dict.fromkeys(("b2", "b3", "c2", "d1", "e1"), (None, None, None)),
    }


FORMULAS = ["=cmd|' /C calc'!A1", "+1", "@SUM(A1)", "-x"]
HOSTILE_NAMES = [*FORMULAS, "<script>alert(1)</script>", "../../x", "مريم العذراء", 'a"b,c', "n" * 200]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_harms_who_reads_it(name, tmp_path):
    library = people_library(tmp_path)
    named(library, ANNA, name, "a1")
    table = export_faces(library)
    (row,) = [row for row in json.loads(json_bytes(table)) if row["person"]]
    assert row["person"] == name
    (cells,) = [cells for cells in csv.DictReader(io.StringIO(csv_bytes(table).decode())) if cells["person"]]
    assert cells["person"].removeprefix("'") == name
    assert cells["person"][0] not in "=+-@"
    assert table.schema == FACES_EXPORT


def test_a_name_with_a_line_break_is_refused_before_any_export(tmp_path):
    with pytest.raises(UsageError, match="a control character"):
        named(people_library(tmp_path), ANNA, "a\nb", "a1")
