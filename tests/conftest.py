"""What tests of several rooms share."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

from facecluster.cli.main import main
from facecluster.pipeline.group import group_library
from facecluster.pipeline.index import index_archive
from facecluster.settings import Settings
from facecluster.store.exiftool.embedded import ExifTool

# How long an example takes says nothing: the first may wait for a compiler, any for a busy machine.
settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")

DEMO_ALBUM = Path(__file__).parents[1] / "facecluster" / "demo_album"


@pytest.fixture(scope="session")
def demo_album():
    """The folder of the 13 photos that come with the package."""
    return DEMO_ALBUM


@pytest.fixture(scope="session")
def demo_library(tmp_path_factory):
    """The folder of a library of the demo album, grouped; to be read only."""
    folder = tmp_path_factory.mktemp("demo") / "library"
    index_archive(DEMO_ALBUM, folder, Settings(), lambda _done, _total: None)
    group_library(folder, Settings().cluster)
    return folder


@pytest.fixture(scope="module")
def kept_exiftool():
    """One ExifTool that is left open by whoever is given it: it takes longer to start than most that is tested."""

    class Kept(ExifTool):
        def close(self):
            pass

    kept = Kept()
    yield kept
    ExifTool.close(kept)


class Ended(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def facecluster(monkeypatch, capfd, tmp_path):
    """The command line, run in this process as a shell would run it, in a folder of its own: arguments -> Ended."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("FACECLUSTER_")]:
        monkeypatch.delenv(name)

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["facecluster", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        return Ended(end.value.code or 0, *capfd.readouterr())

    return run
