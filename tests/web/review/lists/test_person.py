import pytest

from facecluster.people.statements import Born, Ignore, Merge, Name, Reject
from facecluster.web.review.lists.person import list_of_person, person_head, person_screen
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, add_names, named, people_library, told
from tests.web.review.clients import client_of
from tests.web.review.clients import opened as opened_review
from tests.web.review.lists_shown import Opened, items_of, short
from tests.web.review.plain_sheets import PlainSheets


@pytest.fixture
def opened(tmp_path):
    opened = Opened(people_library(tmp_path))
    named(opened.library, ANNA, "Anna", "a1", "a2", "b3")
    add_names(opened.library, ("a3", ANNA, 0.99, True), ("d1", ANNA, 0.7, False), ("e1", ANNA, 0.8, False))
    return opened


def shown(opened, part="person", place=0):
    return person_screen(list_of_person(opened.now, place, part), place, part, PlainSheets())


def test_the_head_says_how_many_and_how_each_got_the_name(opened):
    told(opened.library, Born(ANNA, "1990-02-01"))
    head = person_head(opened.now, 0, PlainSheets())
    assert [(share.part, share.faces) for share in head.shares] == [
        ("person", 4), ("decided", 3), ("automatic", 1), ("maybe", 2),
    ]  # fmt: skip
    assert (head.days, head.born, head.cover.face_id) == ("May 2020 to Jul 2021", "1 Feb 1990", FACE["a1"])


def test_a_person_of_whom_nothing_is_there(opened):
    named(opened.library, BERTA, "Berta")
    head = person_head(opened.now, 1, PlainSheets())
    assert (head.cover, head.days, head.born, head.known.faces) == (None, "", "", 0)
    assert shown(opened, place=1).list.count == 0


@pytest.mark.parametrize(
    ("part", "faces"),
    [
        ("person", ["a1", "a2", "a3", "b3"]),
        ("decided", ["a1", "a2", "b3"]),
        ("automatic", ["a3"]),
        ("maybe", ["e1", "d1"]),
    ],
)
def test_the_faces_of_each_part(opened, part, faces):
    screen = shown(opened, part)
    assert short(item.id for item in items_of(screen.list)) == faces
    assert screen.list.name == f"{part}-{ANNA}"


def test_years_lead_to_their_faces(opened):
    sections = shown(opened).list.sections
    assert [(one.title, one.anchor, one.first, one.count) for one in sections] == [
        ("2020", "y2020", 0, 2), ("2021", "y2021", 2, 1), ("No date", "undated", 3, 1),
    ]  # fmt: skip


@pytest.fixture
def client(tmp_path):
    with opened_review(tmp_path) as review:
        named(review.library, ANNA, "Anna", "a1", "a2")
        add_names(review.library, ("a3", ANNA, 0.99, True))
        yield client_of(review, logged_in=True), review.library


def test_the_page_and_its_head(client):
    client, library = client
    page = client.get(f"/people/{ANNA}").text
    assert "<title>Anna" in page
    assert 'id="y2020"' in page
    assert f'href="/history?person={ANNA}"' in page
    assert f'data-list="automatic-{ANNA}"' in client.get(f"/people/{ANNA}?show=automatic").text
    told(library, Reject(ANNA, (FACE["a2"],)))
    head = client.get(f"/people/{ANNA}/head").text
    assert "By people <small>1<" in head
    assert "By facecluster <small>1<" in head
    assert "<html" not in head


def test_names_from_other_programs_are_told_from_those_given_by_hand(client):
    client, library = client
    told(library, Name(BERTA, (FACE["b1"],), "Berta"), provenance="imported")
    page = client.get(f"/people/{BERTA}").text
    assert "1 named in another program" in page
    assert "named by hand" not in page


def test_somebody_without_a_name_and_somebody_ignored(client):
    client, library = client
    named(library, CARL, None, "c1")
    told(library, Ignore(ANNA))
    assert "Give a name" in client.get(f"/people/{CARL}").text
    assert "Bring back" in client.get(f"/people/{ANNA}").text


def test_who_was_merged_away_is_found_where_the_person_is_now(client):
    client, library = client
    named(library, BERTA, "Berta", "b1")
    told(library, Merge(BERTA, (ANNA,)))
    moved = client.get(f"/people/{ANNA}", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (303, f"/people/{BERTA}")
    assert "one with <bdi>Berta</bdi> now" in client.get(f"/people/{ANNA}/head").text
    assert "one with" not in client.get(f"/people/{BERTA}/head").text


@pytest.mark.parametrize("address", ["/people/ffffffffffff", "/people/Anna", "/people/ffffffffffff/head"])
def test_nobody_has_this_id(client, address):
    answer = client[0].get(address)
    assert answer.status_code == 404
    assert "no such person" in answer.text


def test_a_part_that_there_is_not(client):
    assert client[0].get(f"/people/{ANNA}?show=left").status_code == 400
