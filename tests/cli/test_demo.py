import json

from facecluster.cli.demo import _is_demo


def test_the_demo_shows_each_person_once(facecluster, tmp_path):
    ended = facecluster("demo", "--json")
    assert ended.code == 0
    record = json.loads(ended.out)
    assert record["library"] == f"{tmp_path}/facecluster-demo"
    assert record["numbers"]["photos"] == 13
    assert record["numbers"]["people"] == 4
    assert record["numbers"]["alone"] == 0
    again = facecluster("demo")
    assert "nothing: every photo is known from before" in again.out


def test_a_library_of_something_else_is_not_the_demos(demo_library, tmp_path):
    assert _is_demo(demo_library)
    assert not _is_demo(tmp_path)
