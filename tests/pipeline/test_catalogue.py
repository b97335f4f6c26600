import re
import shutil

import numpy as np
import pyarrow as pa
import pytest

from facecluster.errors import LibraryError, PhotoError, PhotoFault
from facecluster.pipeline.catalogue import (
    calibration_of_pack,
    census_of,
    clustered_faces,
    embeddings_of,
    faces_of,
    latest_scan,
    placed_faces,
    prior_of,
    seen_faces_of,
    shards_of,
    vectors_at,
    vectors_of_faces,
)
from facecluster.pipeline.plan import listing_table
from facecluster.pipeline.rows import FaceRow, PhotoRow, faces_table, failed_row, photos_table
from facecluster.schemas import CLUSTERS, SUGGESTIONS, TREE, faces_schema
from facecluster.store.archive import Listing, PhotoFile
from facecluster.store.library import PackIdentity, RunTables, create_library
from facecluster.store.records import Commit, create_record
from facecluster.store.tables import create_tables, read_table
from tests.pipeline.small_library import FACES, small_library
from tests.pipeline.unseen_faces import add_unseen

PACK = PackIdentity("test", "a" * 64, 2, 0.1, 0.1, 0.6, "none")
UNITS = np.eye(2, dtype=np.float32)
A, B, COPY_OF_A = PhotoFile("a.jpg", 1, 1), PhotoFile("b.jpg", 2, 1), PhotoFile("copy.jpg", 1, 1)


@pytest.fixture
def library(tmp_path):
    return create_library(tmp_path / "library", PACK)


def scan(library, *files, prints="p"):
    table = listing_table(Listing(list(files), [], 0, 0, 0), None)
    return library.add_scan(table, "/photos", prints, "2026-01-01T00:00:00+00:00")


def ok(file, photo_hash, n_faces=1):
    return PhotoRow(*file, photo_hash, 9, 9, 9, 9, 1, None, "ok", None, n_faces)


def face(name, photo_hash):
    return FaceRow(name, photo_hash, (0, 0, 9, 9), np.zeros((5, 2), np.float32), 0.9, 0.5, b"jpeg")


def add(library, shard, rows, faces=(), prints="p", decoder="d", vectors=UNITS):
    vectors = np.concatenate([vectors] * len(faces) or [vectors])[: len(faces)]
    library.add_shard(shard, photos_table(rows), faces_table(faces, vectors), prints, decoder)


def current(library, listed):
    return census_of(library, library.listing(listed), listed.fingerprint).current


def test_an_empty_library_says_what_to_do(library):
    with pytest.raises(LibraryError, match="facecluster run ARCHIVE"):
        latest_scan(library)


def test_only_commits_of_the_same_fingerprint_count(library):
    listed = scan(library, A, B)
    add(library, "1", [ok(A, "ha")], [face("fa", "ha")], prints="old")
    add(library, "2", [ok(B, "hb")], [face("fb", "hb")])
    assert current(library, listed)["path"].tolist() == ["b.jpg"]
    assert faces_of(library, listed, current(library, listed), [])["face_id"].to_pylist() == ["fb"]


def test_what_was_never_committed_is_not_there(library):
    listed = scan(library, A, B)
    add(library, "1", [ok(A, "ha")], [face("fa", "ha")])
    add(library, "2", [ok(B, "hb")], [face("fb", "hb")])
    (library.folder / "index" / "2" / "commit.json").unlink()
    assert current(library, listed)["path"].tolist() == ["a.jpg"]
    assert len(faces_of(library, listed, current(library, listed), [])) == 1


def test_faces_seen_twice_count_once(library):
    listed = scan(library, A)
    add(library, "1", [ok(A, "ha")], [face("fa", "ha"), face("fb", "ha")])
    add(library, "2", [ok(A, "ha")], [face("fb", "ha"), face("fa", "ha")])
    faces = faces_of(library, listed, current(library, listed), ["embedding"])
    assert faces["face_id"].to_pylist() == ["fa", "fb"]
    np.testing.assert_array_equal(embeddings_of(faces), [[1, 0], [0, 1]])


@pytest.mark.parametrize("found", ["nan", "inf", "0", "2"])
def test_a_shard_with_a_vector_that_is_none_is_named_with_the_way_out(library, found):
    listed = scan(library, A, B)
    add(library, "000001-good", [ok(A, "ha")], [face("fa", "ha")])
    broken = np.array([[0, 1], [float(found), 0]], np.float32)
    add(library, "000001-bad", [ok(B, "hb")], [face("fb", "hb"), face("fc", "hb")], vectors=broken)
    photos = current(library, listed)
    folder = library.folder / "index" / "000001-bad"
    wanted = (
        rf"^The shard 000001-bad .* length 1, found {found} at face fc\. Delete {re.escape(str(folder))}, then index"
    )
    with pytest.raises(LibraryError, match=wanted):
        faces_of(library, listed, photos, ["embedding"])
    assert len(faces_of(library, listed, photos, ["quality"])) == 3, "who reads no vectors is not held up"
    shutil.rmtree(folder)
    again = census_of(library, library.listing(listed), listed.fingerprint)
    assert again.pending["path"].tolist() == ["b.jpg"]
    assert faces_of(library, listed, again.current, ["embedding"])["face_id"].to_pylist() == ["fa"]


def test_a_broken_vector_of_a_photo_that_is_gone_holds_nobody_up(library):
    scan(library, A, B)
    add(library, "1", [ok(A, "ha"), ok(B, "hb")], [face("fa", "ha"), face("fb", "hb")], vectors=np.zeros((1, 2), "f"))
    listed = scan(library)
    assert len(faces_of(library, listed, current(library, listed), ["embedding"])) == 0


def test_faces_of_photos_that_are_gone_do_not_count(library):
    scan(library, A, B)
    add(library, "1", [ok(A, "ha"), ok(B, "hb")], [face("fa", "ha"), face("fb", "hb")])
    listed = scan(library, B)
    assert faces_of(library, listed, current(library, listed), [])["face_id"].to_pylist() == ["fb"]


def test_no_faces_are_an_empty_table(library):
    listed = scan(library, A)
    add(library, "1", [failed_row(A, None, PhotoError(PhotoFault.UNREADABLE))])
    faces = faces_of(library, listed, current(library, listed), ["embedding", "quality"])
    assert faces.column_names == ["face_id", "photo_hash", "embedding", "quality"]
    assert embeddings_of(faces).shape == (0, 2)
    assert len(clustered_faces(library, listed, current(library, listed), ["score"])) == 0


def test_faces_have_the_cluster_of_the_newest_run_and_the_first_path_of_their_photo(library):
    listed = scan(library, A, B, COPY_OF_A)
    rows = [ok(COPY_OF_A, "ha"), ok(A, "ha"), ok(B, "hb")]
    add(library, "1", rows, [face("fa", "ha"), face("fb", "hb"), face("new", "hb")])
    for clusters in ([3, 3], [0, None]):
        unknown = [None, None]
        columns = [["fa", "fb"], clusters, [1.0, 0.5], unknown, unknown, [0.0, 0.0], unknown, unknown]
        tables = RunTables(pa.table(columns, CLUSTERS), TREE.empty_table(), SUGGESTIONS.empty_table())
        library.add_run(tables, {})
    faces = clustered_faces(library, listed, current(library, listed), ["score"]).set_index("face_id")
    assert faces["photo_path"].to_dict() == {"fa": "a.jpg", "fb": "b.jpg", "new": "b.jpg"}
    assert faces["cluster_id"].isna().to_dict() == {"fa": False, "fb": True, "new": True}
    assert faces.loc["fa", "cluster_id"] == 0


def test_faces_without_any_run_have_no_cluster(library):
    listed = scan(library, A)
    add(library, "1", [ok(A, "ha")], [face("fa", "ha")])
    assert clustered_faces(library, listed, current(library, listed), [])["cluster_id"].isna().all()


def test_vectors_of_some_faces_are_each_there_once_by_face_id(library):
    listed = scan(library, A, B)
    add(library, "1", [ok(A, "ha"), ok(B, "hb")], [face("fb", "hb"), face("fa", "ha")])
    add(library, "2", [ok(A, "ha")], [face("fa", "ha")])
    ids, vectors = vectors_of_faces(library, listed, ["fb", "fa", "missing"])
    assert ids == ["fa", "fb"]
    table = faces_of(library, listed, current(library, listed), ["embedding"])
    np.testing.assert_array_equal(vectors, embeddings_of(table))
    ids, vectors = vectors_of_faces(library, listed, [])
    assert (ids, vectors.shape) == ([], (0, 2))


def test_what_was_measured_last_stands_in_place_of_the_packs_word(library):
    assert prior_of(library) == calibration_of_pack(library) == (0.1, 0.1, 0.6)
    for median in (0.2, 0.3):
        measured = {"impostor_median": median, "impostor_sd": 0.05, "genuine_median": 0.7}
        library.add_calibration(**measured, measured_at="now", source="labels.csv")
    assert prior_of(library) == (0.3, 0.05, 0.7)
    assert calibration_of_pack(library) == (0.1, 0.1, 0.6)


def test_each_face_says_where_in_the_library_it_lies(library):
    listed = scan(library, A, B)
    add(library, "1", [ok(A, "ha"), ok(B, "hb")], [face("fb", "hb"), face("fa", "ha")])
    add(library, "2", [failed_row(A, None, PhotoError(PhotoFault.UNREADABLE))])
    add(library, "3", [ok(A, "ha")], [face("fc", "ha"), face("fa", "ha")])
    shards = shards_of(library, listed)
    faces = placed_faces(library, shards, pa.array(["hb", "ha"]), ["quality"])
    assert [commit.shard for commit in shards] == ["1", "2", "3"]
    lies = [library.faces(shards[shard], ["face_id"])["face_id"][place].as_py() for shard, place in places_in(faces)]
    assert lies == faces["face_id"].to_pylist()
    assert places_in(faces) == [(0, 1), (0, 0), (2, 0)], "of a face that is there twice, the first"
    assert faces["photo"].to_pylist() == [1, 0, 1]


def places_in(faces):
    assert faces.column_names == ["face_id", "quality", "shard", "place", "photo"]
    return list(zip(faces["shard"].to_pylist(), faces["place"].to_pylist(), strict=True))


@pytest.mark.parametrize("wanted", [[], [2], [2, 0, 1, 0]])
def test_vectors_by_where_faces_lie_are_those_by_their_names(library, wanted):
    listed = scan(library, A, B)
    add(library, "1", [ok(B, "hb")], [face("fb", "hb"), face("fc", "hb")])
    add(library, "2", [ok(A, "ha")], [face("fa", "ha")], vectors=np.array([[0.6, 0.8]], np.float32))
    shards = shards_of(library, listed)
    faces = placed_faces(library, shards, pa.array(["ha", "hb"]), [])
    at, places = (faces[name].to_numpy()[wanted] for name in ("shard", "place"))
    ids, vectors = vectors_of_faces(library, listed, faces["face_id"].to_pylist())
    assert ids == faces["face_id"].to_pylist()
    np.testing.assert_array_equal(vectors_at(library, shards, at, places), vectors[wanted])


def test_unseen_faces_have_no_vector_beside_those_that_have(tmp_path):
    library = small_library(tmp_path)
    scan = latest_scan(library)
    unseen = add_unseen(library, "empty-room.jpg")
    photos = current(library, scan)
    table = faces_of(library, scan, photos, ["embedding"])
    vectors = embeddings_of(table)
    assert sorted([*FACES, unseen]) == table["face_id"].to_pylist()
    row = table["face_id"].to_pylist().index(unseen)
    assert not vectors[row].any()
    np.testing.assert_array_equal(np.delete(vectors, row, axis=0), np.eye(4)[:3])
    assert seen_faces_of(library, scan, photos, ["score"])["face_id"].to_pylist() == FACES
    assert seen_faces_of(library, scan, photos, ["embedding"])["embedding"].null_count == 0
    ids, some = vectors_of_faces(library, scan, [unseen, FACES[1]])
    assert ids == [FACES[1]]
    np.testing.assert_array_equal(some, np.eye(4)[1:2])
    newest = photos.set_index("path").loc["empty-room.jpg"]
    assert (newest["status"], newest["n_faces"]) == ("ok", 1)


def test_faces_are_read_as_they_are_now_from_tables_that_knew_no_unseen_ones(tmp_path):
    library = small_library(tmp_path)
    (commit,) = library.commits()
    now = faces_schema(4)
    then = pa.schema([field.with_nullable(False) for field in now])
    folder = library.folder / "index" / "000002-old"
    old = pa.table(library.faces(commit, now.names).columns, then)
    files = create_tables(folder, {"photos.parquet": library.photos(commit), "faces.parquet": old})
    create_record(folder / "commit.json", Commit("000002-old", "print", "decoder", *files))
    assert not read_table(folder, files[1]).schema.field("embedding").nullable
    *_, known = library.commits()
    assert library.faces(known, ["embedding"]).schema.field("embedding").nullable
    assert library.face_rows(known, np.array([1]), ["face_id", "embedding"]).schema.field("embedding").nullable
    assert library.faces(known, now.names).equals(library.faces(commit, now.names))
    add_unseen(library, "b.jpg")
    scan = latest_scan(library)
    assert len(faces_of(library, scan, current(library, scan), ["embedding", "landmarks"])) == 4
