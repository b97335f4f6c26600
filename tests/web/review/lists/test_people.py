import pytest

from facecluster.errors import UsageError
from facecluster.people.statements import Ignore, Merge, Undo
from facecluster.web.review.lists.listings import WINDOW
from facecluster.web.review.lists.people import MAX_TOGETHER, Wanted, people_list, people_screen, together
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, add_names, named, people_library, told
from tests.web.review.clients import client_of
from tests.web.review.clients import opened as opened_review
from tests.web.review.lists_shown import Opened, items_of
from tests.web.review.plain_sheets import PlainSheets

HOSTILE = "<script>alert(\"x\")</script> & 'Bobby'"


@pytest.fixture
def opened(tmp_path):
    """Anna with three faces and two that are automatic or proposed, Åsa with two, and somebody without a name."""
    opened = Opened(people_library(tmp_path))
    named(opened.library, ANNA, "Anna", "a1", "a2")
    add_names(opened.library, ("a3", ANNA, 0.99, True), ("d1", ANNA, 0.7, False))
    named(opened.library, BERTA, "Åsa Öberg", "b1", "b2")
    named(opened.library, CARL, None, "c1")
    return opened


def shown(opened, **wanted):
    wanted = Wanted(**wanted)
    return people_screen(people_list(opened.now, wanted), wanted, PlainSheets())


def titles(screen):
    return [item.title for item in items_of(screen.list)]


def test_everybody_stands_there_with_numbers_most_faces_first(opened):
    screen = shown(opened)
    assert (screen.people, screen.named) == (3, 2)
    assert [(item.title, item.is_named, item.lines) for item in items_of(screen.list)] == [
        ("Anna", True, ("3 faces", "2020 to 2021", "1 automatic, 1 perhaps")),
        ("Åsa Öberg", True, ("2 faces", "2020", "")),
        ("No name yet", False, ("1 face", "", "")),
    ]
    assert [item.tile.face_id for item in items_of(screen.list)] == [FACE["a1"], FACE["b2"], FACE["c1"]]


def test_nobody_is_known_yet(tmp_path):
    screen = shown(Opened(people_library(tmp_path)))
    assert (screen.people, screen.list.count, screen.list.sections) == (0, 0, ())


@pytest.mark.parametrize("words", ["asa", "ÅSA", "oberg", "öber", "asa o", "  Asa  "])
def test_people_are_found_by_parts_of_names_without_accents_and_capitals(opened, words):
    wanted = Wanted.from_params({"q": words})
    assert titles(people_screen(people_list(opened.now, wanted), wanted, PlainSheets())) == ["Åsa Öberg"]


def test_who_is_not_found_is_not_there(opened):
    assert titles(shown(opened, words="zzz")) == []


def test_by_name_and_those_without_one_last(opened):
    named(opened.library, "d" * 12, "zoe", "e1")
    assert titles(shown(opened, by="name")) == ["Anna", "Åsa Öberg", "zoe", "No name yet"]


@pytest.mark.parametrize(("which", "expected"), [("named", ["Anna", "Åsa Öberg"]), ("nameless", ["No name yet"])])
def test_those_with_a_name_or_without(opened, which, expected):
    assert titles(shown(opened, which=which)) == expected


def test_who_is_ignored_or_was_never_made_is_not_among_them(opened):
    said = named(opened.library, "d" * 12, None, "e1")
    told(opened.library, Undo(said.id))
    told(opened.library, Ignore(BERTA))
    assert titles(shown(opened)) == ["Anna", "No name yet"]


def test_the_address_of_a_list_leads_to_the_same_list():
    wanted = Wanted("Åsa & Co=?", "name", "named")
    from urllib.parse import parse_qs  # noqa: PLC0415

    found = {key: value for key, (value,) in parse_qs(wanted.query).items()}
    assert Wanted.from_params(found) == wanted


@pytest.mark.parametrize("asked", [{"by": "age"}, {"which": "tall"}, {"by": ""}])
def test_an_address_that_asks_for_something_else(asked):
    with pytest.raises(UsageError, match="Expected one of"):
        Wanted.from_params(asked)


def test_who_is_made_one_is_asked_with_names_first(opened):
    found = together(opened.now, [CARL, ANNA, CARL], PlainSheets())
    assert ([item.title for item in found.people], found.faces) == (["Anna", "No name yet"], 4)


@pytest.mark.parametrize("ids", [[], [ANNA], [ANNA, ANNA], [ANNA, "f" * 12], [f"{i:012x}" for i in range(300)]])
def test_one_alone_cannot_be_made_one(opened, ids):
    with pytest.raises(UsageError, match=f"from two to {MAX_TOGETHER} people"):
        together(opened.now, ids, PlainSheets())


def test_who_was_merged_away_is_the_other_one(opened):
    told(opened.library, Merge(ANNA, (BERTA,)))
    with pytest.raises(UsageError, match="found 1"):
        together(opened.now, [ANNA, BERTA], PlainSheets())


def test_a_page_holds_one_window_and_room_for_the_others(tmp_path):
    opened = Opened(people_library(tmp_path))
    for number in range(WINDOW + 5):
        named(opened.library, f"{number:012x}", f"Person {number}")
    screen = shown(opened)
    (section,) = screen.list.sections
    assert [(part.count, part.items is None) for part in section.windows] == [(WINDOW, False), (5, True)]
    assert [item.tile for item in items_of(screen.list)] == [None] * WINDOW


def test_the_page(tmp_path):
    with opened_review(tmp_path) as review:
        client = client_of(review, logged_in=True)
        assert "Nobody is known yet" in client.get("/people").text
        named(review.library, ANNA, HOSTILE, "a1", "a2")
        page = client.get("/people").text
        assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; &#39;Bobby&#39;" in page
        assert "<script>alert" not in page
        assert f'href="/people/{ANNA}"' in page
        assert "Nobody found" in client.get("/people?q=zzz").text
        assert client.get("/people?by=age").status_code == 400
        named(review.library, BERTA, "Berta", "b1")
        assert "Whose name stays?" in client.get(f"/people/together?people={ANNA},{BERTA}").text
        assert client.get(f"/people/together?people={ANNA}").status_code == 400
