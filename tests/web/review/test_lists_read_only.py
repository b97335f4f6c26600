"""The screens that are lists, without a server: the same faces, nothing to press."""

import re

import pytest

from facecluster.people.statements import Ignore, Undo
from facecluster.web.review.lists.face_list import FaceList
from facecluster.web.review.lists.failed import failed_screen
from facecluster.web.review.lists.groups import alone_screen, group_list, group_screen, groups_screen
from facecluster.web.review.lists.history import history_screen
from facecluster.web.review.lists.ignored import ignored_list, ignored_screen
from facecluster.web.review.lists.people import Wanted, people_list, people_screen
from facecluster.web.review.lists.person import list_of_person, person_screen
from facecluster.web.review.pages import Pages, Shell
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, add_names, named, people_library, told
from tests.web.review.lists_shown import Opened
from tests.web.review.plain_sheets import PlainSheets

SCREENS = {
    "people": lambda now, sheets, most: people_screen(people_list(now, Wanted()), Wanted(), sheets, most),
    "person": lambda now, sheets, most: person_screen(list_of_person(now, 0), 0, "person", sheets, most),
    "groups": lambda now, sheets, most: groups_screen(group_list(now), sheets, most),
    "group": lambda now, sheets, most: group_screen(FaceList(now, "cluster-1"), 1, sheets, most),
    "faces_alone": lambda now, sheets, most: alone_screen(FaceList(now, "alone"), sheets, most),
    "ignored": lambda now, sheets, most: ignored_screen(ignored_list(now), sheets, most),
    "failed": lambda now, _sheets, _most: failed_screen(now),
    "history": lambda now, _sheets, most: history_screen(now, at_once=most),
}


@pytest.fixture(scope="module")
def now(tmp_path_factory):
    """A moment at which every screen has something to show."""
    opened = Opened(people_library(tmp_path_factory.mktemp("opened")))
    first = named(opened.library, ANNA, "<b>Anna</b>", "a1", "a2", "b3")
    add_names(opened.library, ("a3", ANNA, 0.99, True))
    told(opened.library, Ignore(BERTA, (FACE["c1"],)))
    named(opened.library, CARL, None, "e1")
    told(opened.library, Undo(told(opened.library, Undo(first.id)).id))
    return opened.now


def rendered(screen, now, most=240):
    pages = Pages({"editable": False, "to": lambda name, of="": f"{name}-{of}.html", "asset": lambda name: name})
    shell = Shell("", str(now.state), "library", {})
    return pages.render(screen, shell=shell, shown=SCREENS[screen](now, PlainSheets(), most))


@pytest.mark.parametrize("screen", SCREENS)
def test_there_is_nothing_to_press_and_nothing_to_run(screen, now):
    page = rendered(screen, now)
    for part in (
        "<script",
        "<button",
        "<input",
        "<form",
        "<dialog",
        "<who-box",
        "hx-",
        "data-does",
        'tabindex="-1" data',
    ):
        assert part not in page, part
    assert 'role="option"' not in page
    assert 'role="row"' not in page
    assert "<b>Anna" not in page


@pytest.mark.parametrize("screen", [name for name in SCREENS if name not in {"failed", "history"}])
def test_all_items_are_there(screen, now):
    page = rendered(screen, now)
    shown = SCREENS[screen](now, PlainSheets(), 240).list
    assert re.findall(r'data-place="(\d+)"', page) == [str(place) for place in range(shown.count)]
    assert "not shown here" not in page


def test_what_is_left_out_is_counted(now, monkeypatch):
    monkeypatch.setattr("facecluster.web.review.lists.listings.WINDOW", 2)
    page = rendered("person", now, 2)
    assert page.count("data-place=") == 2
    assert "2 more are not shown here" in page
    assert "Earlier decisions are not shown here" in rendered("history", now, 1)
