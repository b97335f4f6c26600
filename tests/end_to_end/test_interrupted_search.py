"""Whatever ends the grouping of a large library, the next run goes on from the last save, to the same clusters."""

import json
import os
import shutil
import signal
import subprocess
import sys
import uuid

import psutil
import pytest

from facecluster.pipeline import graph, means
from facecluster.pipeline.group import group_library
from facecluster.settings import ClusterSettings
from facecluster.store.library import open_library
from tests.end_to_end.command import MARK, PATIENCE_SECONDS, wait_until
from tests.pipeline.test_group import library_of

INTERRUPTED = 130
TILE_ROWS = 64
PEOPLE = [60, 30, 20, 10] + [4] * 200 + [1] * 400

CLUSTER = f"""
from facecluster.cli.main import main
from facecluster.pipeline import graph, means
graph.SMALL_PAIRS, means.TILE_ROWS = 0, {TILE_ROWS}
graph.SAVE_SECONDS, graph.SAVE_PAUSES = 0.0, 0
main()
"""
"""The command as it is, but that it takes some hundred faces for many, and saves after each tile."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A library, and the clusters that an undisturbed run finds in a copy of it."""
    library, _, _ = library_of(tmp_path_factory.mktemp("large") / "library", PEOPLE)
    copy = shutil.copytree(library.folder, library.folder.with_name("copy"))
    group_library(copy, ClusterSettings())
    return library.folder, open_library(copy).clusters(1)


@pytest.fixture
def library(undisturbed, tmp_path):
    return shutil.copytree(undisturbed[0], tmp_path / "library")


def tiles_saved(library):
    """How many tiles the saved search knows."""
    try:
        data = (library / "work" / graph.SEARCH).read_bytes()
    except FileNotFoundError:
        return 0
    return json.loads(data[64 : data.index(b"\n")])["done"]


def start(library, *flags, **environment):
    """The command."""
    return subprocess.Popen(
        [sys.executable, "-c", CLUSTER, "cluster", "--library", str(library), *flags],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))} | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(library, tiles, how):
    """The command, ended by a signal once so many tiles are saved: exit code and error output."""
    process = start(library)
    wait_until(lambda: tiles_saved(library) >= tiles or process.poll() is not None, "a save, or the end")
    process.send_signal(how)
    _, output = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, output


def finish(library, undisturbed, monkeypatch):
    """Run again, in this process; how far the search was."""
    monkeypatch.setattr(graph, "SMALL_PAIRS", 0)
    monkeypatch.setattr(means, "TILE_ROWS", TILE_ROWS)
    told = []
    summary = group_library(library, ClusterSettings(), on_pairs=lambda done, total: told.append((done, total)))
    assert (summary.run, summary.fresh, summary.faces) == (1, True, sum(PEOPLE))
    assert open_library(library).clusters(1).equals(undisturbed[1])
    assert not (library / "work").exists()
    return told[0]


def test_a_search_killed_again_and_again_ends_like_an_undisturbed_one(library, undisturbed, monkeypatch):
    for tiles in (1, 60, 150):
        code, output = ended(library, tiles, signal.SIGKILL)
        assert code == -signal.SIGKILL, output
        assert tiles_saved(library) >= tiles
    pairs, total = finish(library, undisturbed, monkeypatch)
    assert 0.3 * total < pairs < total


def test_ctrl_c_in_a_search_loses_no_save(library, undisturbed, monkeypatch):
    code, output = ended(library, 5, signal.SIGINT)
    assert code == INTERRUPTED
    assert "goes on from there" in output
    assert "Traceback" not in output
    pairs, _ = finish(library, undisturbed, monkeypatch)
    assert pairs > 0


@pytest.mark.slow
def test_a_ray_of_our_own_finds_the_same_clusters_and_ends_with_the_command(library, undisturbed):
    mark = uuid.uuid4().hex
    process = start(library, "--runner", "ray", "--workers", "2", **{MARK: mark})
    _, output = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, output
    assert open_library(library).clusters(1).equals(undisturbed[1])
    wait_until(lambda: not any(is_marked(other, mark) for other in psutil.process_iter()), "every process of Ray ended")


def is_marked(process, mark):
    """Whether a process bears the mark of a command."""
    try:
        return process.environ().get(MARK) == mark
    except psutil.Error:  # ended meanwhile, or a zombie, which has no environment
        return False
