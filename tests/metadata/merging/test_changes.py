import pytest

from facecluster.metadata.merging.changes import quoted, region_line, taken_line, text_line
from tests.metadata.merged import ANNA


def test_a_region_is_told_by_its_place():
    assert region_line("+", "region", ANNA) == "+ region Anna Müller at 0.30 0.20 0.10 0.20"
    assert text_line("-", "keyword", "People/Anna") == "- keyword People/Anna"


def test_what_is_in_the_way_is_told():
    line = taken_line(ANNA, "Dora", (0.3, 0.2, 0.4, 0.3))
    assert line == 'no region for Anna Müller: the file has one of "Dora" there (50% the same)'


@pytest.mark.parametrize("hostile", ["\x1b[2J", "a\nb", "\u202eabc", "\u2028", "\x9b1m"])
def test_a_text_of_others_cannot_act_on_a_terminal(hostile):
    assert quoted(hostile).isprintable()
    assert len(quoted(hostile)) == len(hostile) + 2


def test_a_long_text_of_others_is_cut():
    assert quoted("x" * 100) == '"' + "x" * 100 + '"'
    assert quoted("x" * 101) == '"' + "x" * 100 + '..."'
    assert text_line("+", "keyword", "x" * 300) == "+ keyword " + "x" * 300
    assert text_line("+", "keyword", "x" * 10_000) == "+ keyword " + "x" * 300 + "..."
