import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from facecluster.cli.output import plural, print_facts, print_json, print_lines, say


@dataclass
class _Score:
    f: float
    of: tuple[int, ...]


class _Point(NamedTuple):
    x: float
    y: float


def _printed(record, capsys):
    print_json(record)
    return json.loads(capsys.readouterr().out, parse_constant=pytest.fail)


def test_json_is_one_object_of_plain_values(capsys):
    record = {"score": _Score(0.5, (1, 2)), "folder": Path("/a/b"), "none": None, "yes": True, "names": ["ü"]}
    expected = {"score": {"f": 0.5, "of": [1, 2]}, "folder": "/a/b", "none": None, "yes": True, "names": ["ü"]}
    assert _printed(record, capsys) == expected


def test_named_values_keep_their_names(capsys):
    assert _printed({"at": _Point(0.5, 1)}, capsys) == {"at": {"x": 0.5, "y": 1}}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_none_are_null(value, capsys):
    assert _printed({"a": value, "b": [{"c": value}], "d": _Score(value, ())}, capsys) == {
        "a": None,
        "b": [{"c": None}],
        "d": {"f": None, "of": []},
    }


def test_json_is_ascii_whatever_a_path_holds(capsys):
    print_json({"path": "b\u00fccher\udcff"})
    assert capsys.readouterr().out.isascii()


def test_facts_stand_in_two_columns(capsys):
    print_facts({"a": 1, "longer": "two words"})
    assert capsys.readouterr().out == "a       1\nlonger  two words\n"


def test_no_facts_are_no_lines(capsys):
    print_facts({})
    assert capsys.readouterr().out == ""


def test_what_could_control_the_terminal_is_written_out(capsys):
    print_facts({"path": "a\x1b[31m\nb\u202e"})
    say("first\nsec\x07ond")
    printed = capsys.readouterr()
    assert printed.out == "path  a\\x1b[31m\\nb\\u202e\n"
    assert printed.err == "first\nsec\\x07ond\n"


def test_counts_with_their_nouns():
    assert [plural(count, "face") for count in (0, 1, 2, 12345)] == ["0 faces", "1 face", "2 faces", "12,345 faces"]
    assert [plural(count, "person", "people") for count in (1, 2)] == ["1 person", "2 people"]


def test_no_line_can_steer_a_terminal(capsys):
    print_lines(["plain", "red \x1b[31m, turned round \u202e, two\nlines"])
    assert capsys.readouterr().out == "plain\nred \\x1b[31m, turned round \\u202e, two\\nlines\n"
