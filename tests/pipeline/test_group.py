import numpy as np
import pytest

from facecluster.errors import LibraryError, StorageError
from facecluster.pipeline import graph
from facecluster.pipeline.group import group_library
from facecluster.pipeline.plan import listing_table
from facecluster.pipeline.rows import FaceRow, PhotoRow, faces_table, photos_table
from facecluster.settings import ClusterSettings, RunnerSettings
from facecluster.store.archive import Listing, PhotoFile
from facecluster.store.library import PackIdentity, create_library
from facecluster.store.work import Saved

DIMENSION = 128
PACK = PackIdentity("test", "a" * 64, DIMENSION, 0.0, 0.09, 0.65, "none")
SETTINGS = ClusterSettings()


def library_of(folder, people, seed=0):
    """A library in which each person has so many faces, which are alike, one a photo, in a shuffled order."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(len(people), DIMENSION))
    who = random.permutation(np.repeat(np.arange(len(people)), people))
    vectors = centres[who] + 0.5 * random.normal(size=(len(who), DIMENSION))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    files = [PhotoFile(f"{index:04}.jpg", index, 1) for index in range(len(who))]
    library = create_library(folder, PACK)
    add_scan(library, files)
    rows = [PhotoRow(*file, f"hash {file.path}", 9, 9, 9, 9, 1, None, "ok", None, 1) for file in files]
    faces = [
        FaceRow(f"face {file.path}", f"hash {file.path}", (0, 0, 9, 9), np.zeros((5, 2), np.float32), 0.9, 0.9, b"")
        for file in files
    ]
    library.add_shard("shard", photos_table(rows), faces_table(faces, vectors), "prints", "decoder")
    return library, files, who


def add_scan(library, files):
    library.add_scan(listing_table(Listing(files, [], 0, 0, 0), None), "/photos", "prints", "2026-01-01T00:00:00+00:00")


def test_the_faces_of_a_person_share_a_cluster(tmp_path):
    library, _, who = library_of(tmp_path / "library", [5, 4, 3])
    summary = group_library(library.folder, SETTINGS)
    assert (summary.run, summary.fresh, summary.faces, summary.clusters, summary.alone) == (1, True, 12, 3, 0)
    clusters = library.clusters(1).to_pandas().sort_values("face_id")["cluster_id"].to_numpy()
    np.testing.assert_array_equal(clusters[:, None] == clusters, who[:, None] == who)


@pytest.mark.parametrize("people", [[], [1], [1, 1], [2]])
def test_few_faces_are_a_run_too(people, tmp_path):
    library, _, who = library_of(tmp_path / "library", people)
    summary = group_library(library.folder, SETTINGS)
    assert (summary.faces, summary.clusters) == (len(who), sum(count > 1 for count in people))
    assert summary.alone == people.count(1)
    assert library.clusters(1).num_rows == len(who)


def test_the_same_faces_and_settings_need_no_new_run(tmp_path):
    library, _, _ = library_of(tmp_path / "library", [3, 3])
    first = group_library(library.folder, SETTINGS)
    second = group_library(library.folder, SETTINGS)
    assert not second.fresh
    assert (second.run, second.faces, second.clusters, second.alone) == (1, 6, 2, first.alone)
    assert library.run_numbers() == [1]


def test_other_settings_or_other_faces_are_another_run_with_the_last_as_parent(tmp_path):
    library, files, _ = library_of(tmp_path / "library", [3, 3])
    group_library(library.folder, SETTINGS)
    assert group_library(library.folder, ClusterSettings(min_quality=0.3)).run == 2
    add_scan(library, files[:5])
    fewer = group_library(library.folder, ClusterSettings(min_quality=0.3))
    assert (fewer.run, fewer.faces) == (3, 5)
    records = [library.run_record(number) for number in library.run_numbers()]
    assert [record["parent"] for record in records] == [None, 1, 2]
    assert records[2]["scan"] == 2
    assert records[1]["settings"]["min_quality"] == 0.3


def test_the_caller_is_told_how_many_faces_there_are_before_the_work(tmp_path):
    library, _, _ = library_of(tmp_path / "library", [2, 2])
    told = []
    group_library(library.folder, SETTINGS, on_faces=told.append)
    group_library(library.folder, SETTINGS, on_faces=told.append)
    assert told == [4], "nothing is clustered the second time"


def test_the_caller_is_told_of_the_pairs_of_a_large_library(tmp_path, monkeypatch):
    library, _, _ = library_of(tmp_path / "library", [2, 2])
    monkeypatch.setattr(graph, "SMALL_PAIRS", 6)
    told = []
    group_library(library.folder, SETTINGS, on_pairs=lambda done, total: told.append((done, total)))
    assert told == [(0, 6), (6, 6)]


def test_a_small_library_needs_no_cluster(tmp_path):
    library, _, _ = library_of(tmp_path / "library", [2, 2])
    nowhere = RunnerSettings(kind="ray", address="127.0.0.1:1")
    assert group_library(library.folder, SETTINGS, nowhere).clusters == 2


def test_what_was_saved_goes_when_the_run_is_committed_and_not_before(tmp_path, monkeypatch):
    library, _, _ = library_of(tmp_path / "library", [3, 3])
    monkeypatch.setattr(graph, "SMALL_PAIRS", 0)
    monkeypatch.setattr(graph, "SAVE_SECONDS", 0.0)

    def fail(*_):
        raise StorageError("The disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(type(library), "add_run", fail)
        with pytest.raises(StorageError):
            group_library(library.folder, SETTINGS)
    assert (library.work.folder / graph.SEARCH).exists()
    assert group_library(library.folder, SETTINGS).clusters == 2
    assert not library.work.folder.exists()


def test_what_a_kill_right_after_the_commit_leaves_goes_with_the_next_run(tmp_path):
    library, _, _ = library_of(tmp_path / "library", [2])
    group_library(library.folder, SETTINGS)
    library.work.save(graph.SEARCH, "key", Saved(1, []))
    assert not group_library(library.folder, SETTINGS).fresh
    assert not library.work.folder.exists()


def test_an_empty_library_is_refused(tmp_path):
    create_library(tmp_path / "library", PACK)
    with pytest.raises(LibraryError, match="still empty"):
        group_library(tmp_path / "library", SETTINGS)


def test_a_library_in_use_is_refused(tmp_path):
    library, _, _ = library_of(tmp_path / "library", [2])
    with library.locked(), pytest.raises(LibraryError, match="Another facecluster"):
        group_library(library.folder, SETTINGS)
    assert library.run_numbers() == []


def test_a_measured_calibration_takes_the_place_of_the_packs_and_is_told(tmp_path):
    library, _, _ = library_of(tmp_path / "library", [3, 3])
    group_library(library.folder, SETTINGS)
    measured = {"impostor_median": 0.05, "impostor_sd": 0.1, "genuine_median": 0.7}
    library.add_calibration(**measured, measured_at="now", source="labels.csv")
    assert group_library(library.folder, SETTINGS).run == 2
    assert not group_library(library.folder, SETTINGS).fresh
    told = [library.run_record(number)["calibration"] for number in (1, 2)]
    assert told == [{"impostor_median": 0.0, "impostor_sd": 0.09, "genuine_median": 0.65}, measured]


def test_a_run_of_an_earlier_facecluster_is_made_anew(tmp_path):
    library, _, _ = library_of(tmp_path / "library", [3, 3])
    folder = library.run_folder(1)
    folder.mkdir(parents=True)
    (folder / "run.json").write_text('{"run": 1, "inputs": "of old", "table": {}}')
    assert group_library(library.folder, SETTINGS).run == 2
    assert library.clusters(2).num_rows == 6
