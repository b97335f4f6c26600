import pytest

from facecluster.people.statements import Name
from facecluster.web.review.lists.face_list import FaceList
from facecluster.web.review.lists.groups import Rest, alone_screen, group_list, group_screen, groups_screen, rest_of
from tests.pipeline.people_library import ANNA, FACE, add_run, named, people_library, told
from tests.pipeline.review.test_live import settled
from tests.web.review.clients import client_of
from tests.web.review.clients import opened as opened_review
from tests.web.review.lists_shown import Opened, items_of, short
from tests.web.review.plain_sheets import PlainSheets


@pytest.fixture
def opened(tmp_path):
    return Opened(people_library(tmp_path))


def test_groups_stand_by_their_faces_with_years(opened):
    screen = groups_screen(group_list(opened.now), PlainSheets())
    assert (screen.faces, screen.list.count) == (8, 3)
    assert [(item.kind, item.id, item.title, item.lines) for item in items_of(screen.list)] == [
        ("cluster", "0", "3 faces", ("2020 to 2021",)),
        ("cluster", "1", "3 faces", ("2020",)),
        ("cluster", "2", "2 faces", ("",)),
    ]


def test_every_group_is_settled(opened):
    told(opened.library, Name(ANNA, tuple(FACE.values()), "Anna"))
    screen = groups_screen(group_list(opened.now), PlainSheets())
    assert (screen.faces, screen.list.count) == (0, 0)
    assert alone_screen(FaceList(opened.now, "alone"), PlainSheets()).list.count == 0


@pytest.mark.parametrize(
    ("below", "rest"),
    [
        (0, Rest(0, 3, 0, 0)),
        (2, Rest(2, 3, 0, 0)),
        (3, Rest(3, 2, 1, 2)),
        (4, Rest(4, 0, 3, 8)),
        (999, Rest(999, 0, 3, 8)),
    ],
)
def test_the_rest_is_the_end_of_the_list(opened, below, rest):
    listing = group_list(opened.now)
    assert rest_of(listing, below) == rest
    assert all(unit.faces < below for unit in listing.units_at(rest.first, listing.count - 1))
    assert all(unit.faces >= below for unit in listing.units_at(0, rest.first - 1))


def test_a_group_shows_all_its_faces_and_how_many_are_open(opened):
    named(opened.library, ANNA, "Anna", "a2")
    screen = group_screen(FaceList(opened.now, "cluster-0"), 0, PlainSheets())
    assert (screen.cluster, screen.run, screen.photos, screen.open, screen.list.count) == (0, 1, 3, 2, 3)
    assert short(item.id for item in items_of(screen.list)) == ["a1", "a2", "a3"]


def test_faces_alone_stand_by_clearness(opened):
    screen = alone_screen(FaceList(opened.now, "alone"), PlainSheets())
    assert short(item.id for item in items_of(screen.list)) == ["d1", "e1"]


@pytest.fixture
def client(tmp_path):
    with opened_review(tmp_path) as review:
        yield client_of(review, logged_in=True), review


def test_the_pages(client):
    client, review = client
    groups = client.get("/groups").text
    assert "8 faces in 3 groups" in groups
    assert 'href="/groups/2"' in groups
    assert "3 faces that look alike" in client.get("/groups/0").text
    assert "2 faces look like nobody else" in client.get("/alone").text
    told(review.library, Name(ANNA, tuple(FACE.values()), "Anna"))
    assert "Every group is settled" in client.get("/groups").text
    assert "A group that is settled" in client.get("/groups/0").text
    assert "No face is alone" in client.get("/alone").text


@pytest.mark.parametrize(("address", "status"), [("/groups/99", 404), ("/groups/x", 400), ("/groups/-1", 400)])
def test_there_is_no_such_group(client, address, status):
    assert client[0].get(address).status_code == status


def test_the_rest_is_told_of_the_list_on_the_page(client):
    client, review = client
    state = review.live.now().state
    named(review.library, ANNA, "Anna", "c1", "c2")
    told_rest = client.get(f"/groups/rest?below=3&state={state}").text
    assert "<strong>1 group</strong> with 2 faces" in told_rest
    assert 'data-first="2" data-last="2"' in told_rest
    assert "no group with so few" in client.get(f"/groups/rest?below=1&state={state}").text
    assert client.get("/groups/rest?below=3&state=x").status_code == 400
    assert client.get(f"/groups/rest?below=many&state={state}").status_code == 400


def test_the_rest_of_a_list_from_before_a_new_run(client):
    client, review = client
    state = review.live.now().state
    add_run(review.library)
    assert settled(review.live).state.run != state.run
    assert "New photos or groups have come in" in client.get(f"/groups/rest?below=3&state={state}").text
