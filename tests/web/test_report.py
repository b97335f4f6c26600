import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest

from facecluster.web import failures, sheets
from facecluster.web.report import RunFacts, build_report, render_report
from facecluster.web.wording import printable
from tests.web.tables import FACTS, crowd, faces_table, jpeg, photos_table, pictures

VOID = {"meta", "img", "br", "hr", "input", "link"}

HOSTILE = [
    "<script>alert(1)</script>.jpg",
    "</title><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "<!-- never closed",
    "--><b>bold</b>",
    '" onerror="alert(1)',
    "' onmouseover='alert(1)",
    '"><svg onload=alert(1)>',
    "`onerror=alert(1)`",
    "<bdi></li></ul></main></body></html>",
    "</details></article><h2>Fake</h2>",
    "{{ 7 * 7 }}{% raw %}",
    "{# hidden",
    "&lt;b&gt; &amp;amp; &#60;i&#62;",
    "<![CDATA[x]]>",
    "<?php echo 1 ?>",
    "javascript:alert(1)",
    "https://example.org/track.gif?<x>",
    "//example.org/track.gif",
    "data:text/html,<b>x</b>",
    "gpj.\u202e<b>exe",
    "two\nlines\r\n<b>",
    "nul\x00tab\t<b>",
    "\u2066left open <i>",
    "a" * 3000 + "<b>",
    "<" * 300,
    "=cmd|'/c calc'!A1",
]


class Page(HTMLParser):
    """What a browser would see: elements, attributes and text, with every element closed where it was opened."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.open, self.comments = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice: {attrs}"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def handle_comment(self, data):
        self.comments.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def shape(self):
        """The names of elements and attributes, without anything that came from the tables."""
        return [(tag, sorted(attributes)) for tag, attributes in self.elements]

    @property
    def text(self):
        return " ".join(" ".join(text for parent, text in self.texts if parent != "style").split())


def page_of(photos, faces, facts=FACTS, **pictures):
    return Page(render_report(build_report(photos, faces, facts, **pictures)))


def album():
    """Two people, a face alone, a photo without faces, a copy and two failures."""
    photos = photos_table(
        {"taken_at": "2014-03-12 10:00:00"},
        {"taken_at": "2021-08-03 11:00:00"},
        {"n_faces": 2},
        {},
        {},
        {"status": "no_face", "n_faces": 0},
        {"path": "copy of photo-0.jpg", "photo_hash": "hash-0", "taken_at": "2014-03-12 10:00:00"},
        {"status": "error", "reason": "corrupt: image file is truncated", "n_faces": 0},
        {"status": "error", "reason": "unreadable: permission denied", "n_faces": 0, "photo_hash": None},
    )
    faces = faces_table(
        {"cluster_id": 0},
        {"cluster_id": 0},
        {"cluster_id": 1},
        {"cluster_id": 1},
        {},
        {"cluster_id": 0, "photo_hash": "hash-2", "photo_path": "photo-2.jpg"},
    )
    return photos, faces


def test_the_page_has_every_promised_section_and_number():
    page = page_of(*album())
    assert {attributes.get("id") for attributes in page.all("section")} == {"people", "alone", "failed", "privacy"}
    for words in [
        "People in summer",
        "Run 3",
        "21 Nov 2026, 23:44 UTC",
        "took 42 s",
        "model pack embedded",
        "People 2 Faces 6 Faces alone 1 Photos 9",
        "6 photos with faces 1 without 2 failed 1 copy of the same photo",
        "Person 1 3 photos Mar 2014 to Aug 2021",
        "Person 2 2 photos",
        "Which photos",
        "1 face looks like nobody else",
        "2 photos could not be looked at",
        "Damaged 1 photo",
        "photo-7.jpg image file is truncated",
        "Could not be read 1 photo",
        "biometric data",
        "/srv/albums/summer",
        "/srv/library",
    ]:
        assert words in page.text
    assert len(page.all("img")) == 6


def test_pictures_are_the_thumbnails_and_say_what_they_show():
    page = page_of(photos_table({}), faces_table({"cluster_id": 0, "thumbnail": jpeg(200, (16, 9))}))
    (picture,) = page.all("img")
    assert base64.b64decode(picture["src"].removeprefix("data:image/jpeg;base64,")) == jpeg(200, (16, 9))
    assert picture["alt"] == "Person 1 in photo-0.jpg"


def test_the_same_run_gives_the_same_bytes_in_any_order_of_rows():
    photos, faces = album()
    first = render_report(build_report(photos, faces, FACTS))
    assert render_report(build_report(photos, faces, FACTS)) == first
    assert render_report(build_report(photos.iloc[::-1], faces.iloc[::-1], FACTS)) == first


def test_building_a_report_leaves_the_tables_alone():
    photos, faces = album()
    photos_before, faces_before = photos.copy(deep=True), faces.copy(deep=True)
    build_report(photos, faces, FACTS)
    pd.testing.assert_frame_equal(photos, photos_before)
    pd.testing.assert_frame_equal(faces, faces_before)


@pytest.mark.parametrize(
    ("photos", "faces", "words"),
    [
        (photos_table(), faces_table(), "There are no photos in this library yet."),
        (photos_table({"status": "no_face"}), faces_table(), "No faces were found in these photos."),
        (photos_table({}), faces_table({}), "No two faces looked alike enough"),
        (photos_table({"status": "error", "reason": "empty"}), faces_table(), "1 photo could not be looked at."),
        (photos_table({}), faces_table({"cluster_id": 0}), "No face stands alone."),
    ],
    ids=["empty library", "no faces", "no people", "only failures", "one face"],
)
def test_a_page_with_little_on_it_says_so(photos, faces, words):
    page = page_of(photos, faces)
    assert words in page.text
    assert "None" not in page.text.replace("None. Every photo", "")


def test_both_pictures_are_on_the_page_with_words_for_those_who_cannot_see_them():
    page = page_of(*album(), **pictures())
    assert {"map", "tree"} <= {attributes.get("id") for attributes in page.all("section")}
    assert {"#map", "#tree"} <= {attributes["href"] for attributes in page.all("a")}
    for words in [
        "All 24 faces are shown, 3 people among them.",
        "For 100 of 100 dots of a person, the nearest dot is of the same person.",
        "Person 1, 10 faces",
        "This picture holds 10 of 10 faces, and 2 people.",
        "as wide as 1 face",
        "became a person",
        "Person 2: 5 faces held together by a likeness above 0.50",
    ]:
        assert words in page.text
    ids = {attributes["id"]: tag for tag, attributes in page.elements if "id" in attributes}
    images = [attributes for attributes in page.all("div") if attributes.get("role") == "img"]
    assert len(images) == len(page.all("svg")) == 2
    for image in images:
        assert image["aria-labelledby"] in ids
        assert image["aria-describedby"] in ids


def test_the_map_of_a_sample_says_of_how_many():
    both = pictures()
    page = page_of(*album(), face_map=replace(both["face_map"], n_shown=20, n_persons=2), tree=both["tree"])
    assert "20 of 24 faces are shown, the same share of every person." in page.text


def test_pictures_that_there_are_not_leave_no_trace():
    page = page_of(*album())
    assert not page.all("svg")
    assert not {"#map", "#tree"} & {attributes["href"] for attributes in page.all("a")}


def test_what_is_not_known_of_a_run_is_not_shown():
    text = page_of(*album(), RunFacts()).text
    assert "People in your photos" in text
    for words in ["Run 3", "took", "model pack", "Library", "None"]:
        assert words not in text


def test_what_the_caps_leave_out_is_said(monkeypatch):
    for cap, value in [
        ("MAX_PEOPLE_IN_FULL", 2),
        ("MAX_PEOPLE_IN_BRIEF", 3),
        ("MAX_FACES_A_PERSON", 4),
        ("MAX_PHOTOS_A_PERSON", 5),
        ("MAX_FACES_ALONE", 6),
    ]:
        monkeypatch.setattr(sheets, cap, value)
    monkeypatch.setattr(failures, "MAX_FAILED_A_FAULT", 7)
    photos, faces = crowd([1009, 9, 3, 3, 3, 3, 2], n_alone=1206)
    photos.loc[photos.index[-9:], ["status", "reason"]] = ["error", "corrupt"]
    page = page_of(photos, faces)
    assert len(page.all("img")) == 2 * 4 + 3 + 6
    assert "and 1,004 more photos, not listed here." in page.text
    assert "and 4 more photos, not listed here." in page.text
    assert "2 more people with fewer or as many faces are left out" in page.text
    assert "1,200 more faces, less clear than these, left out" in page.text
    assert "and 2 more photos, not listed here." in page.text


def test_the_page_of_a_crowd_stays_small():
    photos, faces = crowd([30] * 800, n_alone=2000)
    heavy = jpeg().ljust(sheets.MAX_PICTURE_BYTES, b"\0")
    html = render_report(build_report(photos, faces.assign(thumbnail=heavy), FACTS))
    assert 25e6 < len(html) < 40e6


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_from_outside_is_text_on_the_page(hostile):
    def page_with(text):
        photos = photos_table(
            {"path": text}, {}, {"path": text, "status": "error", "reason": f"corrupt: {text}"}, {"photo_hash": "x"}
        )
        faces = faces_table({"photo_path": text, "cluster_id": 0}, {"photo_path": text})
        return page_of(photos, faces, RunFacts(text, f"album/{text} ", 1, text, text, 2.0))

    page = page_with(hostile)
    assert page.shape == page_with("harmless.jpg").shape
    assert page.comments == []
    whole = printable(hostile)
    shown = whole if len(hostile) <= 240 else whole[:119]
    assert sum(shown in text for parent, text in page.texts if parent == "bdi") >= 4
    assert {attributes["alt"].partition(" in ")[2].startswith(shown) for attributes in page.all("img")} == {True}


def test_a_folder_whose_name_is_not_text_does_not_stop_the_report():
    html = render_report(build_report(*album(), RunFacts(archive=b"/srv/\xfcber".decode("utf-8", "surrogateescape"))))
    assert r"People in \udcfcber" in Page(html).text.replace("<bdi>", "")
    assert html.encode()


def test_the_page_asks_for_nothing_from_anywhere():
    html = render_report(build_report(*album(), FACTS, **pictures()))
    page = Page(html)
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.elements}
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")]
        for name in {"src", "href", "srcset", "action", "poster", "background"} & set(attributes):
            assert attributes[name].startswith("data:image/jpeg;base64," if tag == "img" else "#")
    assert not re.search(r"https?:|//|url\(|@import|expression\(", re.sub(r'src="data:[^"]*"', "", html))


def test_links_lead_somewhere_and_ids_are_given_once():
    page = page_of(*album(), **pictures())
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert {attributes["href"][1:] for attributes in page.all("a")} <= set(ids)
    assert {attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes} <= set(
        ids
    )


def test_the_browser_is_told_to_load_nothing_before_it_reads_anything():
    page = page_of(*album())
    metas = page.all("meta")
    assert metas[0] == {"charset": "utf-8"}
    assert metas[1]["http-equiv"] == "Content-Security-Policy"
    assert metas[1]["content"].startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")


def test_headings_go_down_one_level_at_a_time():
    levels = [int(tag[1]) for tag, _ in page_of(*album(), **pictures()).elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
