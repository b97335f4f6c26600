import pytest

from facecluster.pipeline.tags.outgoing import write_tools, writing
from tests.pipeline.tags.tagged_library import (
    run_here,
    tagged_library,
)


@pytest.fixture
def in_this_process(monkeypatch, kept_exiftool):
    """A process of its own takes seconds to start."""
    monkeypatch.setattr(writing, "runner_of", lambda _: run_here)
    monkeypatch.setattr(write_tools, "ExifTool", lambda: kept_exiftool)


@pytest.fixture
def tagged(tmp_path):
    return tagged_library(tmp_path, ["one.jpg", "two.jpg", "2020/three.jpg"])
