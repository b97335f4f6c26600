import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import UsageError
from facecluster.people.names import MAX_NAME, checked_day, checked_name, mixed_letters

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "name",
    [
        "Anna",
        "J",
        "Æthelred II.",
        "O'Brien",
        '"Quotes" & <b>markup</b>',
        "../../etc/passwd",
        "C:\\people",
        "=1+1",
        "-help",
        "12",
        "null",
        "אבגד",
        "محمد",
        "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
        "क्\u200dष",
        "山田 太郎",
        "Mum ❤️",
        "👩🏽\u200d🚀",
        "x" * MAX_NAME,
    ],
)
def test_ordinary_names_are_kept_as_they_are(name):
    assert checked_name(name) == name


def test_blanks_around_a_name_go_and_letters_are_composed():
    assert checked_name("  Ju\u0308rgen \u3000") == "J\u00fcrgen"
    assert checked_name("Anna  Maria") == "Anna  Maria"


@pytest.mark.parametrize("name", ["", " ", "\t\n", "\u00a0", "\u0301", "\u3000"])
def test_a_name_needs_something_to_be_seen(name):
    with pytest.raises(UsageError, match="at least one letter"):
        checked_name(name)


@pytest.mark.parametrize("length", [MAX_NAME + 1, 10_000])
def test_a_name_has_an_end(length):
    with pytest.raises(UsageError, match=f"at most 200 characters, this one has {length:,}"):
        checked_name("a" * length)


BIDI = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)]
UNSEEN = [*BIDI, "\u200b", "\u200c", "\u200d", "\u00ad", "\ufeff", "\u2060", "\u3164", "\u115f", "\ufe0f", "\U000e0041"]


@pytest.mark.parametrize("character", UNSEEN, ids=ascii)
def test_what_cannot_be_seen_is_refused(character):
    with pytest.raises(
        UsageError, match=rf"holds an invisible character \(U\+{ord(character):04X}\) as its character 3"
    ):
        checked_name(f"An{character}na")


@pytest.mark.parametrize(
    ("character", "what"),
    [
        ("\n", "a control character"),
        ("\r", "a control character"),
        ("\0", "a control character"),
        ("\x1b", "a control character"),
        ("\x9b", "a control character"),
        ("\u2028", "a line break"),
        ("\u2029", "a line break"),
        ("\ud800", "half of a character"),
        ("\ue000", "a character without a meaning of its own"),
        ("\uffff", "a character that no standard knows"),
    ],
    ids=ascii,
)
def test_what_is_no_letter_is_refused(character, what):
    with pytest.raises(UsageError, match=f"'.*' holds {what} .* as its character 3: type it anew, without") as caught:
        checked_name(f"An{character}na")
    assert str(caught.value).isascii(), "what cannot be seen is written out"


@given(st.text())
def test_whatever_is_accepted_is_composed_visible_and_accepted_again(text):
    try:
        name = checked_name(text)
    except UsageError:
        return
    assert checked_name(name) == name == name.strip() == unicodedata.normalize("NFC", name)
    assert 0 < len(name) <= MAX_NAME
    name.encode()


@pytest.mark.parametrize(
    "name", ["Anna", "Анна", "Άννα", "山田タロウ", "阿Q", "김 Anna", "Anna (Анна)", "M4x", "Nº 5", "👩 Jo"]
)
def test_names_in_one_alphabet_a_word_are_not_warned_of(name):
    assert mixed_letters(name) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("\u0410nna", '"\u0410nna" mixes Latin and Cyrillic letters'),
        ("Maria \u0397elena", '"\u0397elena" mixes Latin and Greek letters'),
        ("\uff38\u0435nia", '"X\u0435nia" mixes Latin and Cyrillic letters'),
        ("\u039f\u03bf\u03bf\u043e", '"\u039f\u03bf\u03bf\u043e" mixes Cyrillic and Greek letters'),
    ],
)
def test_letters_that_look_alike_are_warned_of(name, told):
    assert (mixed_letters(name) or "").startswith(told)
    assert checked_name(name) == name, "a warning, no more"


@pytest.mark.parametrize(
    ("text", "day"), [("1987-03-21", "1987-03-21"), (" 20000229 ", "2000-02-29"), ("2026-11-22", "2026-11-22")]
)
def test_days_are_kept_as_iso_8601_writes_them(text, day):
    assert checked_day(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "written like 1987-03-21, found ''"),
        ("21.3.1987", "found '21.3.1987'"),
        ("1987-02-30", "found '1987-02-30'"),
        ("\u202e" * 99, r"found '(\\u202e){40}\.\.\.'"),
        ("1799-12-31", "long before the first photograph"),
        ("2026-11-23", "still to come: today is 2026-11-22"),
    ],
)
def test_other_days_are_refused(text, why):
    with pytest.raises(UsageError, match=why):
        checked_day(text, TODAY)
