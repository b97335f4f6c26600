import json
import shutil


def test_grouping_twice_makes_one_run(facecluster, demo_library):
    first = json.loads(facecluster("cluster", "--library", demo_library, "--json").out)
    assert first["run"] == json.loads(facecluster("cluster", "--library", demo_library, "--json").out)["run"] | {
        "seconds": first["run"]["seconds"]
    }
    assert first["run"]["fresh"] is False
    assert "(run 1, as before)" in facecluster("cluster", "--library", demo_library).out


def test_other_settings_make_another_run(facecluster, demo_library, tmp_path):
    library = shutil.copytree(demo_library, tmp_path / "library")
    (tmp_path / "large.yaml").write_text("cluster: {min_cluster_size: 9}\n")
    ended = facecluster("cluster", "--library", library, "--config", "large.yaml")
    assert "0 people" in ended.out
    assert "(run 2)" in ended.out
    assert "Grouping" in ended.err


def test_an_empty_library_says_what_to_do(facecluster):
    ended = facecluster("cluster")
    assert ended.code == 1
    assert "facecluster run ARCHIVE" in ended.err
