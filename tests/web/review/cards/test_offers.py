"""web.review.offers: who may be meant, before and while something is typed, and what Enter takes."""

import pytest

from facecluster.people.likeness import Likeness
from facecluster.people.statements import Ignore, Name
from facecluster.pipeline.review.likest import Likely
from facecluster.pipeline.review.live import Live
from facecluster.web.review.cards.offers import MAX_OFFERED, Ranked, alike_in_words, likeliest, offers, ranked_people
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, SHORT, named, people_library, told
from tests.web.review.plain_sheets import PlainSheets
from tests.web.review.rendered import rendered

LIKENESS = Likeness(0.1, 0.6)
NAMELESS, STRANGER = "c" * 12, "d" * 12


@pytest.fixture
def moment(tmp_path):
    """Anna with three faces, Berta and Carl with one each, somebody without a name, and a stranger."""
    library = people_library(tmp_path)
    named(library, ANNA, "Anna Álvarez", "a1", "a2", "a3")
    named(library, BERTA, "Berta", "b1")
    named(library, CARL, "Annabel", "c1")
    told(library, Name(NAMELESS, (FACE["d1"],)))
    told(library, Name(STRANGER, (FACE["e1"],), "Passer-by"), Ignore(STRANGER))
    return Live(library).now()


def names(moment, *typed, ranked=None, **options):
    """The names that are offered."""
    found = offers(moment, PlainSheets(), ranked or ranked_people(moment, [], LIKENESS), *typed, **options)
    return [one.name for one in found.people]


def test_those_with_most_faces_come_first_where_nothing_can_be_compared(moment):
    assert names(moment) == ["Anna Álvarez", "Berta", "Annabel"]


def test_whoever_is_alike_comes_before_others(moment):
    ranked = ranked_people(moment, [Likely(2, 0.5, together=False), Likely(1, 0.3, together=True)], LIKENESS)
    assert [(one.place, one.likeness and round(one.likeness, 3), one.together) for one in ranked] == [
        (2, 0.8, False),
        (1, 0.4, True),
        (0, None, False),
    ]
    assert names(moment, ranked=ranked) == ["Annabel", "Berta", "Anna Álvarez"]


def test_somebody_cannot_be_meant(moment):
    assert [one.place for one in ranked_people(moment, [Likely(0, 0.9, together=False)], LIKENESS, but=[ANNA])] == [
        1,
        2,
    ]


def test_a_name_is_found_by_its_beginnings_the_likeliest_first(moment):
    ranked = ranked_people(moment, [Likely(2, 0.5, together=False)], LIKENESS)
    assert names(moment, "an", ranked=ranked) == ["Annabel", "Anna Álvarez"]
    assert names(moment, "alv", ranked=ranked) == ["Anna Álvarez"]
    assert names(moment, "annabel", ranked=ranked) == ["Annabel"]


def test_the_very_name_comes_first_however_unlike_and_parts_of_words_last(tmp_path):
    library = people_library(tmp_path)
    named(library, ANNA, "Anna Bell", "a1")
    named(library, BERTA, "Susanna", "b1")
    named(library, CARL, "Anna", "c1")
    moment = Live(library).now()
    ranked = [Ranked(1, 1.2, together=False), Ranked(0, 1.0, together=False), Ranked(2, 0.0, together=False)]
    assert names(moment, "anna", ranked=ranked) == ["Anna", "Anna Bell", "Susanna"]


def test_what_is_offered_of_somebody(moment):
    ranked = [Ranked(0, 1.4, together=False)]
    (one,) = offers(moment, PlainSheets(), ranked).people
    assert (one.id, one.name, one.faces, one.likeness, one.alike) == (ANNA, "Anna Álvarez", 3, 1.0, "very alike")
    assert SHORT[one.tile.face_id] == "a1"


@pytest.mark.parametrize(
    ("typed", "takes_first", "new"),
    [
        ("", False, None),
        (" ", False, None),
        ("bert", True, "bert"),
        ("Berta", True, "Berta"),
        ("ert", False, "ert"),  # within
        ("Berto", False, "Berto"),  # near
        ("Zoe", False, "Zoe"),
    ],
)
def test_enter_takes_whose_name_begins_so_and_nobody_by_a_slip(moment, typed, takes_first, new):
    found = offers(moment, PlainSheets(), ranked_people(moment, [], LIKENESS), typed)
    assert (found.takes_first, found.new) == (takes_first, new)
    default = rendered("offers", offers=found).has("data-default")
    if takes_first:
        assert [one["data-person"] for one in default] == [found.people[0].id]
    else:
        assert [one["data-new"] for one in default] == ([] if found.people else [new])


def test_a_new_person_of_a_name_that_somebody_has_is_another(moment):
    found = offers(moment, PlainSheets(), ranked_people(moment, [], LIKENESS), "berta")
    assert "Create another" in rendered("offers", offers=found).text
    assert (found.is_exact, found.new) == (True, "berta")


def test_what_is_no_name_is_told_before_it_is_chosen(moment):
    found = offers(moment, PlainSheets(), ranked_people(moment, [], LIKENESS), "x" * 300)
    assert found.new is None
    page = rendered("offers", offers=found)
    assert "at most 200 characters" in page.text
    assert page.all(role="option", aria_disabled="true")


def test_only_known_people_are_asked_for(moment):
    found = offers(moment, PlainSheets(), ranked_people(moment, [], LIKENESS), "Zoe", only_known=True)
    assert (found.people, found.new) == ((), None)
    assert "Nobody is called so." in rendered("offers", offers=found).text


def test_markup_in_a_name_is_text(moment):
    found = offers(moment, PlainSheets(), ranked_people(moment, [], LIKENESS), '"><script>alert(1)</script>')
    page = rendered("offers", offers=found)
    assert "script" not in page.tags
    assert [one["data-new"] for one in page.has("data-new")] == ['"><script>alert(1)</script>']


def test_nobody_is_named_yet(tmp_path):
    moment = Live(people_library(tmp_path)).now()
    assert ranked_people(moment, [], LIKENESS) == []
    assert names(moment) == []
    assert offers(moment, PlainSheets(), [], "Ada").new == "Ada"


def test_no_more_are_offered_than_there_are_keys(tmp_path):
    library = people_library(tmp_path)
    for number, face in enumerate(FACE.values()):
        told(library, Name(f"{number:012x}", (face,), f"Guest {number}"))
    moment = Live(library).now()
    assert len(names(moment)) == MAX_OFFERED == len(FACE) - 1


@pytest.mark.parametrize(
    ("likeness", "together", "words"),
    [
        (None, False, ""),
        (-0.5, False, ""),
        (0.59, False, ""),
        (0.6, False, "alike"),
        (1.0, False, "very alike"),
        (1.7, True, "in the same photo"),
        (None, True, "in the same photo"),
    ],
)
def test_alike_in_words(likeness, together, words):
    assert alike_in_words(Ranked(0, likeness, together)) == words


def test_only_who_is_alike_and_not_beside_is_offered_unasked(moment):
    ranked = [Ranked(0, 0.9, together=True), Ranked(1, 0.7, together=False), Ranked(2, 0.5, together=False)]
    assert [one.name for one in likeliest(moment, PlainSheets(), ranked)] == ["Berta"]
