"""Compiled loops: kept by what they were made of, and usable where nothing can be kept."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import facecluster

CODE = """
import numpy as np
from facecluster.clusters import compiled
from facecluster.clusters.persons import roots_of
print(compiled.KEPT, roots_of(np.array([0, 0, 1])).tolist())
"""


def run(home, package=None, **extra):
    environment = {**os.environ, "PYTHONPATH": str(package or Path(facecluster.__file__).parents[1]), **extra}
    environment.pop("NUMBA_CACHE_DIR", None)
    environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")} | extra
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def kept(folder):
    return {path.parent.parent.name for path in folder.rglob("*.nbc")}


def test_what_is_compiled_is_kept_apart_from_the_package_by_the_digest_of_its_sources(tmp_path):
    package = tmp_path / "package"
    source = Path(facecluster.__file__).parent
    shutil.copytree(
        source, package / "facecluster", ignore=shutil.ignore_patterns("__pycache__", "weights", "demo_album")
    )
    assert run(tmp_path, package) == "True [0, 0, 0]"
    first = kept(tmp_path / "cache")
    assert len(first) == 1
    assert not list((package / "facecluster").rglob("*.nbc"))

    forest = package / "facecluster/clusters/forest.py"
    forest.write_text(forest.read_text() + "\n")
    assert run(tmp_path, package) == "True [0, 0, 0]"
    assert len(kept(tmp_path / "cache")) == 2


def test_a_folder_of_the_users_choice_is_taken(tmp_path):
    assert run(tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "chosen")) == "True [0, 0, 0]"
    assert kept(tmp_path / "chosen")


def test_where_nothing_can_be_written_it_works_all_the_same(tmp_path):
    (tmp_path / "cache").write_text("a file where a folder should be")
    assert run(tmp_path) == "False [0, 0, 0]"
