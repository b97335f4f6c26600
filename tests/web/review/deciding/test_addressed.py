import pytest

from facecluster.errors import UsageError
from facecluster.web.review.deciding.addressed import number_in, word_in


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("999999999", 999_999_999)])
def test_numbers(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.0", "1e3", " 1", "٣", "²", "1000000000", "9" * 5000, "x"])
def test_what_is_no_number_is_refused_in_few_words(text):
    with pytest.raises(UsageError, match="Expected a number") as refused:
        number_in(text)
    assert len(str(refused.value)) < 120


def test_words():
    assert word_in("name", ("faces", "name")) == "name"
    with pytest.raises(UsageError, match="Expected one of faces, name in the address, found 'Name'"):
        word_in("Name", ("faces", "name"))
