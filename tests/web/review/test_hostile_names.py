# ruff: noqa: RUF001 - letters that look like others are what this is about
"""Names that try to be something else: kept as the text they are, or refused with a sentence; never half of either."""

import unicodedata

import pytest

from facecluster.pipeline.journal import decisions_of
from facecluster.store.library import open_library
from tests.pipeline.people_library import ANNA, FACE, named, people_library
from tests.web.review.decider import Decider

TEXT = [
    "<b>Anna</b>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'; DROP TABLE faces; --",
    '" OR 1=1 --',
    "{{ 7 * 7 }}",
    "{% raw %}",
    "${7*7}",
    "#{7*7}",
    "%s%n%d",
    "{0}",
    "%(name)s",
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\Windows",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/html,x",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1",
    "@SUM(A1)",
    "&lt;b&gt;",
    "&#x41;",
    "\\u0041",
    "\\x00",
    "%00",
    "%2e%2e%2f",
    "null",
    "None",
    "true",
    "undefined",
    "NaN",
    "0",
    "12",
    "-0.0",
    "1e309",
    "aaaaaaaaaaaa",
    "person-aaaaaaaaaaaa",
    "cluster-0",
    "alone",
    "__proto__",
    "constructor",
    "prototype",
    "hasOwnProperty",
    "toString",
    "Robert'); --",
    "`id`",
    "$(id)",
    "; rm -rf /",
    "| cat",
    "*",
    "?",
    ".",
    "..",
    "~",
    "--help",
    "-rf",
    "Anna, Berta",
    "Anna\\",
    '"Anna"',
    "'Anna'",
    "Anna (2)",
    "[Anna](http://example.org)",
    "<!-- Anna -->",
    "]]>",
    "<![CDATA[Anna]]>",
    "<?xml version='1.0'?>",
    "ﷺ",
    "Ünïcödé",
    "Анна",
    "Ἄννα",
    "안나",
    "安娜",
    "อันนา",
    "أنا",
    "חנה",
    "अन्ना",
    "Zoë",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "🇩🇪",
    "𝓐𝓷𝓷𝓪",
    "Ａｎｎａ",
    "ß",
    "İ",
    "ǆ",
    "ﬁ",
    "x" * 200,
    "é" * 200,
    "می‌خواهم",
    "A\u0301" * 100,
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L".replace("\u034f", ""),
    "Anna\u00a0Maria",
]
REFUSED = [
    "",
    " ",
    "\t\n",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\u200b\u200b",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u3164",
    "\u2800",
    "\u115f",
    "An\u200bna",
    "An\u200cna",
    "An\u00adna",
    "\u202eannA",
    "Anna\u202e",
    "An\u2066na\u2069",
    "An\u061cna",
    "An\u200ena",
    "Anna\x00",
    "\x00",
    "An\x00na",
    "An\x1b[31mna",
    "An\nna",
    "An\rna",
    "An\tna",
    "An\x7fna",
    "An\x85na",
    "An\u2028na",
    "An\u2029na",
    "An\ufffena",
    "An\uffffna",
    "\ue000",
    "An\U000f0000na",
    "\U000e0041nna",
    "An\ufe0fna",
    "\u034f",
    "An\u034fna",
    "\u0301",
    "x" * 201,
    "x" * 10_000,
    "x" * 10_001,
    "👍" * 2_000,
    "\ud800",
    "Anna\udfff",
    "\ud83d",
]


def test_there_are_enough():
    assert len(set(TEXT) | set(REFUSED)) >= 140


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    library = people_library(tmp_path_factory.mktemp("people"))
    named(library, ANNA, "Anna", "a1", "a2", "a3", "b1", "b2", "b3")
    return library


@pytest.fixture(scope="module")
def page(library):
    return Decider(library)


@pytest.mark.parametrize("name", TEXT, ids=ascii)
def test_text_is_kept_as_it_is(library, page, name):
    answer = page.say("rename", person=ANNA, name=name)
    kept = unicodedata.normalize("NFC", name)
    assert decisions_of(open_library(library.folder))[-1].statements[0].name == kept
    assert page.people.known[0].person.name == kept
    assert answer["said"].endswith(f" to {kept}")


@pytest.mark.parametrize("name", REFUSED, ids=ascii)
def test_what_cannot_be_seen_is_refused(page, name):
    faces = {"faces": [FACE["a1"]]}
    for kind, words in {
        "rename": {"person": ANNA, "name": name},
        "name": {"faces": faces, "who": {"new": name}},
        "split": {"person": ANNA, "faces": faces, "who": {"new": name}},
        "name_list": {"list": "groups", "state": page.state, "ranges": [[0, 0]], "who": {"new": name}},
    }.items():
        sentence = page.refused(400, kind, **words)
        assert sentence.isprintable()
        assert 20 < len(sentence) < 400


def test_a_new_person_of_a_hostile_name_is_found_again(page):
    answer = page.say("name", faces={"faces": [FACE["d1"]]}, who={"new": "<b>"})
    again = page.say("name", faces={"faces": [FACE["e1"]]}, who={"person": answer["unit"]["person"]})
    assert again["said"] == "named 1 face <b>"
