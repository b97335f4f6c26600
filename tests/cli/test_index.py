import json

from facecluster.store.library import open_library


def test_the_steps_one_by_one_give_what_the_main_job_gives(facecluster, demo_album, demo_library, tmp_path):
    ended = facecluster("index", demo_album, "--library", "library", "--workers", "1", "--include", "collins-*")
    assert ended.code == 0
    assert "`facecluster cluster` groups them" in ended.out
    ended = facecluster("index", demo_album, "--library", "library", "--workers", "1", "--json", "--strict")
    assert ended.code == 0
    record = json.loads(ended.out)
    assert record["index"]["listed"] == 13
    assert record["index"]["already"] + record["index"]["indexed"] == 13
    assert "none yet" in facecluster("status", "--library", "library").out
    grouped = json.loads(facecluster("cluster", "--library", "library", "--json").out)
    expected = open_library(demo_library).run_record(1)
    assert {name: grouped["run"][name] for name in ("faces", "clusters", "alone")} == {
        name: expected[name] for name in ("faces", "clusters", "alone")
    }
