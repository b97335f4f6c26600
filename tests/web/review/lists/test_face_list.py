import pytest

from facecluster.errors import UsageError
from facecluster.people.statements import NotAFace
from facecluster.web.review.lists.face_list import FaceList
from facecluster.web.review.lists.listings import Heading
from tests.pipeline.people_library import ANNA, FACE, add_names, named, people_library, told
from tests.web.review.lists_shown import Opened, marked, short
from tests.web.review.plain_sheets import PlainSheets


@pytest.fixture
def opened(tmp_path):
    opened = Opened(people_library(tmp_path))
    named(opened.library, ANNA, "Anna", "a1", "a2", "a3", "b3", "c1")
    return opened


def test_faces_stand_by_year_and_those_without_one_last(opened):
    listing = FaceList(opened.now, f"person-{ANNA}")
    assert listing.headings() == [
        Heading("2020", "y2020", 0),
        Heading("2021", "y2021", 2),
        Heading("No date", "undated", 3),
    ]
    assert short(item.id for item in listing.items(0, 2, PlainSheets(), opened.now)) == ["a1", "a2", "a3"]


@pytest.mark.parametrize(("name", "count"), [("alone", 2), ("cluster-2", 1), (f"maybe-{ANNA}", 2)])
def test_other_orders_and_faces_without_any_year_need_no_heading(opened, name, count):
    add_names(opened.library, ("c2", ANNA, 0.7, False), ("b1", ANNA, 0.8, False))
    listing = FaceList(opened.now, name)
    assert (listing.headings(), listing.count >= count) == ([Heading(None, "", 0)], True)


def test_an_empty_list_has_no_heading(opened):
    assert FaceList(opened.now, "cluster-99").headings() == []


def test_places_stay_while_what_stands_there_is_marked(opened):
    listing = FaceList(opened.now, f"person-{ANNA}")
    told(opened.library, NotAFace((FACE["a2"],)))
    items = listing.items(0, 4, PlainSheets(), opened.now)
    assert short(item.id for item in items[:3]) == ["a1", "a2", "a3"]
    assert marked(items) == listing.marks(0, 4, opened.now) == {1: "not a face"}
    assert listing.marks(2, 4, opened.now) == {}


def test_only_what_is_asked_for_is_drawn(opened):
    sheets = PlainSheets()
    FaceList(opened.now, f"person-{ANNA}").items(1, 2, sheets, opened.now)
    assert short(sheets.asked) == ["a2", "a3"]


def test_there_is_no_such_list(opened):
    with pytest.raises(UsageError, match="no list"):
        FaceList(opened.now, "../etc/passwd")
