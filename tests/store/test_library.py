import json
import os
import stat
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from facecluster.errors import LibraryError, PackMismatchError
from facecluster.schemas import PHOTOS, SCAN, faces_schema
from facecluster.store import library as library_module
from facecluster.store.library import create_library, open_library, open_or_create_library
from facecluster.store.records import PackIdentity
from facecluster.store.work import Saved

PACK = PackIdentity("test", "a" * 64, 4, 0.1, 0.1, 0.6, "none")
EMPTY_PHOTOS, EMPTY_FACES, EMPTY_SCAN = PHOTOS.empty_table(), faces_schema(4).empty_table(), SCAN.empty_table()


@pytest.fixture
def library(tmp_path):
    return create_library(tmp_path / "library", PACK)


def _faces(n):
    columns = {
        "face_id": [f"face{i}" for i in range(n)],
        "photo_hash": ["hash"] * n,
        "x0": [0.0] * n, "y0": [0.0] * n, "x1": [1.0] * n, "y1": [1.0] * n,
        "landmarks": [[0.0] * 10] * n,
        "score": [0.5] * n,
        "quality": [0.5] * n,
        "embedding": [np.array([1, 0, 0, 0], np.float16)] * n,
        "thumbnail": [b"jpeg"] * n,
    }  # fmt: skip
    return pa.table(columns, faces_schema(4))


def test_a_library_is_what_was_created(library):
    assert open_library(library.folder).identity == library.identity
    assert library.identity.pack == PACK


def test_creating_a_library_twice_opens_the_first(library):
    assert open_or_create_library(library.folder, PACK).identity.id == library.identity.id


def test_another_pack_is_refused_with_the_way_out(library):
    other = PackIdentity("other", "b" * 64, 4, 0.1, 0.1, 0.6, "none")
    with pytest.raises(PackMismatchError, match=r"made with the pack 'test'.*--pack test.*--library"):
        open_or_create_library(library.folder, other)


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(LibraryError, match="not empty"):
        create_library(tmp_path, PACK)
    with pytest.raises(LibraryError, match="is a file"):
        create_library(tmp_path / "letter.txt", PACK)
    assert os.listdir(tmp_path) == ["letter.txt"]


def test_a_missing_library_says_how_to_make_one(tmp_path):
    with pytest.raises(LibraryError, match="facecluster run ARCHIVE"):
        open_library(tmp_path)


def test_a_newer_format_is_refused(library):
    path = library.folder / "library.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format_version": 99}))
    with pytest.raises(LibraryError, match="has format 99, this facecluster reads format 1"):
        open_library(library.folder)


def test_a_shard_exists_from_its_commit_on(library, monkeypatch):
    commit = library.add_shard("000001-a", EMPTY_PHOTOS, _faces(3), "print", "decoder")
    assert library.commits() == [commit]
    assert library.faces(commit, ["face_id"]).num_rows == 3
    assert library.face_rows(commit, np.array([2, 0]), ["face_id"])["face_id"].to_pylist() == ["face2", "face0"]
    folder = library.folder / "index" / "000001-b"
    folder.mkdir()
    (folder / "photos.parquet").write_bytes(b"half a file")
    assert library.commits() == [commit]


def test_a_shard_is_committed_once(library):
    library.add_shard("000001-a", EMPTY_PHOTOS, _faces(1), "print", "decoder")
    with pytest.raises(FileExistsError):
        library.add_shard("000001-a", EMPTY_PHOTOS, _faces(2), "print", "decoder")
    assert library.commits()[0].faces.rows == 1


def test_tables_are_plain_parquet_with_float16_vectors(library):
    library.add_shard("000001-a", EMPTY_PHOTOS, _faces(2), "print", "decoder")
    frame = pd.read_parquet(library.folder / "index" / "000001-a" / "faces.parquet")
    assert frame["embedding"][0].dtype == np.float16
    assert frame["face_id"].tolist() == ["face0", "face1"]


def test_a_flipped_bit_is_noticed(library):
    commit = library.add_shard("000001-a", EMPTY_PHOTOS, _faces(50), "print", "decoder")
    path = library.folder / "index" / "000001-a" / "faces.parquet"
    data = bytearray(path.read_bytes())
    for position in range(0, len(data), 7):
        damaged = data.copy()
        damaged[position] ^= 0x10
        path.write_bytes(damaged)
        try:
            table = library.faces(commit, faces_schema(4).names)
        except LibraryError:
            continue
        assert table.equals(_faces(50)), f"byte {position} changed and the table with it, unnoticed"


def test_scans_are_numbered_and_old_ones_dropped(library):
    for number in range(1, 5):
        assert library.add_scan(EMPTY_SCAN, "/photos", "print", "now").number == number
    assert library.latest_scan().number == 4
    assert sorted(path.name for path in (library.folder / "scans").iterdir()) == ["000003", "000004"]


def test_a_scan_that_was_cut_short_does_not_count(library):
    library.add_scan(EMPTY_SCAN, "/photos", "print", "now")
    (library.folder / "scans" / "000002").mkdir()
    assert library.latest_scan().number == 1
    assert library.add_scan(EMPTY_SCAN, "/photos", "print", "now").number == 3


def test_the_newest_calibration_counts(library):
    assert library.calibration() is None
    measured = {"measured_at": "now", "source": "labels.csv"}
    for number, median in enumerate((0.1, 0.2), 1):
        added = library.add_calibration(**measured, impostor_median=median, impostor_sd=0.09, genuine_median=0.6)
        assert library.calibration() == added
        assert (added.number, added.impostor_median) == (number, median)
    assert sorted(os.listdir(library.folder / "calibration")) == ["000001.json", "000002.json"]


def test_a_calibration_that_is_not_ours_is_refused(library):
    (library.folder / "calibration").mkdir()
    (library.folder / "calibration" / "000001.json").write_text('{"threshold": 0.5}')
    with pytest.raises(LibraryError, match="calibration"):
        library.calibration()


def test_uncommitted_shards_are_swept_when_they_are_a_day_old(library):
    library.add_shard("000001-a", EMPTY_PHOTOS, EMPTY_FACES, "print", "decoder")
    for name in ("000001-old", "000001-young"):
        (library.folder / "index" / name).mkdir()
    old = library_module.time.time() - library_module.GARBAGE_SECONDS - 60
    for name in ("000001-old", "000001-a"):
        os.utime(library.folder / "index" / name, (old, old))
    assert library.sweep() == 1
    assert sorted(path.name for path in (library.folder / "index").iterdir()) == ["000001-a", "000001-young"]


def test_saved_work_is_swept_when_it_is_a_day_old(library):
    library.work.save("old", "key", Saved(0, []))
    library.work.save("young", "key", Saved(0, []))
    old = library_module.time.time() - library_module.GARBAGE_SECONDS - 60
    os.utime(library.folder / "work" / "old", (old, old))
    library.sweep()
    assert os.listdir(library.folder / "work") == ["young"]


def test_a_second_writer_is_told_so(library):
    script = (
        "import sys; from pathlib import Path; from facecluster.store.library import open_library\n"
        "with open_library(Path(sys.argv[1])).locked(): pass"
    )
    command = [sys.executable, "-c", script, str(library.folder)]
    with library.locked():
        second = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "Another facecluster is writing" in second.stderr
    assert subprocess.run(command, check=False).returncode == 0


def test_everything_is_private(library):
    library.add_shard("000001-a", EMPTY_PHOTOS, _faces(1), "print", "decoder")
    with library.locked():
        for path in library.folder.rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_record_of_another_form_is_refused_with_a_sentence(library):
    library.add_scan(EMPTY_SCAN, "/photos", "print", "now")
    path = library.folder / "scans" / "000001" / "scan.json"
    record = json.loads(path.read_text())
    del record["listing"]
    path.write_text(json.dumps(record))
    with pytest.raises(LibraryError, match=r"scan\.json of this library is not one of ours"):
        library.latest_scan()
