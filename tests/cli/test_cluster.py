import json
import shutil

import pyarrow as pa

from facecluster.pipeline import graph
from facecluster.schemas import faces_schema
from facecluster.store.library import open_library


def test_grouping_twice_makes_one_run(facecluster, demo_library):
    first = json.loads(facecluster("cluster", "--library", demo_library, "--json").out)
    assert first["run"] == json.loads(facecluster("cluster", "--library", demo_library, "--json").out)["run"] | {
        "seconds": first["run"]["seconds"]
    }
    assert first["run"]["fresh"] is False
    assert "(run 1, as before)" in facecluster("cluster", "--library", demo_library).out


def test_all_faces_are_grouped_anew_when_asked(facecluster, demo_library, tmp_path):
    library = shutil.copytree(demo_library, tmp_path / "library")
    scan = open_library(library).latest_scan()
    listing = open_library(library).listing(scan)
    open_library(library).add_scan(listing.slice(1), scan.archive, scan.fingerprint, scan.listed_at)
    kinds = []
    for flags in ([], ["--full"], ["--full"]):
        run = json.loads(facecluster("cluster", "--library", library, "--json", *flags).out)["run"]
        kinds.append((run["kind"], run["fresh"], run["run"]))
    assert kinds == [("warm", True, 2), ("full", True, 3), ("full", False, 3)]


def test_other_settings_make_another_run(facecluster, demo_library, tmp_path):
    library = shutil.copytree(demo_library, tmp_path / "library")
    (tmp_path / "large.yaml").write_text("cluster: {min_cluster_size: 9}\n")
    ended = facecluster("cluster", "--library", library, "--config", "large.yaml")
    assert "0 people" in ended.out
    assert "(run 2)" in ended.out
    assert "Grouping" in ended.err


def test_a_small_library_asks_nothing_of_the_cluster_that_is_named(facecluster, demo_library, tmp_path):
    library = shutil.copytree(demo_library, tmp_path / "library")
    shutil.rmtree(library / "runs")
    ended = facecluster(
        "cluster", "--library", library, "--runner", "ray", "--address", "127.0.0.1:1", "--workers", "3"
    )
    assert ended.code == 0
    assert "(run 1)" in ended.out


def test_a_cluster_is_for_ray_alone(facecluster, demo_library):
    ended = facecluster("cluster", "--library", demo_library, "--address", "127.0.0.1:1")
    assert ended.code == 2
    assert "--runner ray" in ended.err


def test_a_large_library_is_shown_how_far_it_is(facecluster, demo_library, tmp_path, monkeypatch):
    library = shutil.copytree(demo_library, tmp_path / "library")
    shutil.rmtree(library / "runs")
    shutil.rmtree(library / "graph")
    monkeypatch.setattr(graph, "SMALL_PAIRS", 0)
    lines = facecluster("cluster", "--library", library).err.splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["Million pairs 1 of 1", "Telling people apart"]


def test_a_broken_vector_is_told_with_its_shard(facecluster, demo_library, tmp_path):
    library = open_library(shutil.copytree(demo_library, tmp_path / "library"))
    commit = library.commits()[0]
    photos, faces = library.photos(commit), library.faces(commit, faces_schema(128).names)
    field = faces.schema.field("embedding")
    broken = pa.array([[float("nan")] * 128] * len(faces), field.type)
    faces = faces.set_column(faces.column_names.index("embedding"), field, broken)
    shutil.rmtree(library.folder / "index" / commit.shard)
    library.add_shard(commit.shard, photos, faces, commit.fingerprint, commit.decoder)
    ended = facecluster("cluster", "--library", library.folder)
    assert ended.code == 1
    assert f"facecluster: The shard {commit.shard} of {library.folder} is damaged: " in ended.err


def test_an_empty_library_says_what_to_do(facecluster):
    ended = facecluster("cluster")
    assert ended.code == 1
    assert "facecluster run ARCHIVE" in ended.err
