import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.tag_words import (
    as_digikam,
    as_lightroom,
    checked_value,
    digikam_word,
    lightroom_word,
    writable,
)
from facecluster.spelling import name_key


def test_a_person_is_a_keyword_below_people():
    assert digikam_word("Anna Müller") == "People/Anna Müller"
    assert lightroom_word("Anna Müller") == "People|Anna Müller"


@pytest.mark.parametrize("name", ["AC/DC", "a|b", "/", "//|"])
def test_a_name_stays_one_part_of_a_hierarchy_in_both_forms(name):
    for word, joint in ((digikam_word(name), "/"), (lightroom_word(name), "|")):
        assert word.count("/") + word.count("|") == 1
        assert name_key(word) == name_key(f"People{joint}{name}")  # whoever compares by NFKC still finds it


def test_a_keyword_goes_from_one_form_to_the_other():
    assert as_digikam("Places|Rome") == "Places/Rome"
    assert as_digikam("Bands|AC/DC") == "Bands/AC\uff0fDC"
    assert as_digikam("Holiday") == "Holiday"
    assert as_lightroom("a|b") == "a\uff5cb"
    assert as_lightroom("a/b") == "a/b"


@pytest.mark.parametrize(
    "name", ["Zoë", "李雷", "علي", "Ἀθηνᾶ", "👩\u200d🚀", 'O\'Neil "<&>"', "=1+1", "a;b,c", "\U0001f468\U0001f3fd"]
)
def test_names_of_every_script_are_values(name):
    assert checked_value(name) == name


def test_a_value_is_composed_and_without_blanks_around_it():
    assert checked_value(" Zoe\u0308 ") == "Zoë"


@pytest.mark.parametrize(
    "sign", ["\0", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\u2028", "\ud800", "\ufffe", "\uffff"]
)
def test_what_xmp_cannot_hold_is_refused_by_its_number(sign):
    with pytest.raises(MetadataError, match=f"U\\+{ord(sign):04X}") as error:
        checked_value(f"An{sign}na")
    assert error.value.fault == MetadataFault.UNSUPPORTED
    assert writable(f"An{sign}na") == "An na"


@pytest.mark.parametrize("name", ["", "  ", "\u3000"])
def test_nobody_is_nobody(name):
    with pytest.raises(MetadataError, match="without a name"):
        checked_value(name)


@given(st.text())
def test_a_text_that_was_made_writable_is(text):
    assert not writable(text) or checked_value(writable(text))
