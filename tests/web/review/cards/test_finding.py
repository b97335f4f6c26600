"""web.review.finding: names are found as they are typed, by beginnings, in spite of accents, and of a slip."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from facecluster.people.names import checked_name
from facecluster.web.review.cards.finding import Fit, fitting, plain

WORDS = st.text(st.characters(codec="utf-8", categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=8)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


def fit(name, typed):
    """How one name fits; None: not at all."""
    return fitting({7: name}, typed).get(7)


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("Ada Lovelace", "ada lovelace", Fit.EXACT),
        ("Ada Lovelace", "  ADA   Lovelace ", Fit.EXACT),
        ("Ada Lovelace", "a", Fit.BEGINS),
        ("Ada Lovelace", "love", Fit.BEGINS),
        ("Ada Lovelace", "love ad", Fit.BEGINS),
        ("Ada Lovelace", "lace", Fit.WITHIN),
        ("Ada Lovelace", "a l", Fit.BEGINS),
        ("Ada Lovelace", "da love", Fit.WITHIN),
        ("Ada Lovelace", "ada x", None),
        ("John Smith", "jhon", Fit.NEAR),
        ("John Smith", "jon smith", Fit.NEAR),
        ("Anna", "ana", Fit.NEAR),
        ("Hana", "jana", None),
        ("Anna", "anne", None),
        ("Maria", "marla", Fit.NEAR),
        ("Abcdef", "abdcef", Fit.NEAR),
        ("Abcdef", "fbcdea", None),
        ("Abcdef", "fedcba", None),
        ("Anna", "bert", None),
        ("Jo", "ox", None),
        ("José Núñez", "jose nunez", Fit.EXACT),
        ("Jose", "José", Fit.EXACT),
        ("Łukasz Sørensen", "lukasz sor", Fit.BEGINS),
        ("Straße", "STRASSE", Fit.EXACT),
        ("ﬁona", "fi", Fit.BEGINS),
        ("山田太郎", "太郎", Fit.WITHIN),
        ("김민준", "김", Fit.BEGINS),
        ("Иван", "ИВ", Fit.BEGINS),
    ],
)
def test_how_a_name_fits(name, typed, expected):
    assert fit(name, typed) == expected


def test_near_names_are_looked_for_only_where_nothing_else_fits():
    names = {0: "Anna", 1: "Hana", 2: "Ann-Marie"}
    assert fitting(names, "ann") == {0: Fit.BEGINS, 2: Fit.BEGINS}
    assert fitting(names, "hanna") == {0: Fit.NEAR, 1: Fit.NEAR}


def test_who_counts_means_what_is_typed():
    names = {0: "Guest 1", 1: "Guest 2"}
    assert fitting(names, "Guest 3") == {}
    assert fitting(names, "Gest 2") == {1: Fit.NEAR}


@pytest.mark.parametrize("typed", ["", "  ", "\u0301"])
def test_everybody_fits_who_types_nothing(typed):
    assert fitting({3: "Ada", 5: "Bo"}, typed).keys() == {3, 5}


def test_nobody_is_there():
    assert fitting({}, "ada") == {}


@given(NAMES)
def test_a_name_fits_itself_in_any_case_and_in_any_composition(name):
    assume(plain(name))
    assert fit(name, name.casefold()) == Fit.EXACT
    assert fit(name, unicodedata.normalize("NFD", name)) == Fit.EXACT


@given(NAMES, st.data())
def test_any_beginnings_of_words_in_any_order_fit(name, data):
    words = plain(name).split()
    assume(words)
    chosen = data.draw(st.permutations(words))[: data.draw(st.integers(1, len(words)))]
    typed = " ".join(word[: data.draw(st.integers(1, len(word)))] for word in chosen)
    assert fit(name, typed) in {Fit.EXACT, Fit.BEGINS}


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_compared_without_a_word(name, typed):
    assert fit(name, typed) in {*Fit, None}


@given(st.text(max_size=30))
def test_what_is_plain_stays_so(text):
    assert plain(plain(text)) == plain(text)


def test_names_that_are_kept_can_be_found_by_what_was_typed():
    assert fit(checked_name(" Zoë "), "zoe") == Fit.EXACT
