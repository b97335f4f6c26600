"""Whatever ends a run, a re-run ends where an undisturbed run does, and nothing goes on in between."""

from pathlib import Path

import pytest

import facecluster
from facecluster.packs import weights
from facecluster.pipeline.index import index_archive
from facecluster.store.library import open_library
from tests.end_to_end.album import quick_settings
from tests.end_to_end.command import Command
from tests.end_to_end.contents import assert_same, commit_count, contents_of

TWO_WORKERS = quick_settings(runner={"workers": 2}, index={"photos_per_shard": 1})
OVER_RAY = quick_settings(runner={"workers": 2, "kind": "ray"}, index={"photos_per_shard": 1})
LOCAL_WORKER, RAY_WORKER = "spawn_main", "ray::ShardActor"

INTERRUPTED = 130


def committed(library, wanted):
    """A question: are so many shards committed?"""
    return lambda: commit_count(library) >= wanted


def finish(archive, library, expected):
    """Run again, in this process, and compare."""
    index_archive(archive, library, quick_settings(runner={"workers": 2}), lambda done, total: None)
    assert_same(contents_of(library), expected)


def test_a_run_killed_again_and_again_ends_like_an_undisturbed_one(archive, expected, tmp_path):
    library = tmp_path / "library"
    events = [library.exists, *(committed(library, wanted) for wanted in (2, 6, 14))]
    for event in events:
        command = Command(archive, library, TWO_WORKERS)
        assert command.wait_for(event), command.end()
        command.kill()
    opened = open_library(library)
    assert all(opened.photos(commit).num_rows == commit.photos.rows for commit in opened.commits())
    finish(archive, library, expected)


def test_workers_killed_on_the_way_are_replaced(archive, expected, tmp_path):
    library = tmp_path / "library"
    command = Command(archive, library, TWO_WORKERS)
    for wanted in (2, 8):
        assert command.wait_for(committed(library, wanted)), command.end()
        command.marked(LOCAL_WORKER)[0].kill()
    code, output = command.end()
    assert code == 0, output
    assert_same(contents_of(library), expected)


@pytest.mark.slow
@pytest.mark.parametrize("settings", [TWO_WORKERS, OVER_RAY], ids=["local", "ray"])
def test_ctrl_c_leaves_no_process_and_loses_nothing(settings, archive, expected, tmp_path):
    library = tmp_path / "library"
    command = Command(archive, library, settings)
    assert command.wait_for(committed(library, 2)), command.end()
    command.interrupt()
    code, output = command.end()
    assert code == INTERRUPTED, output
    assert "Traceback" not in output
    finish(archive, library, expected)


@pytest.mark.slow
def test_a_killed_driver_takes_its_own_ray_along(archive, expected, tmp_path):
    library = tmp_path / "library"
    command = Command(archive, library, OVER_RAY)
    assert command.wait_for(committed(library, 2)), command.end()
    command.marked(RAY_WORKER)[0].kill()
    assert command.wait_for(committed(library, 8)), command.end()
    command.kill()
    finish(archive, library, expected)


def test_damaged_weights_are_told_in_a_sentence(archive, tmp_path):
    package = tmp_path / "site" / "facecluster"
    linked_copy(Path(facecluster.__file__).parent, package)
    linked_copy(weights.weights_folder(), package / "weights")
    damaged = package / "weights" / weights.SFACE.file
    damaged.unlink()
    damaged.write_bytes(b"no network")
    code, output = Command(archive, tmp_path / "library", TWO_WORKERS, package.parent).end()
    assert code == 1
    (line,) = [line for line in output.splitlines() if line.startswith("facecluster: ")]
    assert f"the weights {damaged} are damaged" in line
    assert "Traceback" not in output


def linked_copy(source, target):
    """A folder with links to all that is in another; a link that is already there makes way."""
    if target.is_symlink():
        target.unlink()
    target.mkdir(parents=True)
    for path in source.iterdir():
        (target / path.name).symlink_to(path)


@pytest.mark.parametrize("named_by", ["settings", "environment"])
def test_an_address_without_a_cluster_is_told_in_a_sentence(named_by, archive, tmp_path, monkeypatch):
    address = "127.0.0.1:1"
    if named_by == "environment":
        monkeypatch.setenv("RAY_ADDRESS", address)
    settings = quick_settings(runner={"kind": "ray", "address": address if named_by == "settings" else None})
    code, output = Command(archive, tmp_path / "library", settings).end()
    assert code == 1
    assert output.startswith(f"facecluster: No Ray cluster answers at {address}: ")
    assert len(output.splitlines()) == 1
