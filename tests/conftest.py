"""What tests of several rooms share."""

from pathlib import Path

import pytest
from hypothesis import settings

from facecluster.pipeline.group import group_library
from facecluster.pipeline.index import index_archive
from facecluster.settings import Settings

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
