import os
import subprocess
import sys
from functools import partial

import pytest

from facecluster.cli.review_changes import offer
from tests.cli.lettered_runs import add_run
from tests.pipeline.small_library import small_library


@pytest.fixture
def library(tmp_path):
    return small_library(tmp_path, clusters=None)


@pytest.fixture
def add(library):
    """A function that adds a run to the library; its number."""
    return partial(add_run, library)


def offered(library, run, answer):
    """What a person at a terminal reads who gives this answer, and whether the run counts then."""
    script = (
        "import sys; from pathlib import Path; from facecluster.cli.review_changes import offer\n"
        f"sys.exit(17 if offer(Path({str(library.folder)!r}), {run}, json=False) else 18)"
    )
    ours, theirs = os.openpty()
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        asked = subprocess.Popen([sys.executable, "-c", script], stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        terminal.write(answer)
        shown = b""
        try:
            while piece := terminal.read(4096):
                shown += piece
        except OSError:  # the other end is closed
            pass
        return shown.decode(), asked.wait() == 17


@pytest.mark.parametrize(("answer", "counts"), [(b"y\n", True), (b"n\n", False), (b"\n", False)])
def test_a_run_counts_when_somebody_at_a_terminal_says_so(library, add, answer, counts):
    add("aab")
    add("aaa", review=True)
    shown, took = offered(library, 2, answer)
    assert "clusters 0 (2), 1 (1) merged: 0, 3 faces" in shown
    assert "Make run 2 the current one? [y/N]" in shown
    assert took is counts
    assert library.current_run() == (2 if counts else 1)
    assert ("runs rollback 2" in shown) is not counts


@pytest.mark.parametrize("json", [True, False])
def test_where_nobody_is_a_run_waits_and_it_is_said_how_to_take_it(library, add, capsys, json):
    add("aab")
    add("aaa", review=True)
    assert not offer(library.folder, 2, json=json)
    out, err = capsys.readouterr()
    assert out == ""
    assert f"`facecluster runs diff 1 2 --library {library.folder}`" in err
    assert f"`facecluster runs rollback 2 --library {library.folder}`" in err
    assert library.current_run() == 1


def test_the_first_run_and_the_current_one_are_not_asked_for(library, add, capsys):
    add("aab", review=True)
    assert library.current_run() is None
    assert offer(library.folder, 1, json=False)
    assert library.current_run() == 1
    assert offer(library.folder, 1, json=False)
    assert capsys.readouterr() == ("", "")
