import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from facecluster.spelling import name_key


def test_names_that_differ_in_capitals_width_or_blanks_have_one_key():
    keys = {
        name_key(name)
        for name in ["Anna  Straße", "ANNA STRASSE", " anna\u00a0strasse ", "\uff21\uff4e\uff4e\uff41 strasse"]
    }
    assert len(keys) == 1
    assert name_key("J\u00fcrgen") == name_key("Ju\u0308rgen") != name_key("Jurgen")
    assert name_key("Анна") != name_key("Anna")


@given(st.text())
def test_the_key_of_a_name_does_not_hang_on_how_it_is_composed(text):
    forms = {name_key(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert forms == {name_key(text)}
