from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.web.review.files.file_links import FileLinks, Place


@pytest.fixture
def links():
    return FileLinks("../report.html", max_units=3)


def test_each_screen_has_a_file(links):
    addresses = [links("people"), links("person", "ab12"), links("cluster", "7"), links("photo", "0a-1-2-3-4")]
    assert addresses == ["people.html", "person-ab12.html", "cluster-7.html", "photo-0a-1-2-3-4.html"]
    assert [place.file for place in links.each()] == addresses


def test_the_report_lies_beside_and_is_no_page(links):
    assert links("report") == "../report.html"
    assert list(links.each()) == []


def test_every_page_comes_once_and_those_that_pages_lead_to_come_too(links):
    links("people")
    made = []
    for place in links.each():
        made.append(place.screen)
        if place.screen == "people":
            links("groups")
            links("people")
        if place.screen == "groups":
            links("history")
    assert made == ["people", "groups", "history"]


def test_only_so_many_people_and_groups_have_a_page_of_their_own(links):
    assert [links("cluster", str(number)) for number in range(2)] == ["cluster-0.html", "cluster-1.html"]
    assert links("person", "a") == "person-a.html"
    assert links("person", "b") == "people.html"
    assert links("cluster", "2") == "groups.html"
    assert links("cluster", "1") == "cluster-1.html"
    assert links("photo", "a") == "photo-a.html"
    files = [place.file for place in links.each()]
    assert files == [
        "cluster-0.html", "cluster-1.html", "person-a.html", "people.html", "groups.html", "photo-a.html"
    ]  # fmt: skip


def test_whoever_stops_and_goes_on_begins_anew(links):
    links("people")
    links("groups")
    assert list(islice(links.each(), 1)) == [Place("people")]
    assert list(links.each()) == [Place("people"), Place("groups")]


@pytest.mark.parametrize("id_", ["../../etc/passwd", "a/b", ".", "..", "A", "a b", "#", "?x", "a" * 100, "<b>", "%2e"])
def test_an_id_that_somebody_thought_of_is_no_path_and_no_address(id_):
    file = Place("person", id_).file
    assert file.removeprefix("person-x").removesuffix(".html").isalnum()
    assert len(file) < 60


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1), unique=True))
def test_different_ids_have_different_files_even_where_capitals_are_the_same(ids):
    assert len({Place("person", id_).file.lower() for id_ in ids}) == len(ids)
