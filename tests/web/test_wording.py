from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.web.wording import (
    MAX_PATH_CHARACTERS,
    counted,
    days_in_words,
    duration_in_words,
    moment_in_words,
    printable,
    shortened,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2014/Äpfel, été 海.jpg", "2014/Äpfel, été 海.jpg"),
        ("two\nlines", r"two\nlines"),
        ("nul\x00bell\x07", r"nul\x00bell\x07"),
        ("gpj.\u202eexe", r"gpj.\u202eexe"),
        ("\u2066isolated\u2069", r"\u2066isolated\u2069"),
        ("paragraph\u2029", r"paragraph\u2029"),
        ("half \ud800 a character", r"half \ud800 a character"),
        ("👩\u200d👩\u200d👧 क्\u200dष", "👩\u200d👩\u200d👧 क्\u200dष"),  # joiners are part of these letters
    ],
)
def test_what_cannot_be_seen_is_spelt_out(text, expected):
    assert printable(text) == expected


@given(st.text(st.characters()))
def test_any_text_becomes_one_line_that_can_be_written(text):
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    shown.encode()
    assert printable(shown) == shown


@given(st.text(max_size=3 * MAX_PATH_CHARACTERS))
def test_a_long_path_keeps_both_ends(path):
    shown = shortened(path)
    if len(path) <= MAX_PATH_CHARACTERS:
        assert shown == path
    else:
        assert len(shown) == MAX_PATH_CHARACTERS
        start, end = shown.split("…", 1) if path.count("…") == 0 else (path[:9], path[-9:])
        assert path.startswith(start)
        assert path.endswith(end)


def test_counts_agree_with_their_noun():
    assert counted(0, "photo") == "0 photos"
    assert counted(1, "photo") == "1 photo"
    assert counted(2300, "photo") == "2,300 photos"
    assert counted(1, "person", "people") == "1 person"
    assert counted(2, "person", "people") == "2 people"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2021-08-03T09:00", "2021-08-03T23:00", "3 Aug 2021"),
        ("2021-08-03", "2021-08-04", "Aug 2021"),
        ("2014-03-12", "2021-08-03", "Mar 2014 to Aug 2021"),
        ("2020-08-03", "2021-08-03", "Aug 2020 to Aug 2021"),
    ],
)
def test_a_span_of_days_is_as_exact_as_it_is_short(first, last, expected):
    assert days_in_words(datetime.fromisoformat(first), datetime.fromisoformat(last)) == expected


@pytest.mark.parametrize(
    ("iso", "expected"),
    [
        ("2026-11-21T23:44:05+00:00", "21 Nov 2026, 23:44 UTC"),
        ("2026-11-21T23:44:05Z", "21 Nov 2026, 23:44 UTC"),
        ("2026-01-02T03:04:05", "2 Jan 2026, 03:04"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_moment_reads_like_one(iso, expected):
    assert moment_in_words(iso) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0.0 s"), (0.42, "0.4 s"), (41.7, "42 s"), (59.6, "1 min 0 s"), (185, "3 min 5 s"), (8040, "2 h 14 min")],
)
def test_durations_are_as_exact_as_they_are_short(seconds, expected):
    assert duration_in_words(seconds) == expected
