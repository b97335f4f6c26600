"""pipeline.spreading_child: the process itself, from its arguments to what it tells."""

import json

import pytest

from facecluster.people.statements import Name
from facecluster.pipeline.review.spreading import _child
from facecluster.settings import NamesSettings
from tests.pipeline.asked_library import tell
from tests.pipeline.made_up_library import in_clusters


@pytest.fixture
def named(tmp_path):
    library, ids = in_clusters(tmp_path, (4,), [0] * 4)
    tell(library, Name("a" * 12, (ids[0],), "Ada"))
    return library


def told_by(folder, *, is_awaited=True):
    """What the process writes, and its status; or what it does when who started it is gone."""
    with _child(str(folder), NamesSettings().model_dump_json()) as child:
        if not is_awaited:
            child.stdin.close()
        told = child.stdout.read()
        return told, child.wait()


def test_it_tells_what_came_of_it(named, tmp_path):
    assert told_by(named.folder) == (b"{}", 0)
    assert named.names_numbers() == [1]
    with named.locked():
        assert told_by(named.folder) == (b'{"in_use": true}', 0)
    told, status = told_by(tmp_path / "none")
    assert (list(json.loads(told)), status) == (["error"], 0)
    assert "There is no library" in json.loads(told)["error"]


def test_it_ends_at_once_when_who_started_it_is_gone(named):
    assert told_by(named.folder, is_awaited=False) == (b"", 1)
