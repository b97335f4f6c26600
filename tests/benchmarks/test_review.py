"""tests.benchmarks.review: everything is waited for in a real browser, and every naming is a decision."""

import sys

import numpy as np
import pytest

from facecluster.people.statements import Name
from facecluster.pipeline.journal import decisions_of
from facecluster.store.library import open_library
from tests.benchmarks.review import KNOWN_EVERY, made_names, main
from tests.web.review.browser import CHROMIUM


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells the memory of a process on Linux")
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium and Playwright on this machine")
def test_everything_is_waited_for_and_groups_are_named(capsys, tmp_path):
    rows = main(faces=1200, clusters=300, largest=200, namings=4, library=tmp_path / "library")
    printed = capsys.readouterr().out
    assert all(f"| {row.what} |" in printed for row in rows)
    assert all(np.isfinite([row.first, *row.all]).all() for row in rows)
    said = [one for decision in decisions_of(open_library(tmp_path / "library")) for one in decision.statements]
    named = [one for one in said if isinstance(one, Name)]
    assert len(named) == 4
    assert len({one.person for one in named}) == 3, "one of the four is somebody who was known"


def test_names_are_as_many_as_asked_for_and_some_known():
    names = made_names(60)
    assert len(names) == 60
    assert len(set(names)) == 60 - 60 // KNOWN_EVERY
    assert made_names(60) == names
    assert made_names(0) == []
