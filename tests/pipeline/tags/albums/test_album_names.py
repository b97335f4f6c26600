import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.pipeline.tags.albums.album_names import MAX_BYTES, entry_names, folder_names, safe_name

IDS = st.text("0123456789abcdef", min_size=12, max_size=12)
TEXT = st.text(st.characters(codec=None), max_size=300)  # half characters too
RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    "conin$",
    "conout$",
    *(f"{kind}{n}" for kind in ("com", "lpt") for n in "0123456789"),
}


def safe_everywhere(name):
    assert name == name.strip()
    assert not name.startswith(".")
    assert not name.endswith(".")
    assert not re.search(r'[/\\:*?"<>|\x00-\x1f\x7f]', name)
    kinds = {unicodedata.category(letter) for letter in name if letter not in "\u200c\u200d"}
    assert not kinds & {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
    assert len(name.encode()) <= MAX_BYTES
    assert name.partition(".")[0].rstrip().lower() not in RESERVED


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada Lovelace", "Ada Lovelace 3f2a"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j 3f2a"),
        ("..", "_.. 3f2a"),
        ("", "_ 3f2a"),
        (" \t\n ", "__ 3f2a"),
        ("CON.", "_CON. 3f2a"),
        ("aux.b", "_aux.b 3f2a"),
        ("Conrad", "Conrad 3f2a"),
        ("\u202eadA\u202c", "adA 3f2a"),
        ("e\u0301", "\xe9 3f2a"),
        ("\u0645\u06cc\u200c\u0634\u0648\u0645", "\u0645\u06cc\u200c\u0634\u0648\u0645 3f2a"),
        ("\udcff", "_ 3f2a"),
        ("two   blanks\u00a0", "two blanks 3f2a"),
    ],
)
def test_names_of_people_as_folders(text, name):
    assert folder_names([("3f2a00000000", text)]) == [name]


@given(TEXT)
def test_any_text_is_a_safe_folder_that_ends_in_the_id(text):
    (name,) = folder_names([("3f2a00000000", text)])
    safe_everywhere(name)
    assert name.endswith(" 3f2a")


@given(
    st.dictionaries(
        IDS, st.sampled_from(["Anna", "anna", "A\u030anna", "\xc5nna", "x" * 300, "x" * 299 + "y"]), max_size=20
    )
)
def test_no_two_people_share_a_folder_on_any_system(people):
    names = folder_names(list(people.items()))
    assert len({unicodedata.normalize("NFD", name).casefold() for name in names}) == len(people)


def test_people_of_one_name_and_the_same_first_digits_get_more_of_them():
    people = [("abcd01000000", "Anna"), ("abcd02000000", "anna"), ("abcd03000000", "Berta")]
    assert folder_names(people) == ["Anna abcd01", "anna abcd02", "Berta abcd"]


@pytest.mark.parametrize(
    "text",
    ["e\u0301" * 200, "\u0915\u094d\u0937" * 100, "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 30, "\xe9" * 300],
)
def test_long_names_are_cut_between_letters(text):
    name = safe_name(text, " 3f2a")
    assert MAX_BYTES - 30 < len(name.encode()) <= MAX_BYTES
    kept, rest = name.removesuffix(" 3f2a"), unicodedata.normalize("NFC", text)
    assert rest.startswith(kept)
    assert not unicodedata.category(rest[len(kept)]).startswith("M")
    assert "\u200d" not in (kept[-1], rest[len(kept)])


@pytest.mark.parametrize(
    ("photos", "names"),
    [
        ([], []),
        (["IMG_1.jpg"], ["IMG_1.jpg"]),
        (["a.jpg", "a.jpg", "a.jpg"], ["a.jpg", "a (2).jpg", "a (3).jpg"]),
        (["a.jpg", "A.JPG"], ["a.jpg", "A (2).JPG"]),
        (["a (2).jpg", "a.jpg", "a.jpg"], ["a (2).jpg", "a.jpg", "a (3).jpg"]),
        (["a.jpg", "a.png"], ["a.jpg", "a.png"]),
        (["con.jpg", "a:b.jpg", ".jpg", "\udcff.jpg"], ["_con.jpg", "a_b.jpg", "_.jpg", "_ (2).jpg"]),
        (["x" * 251 + ".jpg"] * 2, ["x" * 251 + ".jpg", "x" * 247 + " (2).jpg"]),
    ],
)
def test_photos_keep_their_names_and_get_a_number_where_one_is_taken(photos, names):
    assert entry_names(photos) == names


@given(
    st.lists(
        st.builds("{}.{}".format, TEXT.filter(lambda text: "/" not in text), st.sampled_from(["jpg", "JPG", "heic"])),
        max_size=20,
    )
)
def test_any_photos_get_safe_names_of_their_own(photos):
    names = entry_names(photos)
    for name in names:
        safe_everywhere(name)
    assert len({unicodedata.normalize("NFD", name).casefold() for name in names}) == len(photos)
