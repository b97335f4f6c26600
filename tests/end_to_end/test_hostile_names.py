"""Names that somebody means harm with, or that look like something else: text wherever they are shown, and found."""

import csv
import io
import json
import unicodedata
from collections import Counter
from html.parser import HTMLParser

import pytest

from facecluster.pipeline.people import people_of
from facecluster.store.library import create_library, open_library
from tests.pipeline.people_library import FACE, people_library
from tests.pipeline.small_library import PACK

JOINER = "\u200d"
FAMILY = f"👨{JOINER}👩{JOINER}👧"

ALLOWED = [
    "<script>alert(1)</script>",
    "</h2><img src=x onerror=alert(1)>",
    "\"onload='alert(1)",
    "&lt;b&gt; &amp; {{7*7}} ${x} %s",
    "=cmd|' /C calc'!A1",
    "@SUM(1+1)*cmd",
    "-rf",
    "../../etc/passwd",
    "C:\\con\\nul",
    "`id`; $(id) 'x' \"y\" | z",
    "مريم العذراء",
    "Аnna",  # noqa: RUF001 - the first letter is Cyrillic
    "n" * 200,
    "A\u0301" * 90 + FAMILY,
    "NULL",
    "1e309",
]
"""Kept as they are (in the composed form of Unicode)."""


class Page(HTMLParser):
    """What a page is made of, and what it says."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, *(name for name, _ in attributes)))
        self.texts += [value or "" for _, value in attributes]

    def handle_data(self, data):
        self.texts.append(data)


def is_harmless(character):
    """Whether a terminal shows it and does nothing else."""
    return character == "\n" or unicodedata.category(character)[0] != "C" or character == JOINER


@pytest.fixture
def told(facecluster, tmp_path):
    """A function that tells a small library something, which must succeed; what is printed."""
    folder = people_library(tmp_path).folder

    def tell(*words, library=folder):
        command = words[: 2 if words[0] == "people" else 1]
        ended = facecluster(*command, "--library", library, *words[len(command) :])
        assert ended.code == 0, ended.err
        assert all(map(is_harmless, ended.out + ended.err))
        return ended.out

    tell.folder = folder
    return tell


def page_of(told):
    told("report")
    return Page((told.folder / "report.html").read_text())


@pytest.mark.parametrize("names", [ALLOWED[::2], ALLOWED[1::2]], ids=["even", "odd"])
def test_a_hostile_name_is_text_everywhere(names, told, tmp_path):
    for number, face in enumerate(list(FACE.values())[: len(names)]):
        told("people", "name", "--new", "--", f"Anna {number}", face)
    plain = page_of(told)
    for number, name in enumerate(names):
        told("people", "rename", "--", f"Anna {number}", name)
    kept = [unicodedata.normalize("NFC", name) for name in names]

    # A terminal shows it, in one line, and a program reads it.
    listed, history = told("people", "list"), told("people", "history")
    for one in json.loads(told("people", "list", "--json"))["people"]:
        assert one["name"] in kept
        assert f"{one['id']}  {one['name']}: 1 face" in listed
    assert len([line for line in listed.splitlines() if "1 face" in line]) == len(names)
    assert [name in line for name, line in zip(kept[::-1], history.splitlines(), strict=False)] == [True] * len(names)

    # A spreadsheet does not run it.
    rows = [row["person"] for row in csv.DictReader(io.StringIO(told("export"))) if row["person"]]
    assert sorted(rows) == sorted("'" * (name[0] in "=+-@") + name for name in kept)
    rows = [row["person"] for row in json.loads(told("export", "--format", "json")) if row["person"]]
    assert sorted(rows) == sorted(kept)

    # A browser takes it for text.
    page = page_of(told)
    assert Counter(page.elements) == Counter(plain.elements)
    assert all(any(name in text for text in page.texts) for name in kept)

    # Whoever types it means this person, and a backup brings it back.
    for name in names:
        assert json.loads(told("people", "show", "--json", "--", name))["person"]["name"] in kept
    told("people", "export", tmp_path / "backup.json")
    other = create_library(tmp_path / "other", PACK).folder
    told("people", "import", tmp_path / "backup.json", library=other)
    assert told("people", "history", library=other) == history


@pytest.mark.parametrize("name", ["1", "abba", "a" * 12, f"{'0' * 20}-1-2-3-4"])
def test_a_name_that_looks_like_something_else_never_means_that(name, told, facecluster):
    """It is found by its id; by its name it is found, or it is said that it is not, and nobody else is meant."""
    told("people", "name", "Somebody", "1", "--new")
    told("people", "name", "--new", name, "0")
    known = {one.person.name: one for one in people_of(open_library(told.folder)).known}
    assert (known["Somebody"].human, known[name].human) == (3, 3)
    ended = facecluster("people", "rename", name, "Anna", "--library", told.folder)
    assert ended.code in {0, 2}
    told("people", "rename", known[name].person.id, "Anna")
    assert {one.person.name for one in people_of(open_library(told.folder)).known} == {"Somebody", "Anna"}
