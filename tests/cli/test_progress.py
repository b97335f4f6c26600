import os
import pty
import subprocess
import sys

import pytest

from facecluster.cli.progress import _Lines, display, pace

SCRIPT = """
from facecluster.cli.progress import display
with display("Listing the photos") as shown:
    for done in range(1, 72):
        shown.photos(done, 71)
    shown.step("Grouping 156 faces")
    for done in range(20, 124):
        shown.pairs(done * 4_000_000_000, 499_999_500_000)
    shown.step("Telling people apart")
print("done")
"""


def _on_a_terminal(columns, **environment):
    ours, theirs = pty.openpty()
    variables = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdout=theirs,
        stderr=theirs,
        env=variables | {"COLUMNS": str(columns), "LINES": "20", "TERM": "xterm"} | environment,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 65536)
        except OSError:  # the other end is closed: Linux says EIO
            break
    os.close(ours)
    assert process.wait() == 0
    return shown.decode()


@pytest.mark.parametrize("columns", [20, 44, 80, 200])
def test_a_terminal_is_shown_a_bar_that_goes_away(columns):
    shown = _on_a_terminal(columns)
    assert "Grouping" in shown
    assert "Telling" in shown
    assert ("━" in shown) == (columns >= 60)
    assert shown.endswith("done\r\n")
    assert shown.rpartition("done")[0].rstrip("\r\n").endswith("\x1b[2K"), "expected the line to be wiped"


def test_a_terminal_may_want_no_colour():
    assert "\x1b[3" in _on_a_terminal(80)
    assert "\x1b[3" not in _on_a_terminal(80, NO_COLOR="1")


def test_a_terminal_that_cannot_go_back_gets_lines():
    shown = _on_a_terminal(80, TERM="dumb")
    assert "\x1b" not in shown
    assert "Photos 71 of 71" in shown
    assert "Million pairs 452,000 of 500,000" in shown


def test_where_there_is_no_terminal_ten_lines_are_enough(capsys):
    with display("Listing the photos") as shown:
        for done in range(1, 1001):
            shown.photos(done, 1000)
        shown.step("Grouping 12 faces")
    printed = capsys.readouterr()
    assert printed.out == ""
    lines = printed.err.splitlines()
    assert len(lines) == 11
    assert [line.split(",")[0] for line in lines[:2]] == ["Photos 100 of 1", "Photos 200 of 1"]
    assert lines[-1] == "Grouping 12 faces"


def test_lines_say_the_rate_and_the_time_left(capsys):
    seconds = iter([0.0, 5.0, 10.0])
    lines = _Lines(lambda: next(seconds))
    for done in (1, 11, 20):
        lines.photos(done, 20)
    assert capsys.readouterr().err.splitlines() == ["Photos 11 of 20, 2.0/s, 4 s left", "Photos 20 of 20, 1.9/s"]


def test_a_count_that_goes_on_from_before_has_the_rate_of_now(capsys):
    """Of pairs by the million; what was counted before is not counted in the rate, nor are photos in that of pairs."""
    seconds = iter([0.0, 1.0, 100.0, 100.0, 104.0])
    lines = _Lines(lambda: next(seconds))
    lines.photos(5, 10)
    lines.step("Grouping 5,000 faces")
    for done in (4_000_000, 5_500_000):
        lines.pairs(done, 10_000_000)
    said = ["Photos 5 of 10", "Grouping 5,000 faces", "Million pairs 4 of 10", "Million pairs 6 of 10, 0.5/s, 8 s left"]
    assert capsys.readouterr().err.splitlines() == said


def test_photos_that_a_lost_worker_takes_back_are_not_announced_twice(capsys):
    lines = _Lines()
    for done in (5, 3, 5, 10):
        lines.photos(done, 10)
    assert len(capsys.readouterr().err.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, 71, None, None), "0 of 71"),
        ((12, 71, 3.42, 17.3), "12 of 71, 3.4/s, 17 s left"),
        ((70, 71, 3.42, 0.3), "70 of 71, 3.4/s, 0 s left"),
        ((71, 71, 3.42, 0.0), "71 of 71, 3.4/s"),
        ((1200, 100_000, 3.42, 28888.0), "1,200 of 100,000, 3.4/s, 8 h 1 min left"),
    ],
)
def test_pace_in_words(arguments, words):
    assert pace(*arguments) == words
