import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.store.path_text import path_to_text, text_to_path

paths = st.binary().map(lambda path: path.replace(b"\0", b""))


@given(paths)
def test_every_path_comes_back(path):
    assert text_to_path(path_to_text(path)) == path


@given(paths)
def test_the_text_is_clean(path):
    text = path_to_text(path)
    text.encode("utf-8")
    assert len(text.splitlines()) <= 1
    assert not any(character < " " or "\x7f" <= character <= "\x9f" for character in text)


@given(st.text(alphabet="\\xa4e9b\x85é\nF"))
def test_a_text_is_of_one_path_or_of_none(text):
    try:
        path = text_to_path(text)
    except ValueError:
        return
    assert path_to_text(path) == text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (b"", ""),
        (b"Album/IMG 1.jpg", "Album/IMG 1.jpg"),
        ("Zoë/写真 😀.jpg".encode(), "Zoë/写真 😀.jpg"),
        (b"back\\slash", "back\\\\slash"),
        (b"x41", "x41"),
        (b"\\x41", "\\\\x41"),
        (b"latin \xe9", "latin \\xe9"),
        (b"line\nbreak", "line\\x0abreak"),
        (b"\x1b[31m", "\\x1b[31m"),
        ("\x85".encode(), "\\xc2\\x85"),
        ("\u2028".encode(), "\\xe2\\x80\\xa8"),
        (b"\xed\xa0\x80", "\\xed\\xa0\\x80"),  # a lone surrogate, as some systems write it
    ],
)
def test_how_paths_are_written(path, text):
    assert path_to_text(path) == text
    assert text_to_path(text) == path


@pytest.mark.parametrize(
    "text", ["\\", "a\\b", "\\x4", "\\xZZ", "\\x41", "\\xE9", "\\xc3\\xa9", "line\nbreak", "\udcff"]
)
def test_what_is_no_text_of_a_path_is_refused(text):
    with pytest.raises(ValueError, match="not the text of a path"):
        text_to_path(text)
