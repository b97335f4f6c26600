"""templates/review/progress: how far the library is, in words, on top of every screen."""

import re
from dataclasses import replace

import pytest

from facecluster.pipeline.review.progress import Progress, Sureness
from facecluster.web.review.links import on_server
from facecluster.web.review.pages import Pages

MEASURED = Sureness(0.9958, measured=True, faces=640)
BY_THE_MODEL = Sureness(0.995, measured=False, faces=3)
SOME = Progress(4_000, 8_000, 300, 45, 90, 39_910, 7_655, MEASURED, 3)


def html(progress, *, editable=True):
    return Pages({"editable": editable, "to": on_server, "asset": str}).render("progress", progress=progress)


def words(progress):
    text = re.sub(r"<[^>]+>", "", html(progress))
    return re.sub(r"\s+", " ", text).replace(" ,", ",")


def bars(progress):
    found = re.findall(r'<rect class="(\w+)" x="([\d.]+)" width="([\d.]+)"', html(progress))
    return [(part, float(x), float(width)) for part, x, width in found]


def test_all_is_said_in_one_line():
    assert (
        "12,345 of 60,000 faces settled 8,000 of them named by facecluster, at least 99.5 % right (measured)"
        " 40,000 left 7,655 alone"
    ) in words(SOME)


def test_what_is_not_measured_is_not_said_to_be():
    text = words(replace(SOME, sureness=BY_THE_MODEL))
    assert "about 99.5 % right" in text
    assert "measured)" not in text
    assert "That is an estimate" in text


def test_of_names_that_nobody_spread_nothing_is_said():
    text = words(replace(SOME, automatic=0))
    assert "named by facecluster," not in text
    assert "right" not in text


@pytest.mark.parametrize(
    "progress", [SOME, Progress(1, 0, 0, 0, 0, 0, 0, None, 0), Progress(0, 0, 0, 0, 1, 1, 1, None, 0)]
)
def test_the_bar_is_as_long_as_all_faces_and_its_parts_touch(progress):
    end = 0.0
    for _, x, width in bars(progress):
        assert x == pytest.approx(end, abs=0.02)
        end = x + width
    assert end == pytest.approx(1000, abs=0.1)
    assert "style=" not in html(progress)


def test_a_library_of_no_faces_has_a_progress_too():
    nothing = Progress(0, 0, 0, 0, 0, 0, 0, None, 0)
    assert bars(nothing) == []
    assert "0 of 0 faces settled" in words(nothing)
    assert 'data-percent="100"' in html(nothing)


def test_one_face_is_one_face():
    assert "1 of 1 face settled" in words(Progress(1, 0, 0, 0, 0, 0, 0, None, 0))


def test_names_are_spread_where_there_is_a_server():
    assert "data-spread" in html(SOME)
    assert "data-spread" not in html(SOME, editable=False)
