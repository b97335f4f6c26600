from hypothesis import given
from hypothesis import strategies as st

from facecluster.people.hinted import NO_HINTS, Hinted, hinted_names, hints_of


def hints(**photos):
    """Hints by photo: words with blanks between."""
    pairs = [(photo, name) for photo, names in photos.items() for name in names.split()]
    return hints_of([photo for photo, _ in pairs], [name for _, name in pairs])


def names(found):
    return [one.name for one in found]


def test_no_hints_and_no_photos():
    assert hinted_names(NO_HINTS, ["p"]) == []
    assert hinted_names(hints(p="Anna"), []) == []


def test_the_only_photo_of_a_group_may_say_its_name():
    assert hinted_names(hints(p="Anna"), ["p"]) == [Hinted("anna", "Anna", 1, 1)]


def test_of_two_photos_both_must_say_so():
    assert hinted_names(hints(p="Anna", q="Bob"), ["p", "q"]) == []
    assert hinted_names(hints(p="Anna", q="ANNA"), ["p", "q"]) == [Hinted("anna", "Anna", 2, 2)]


def test_half_of_the_photos_must_say_so():
    said = hints(p="Anna", q="Anna", r="Anna")
    assert names(hinted_names(said, ["p", "q", "x", "y"])) == ["Anna"]
    assert names(hinted_names(said, ["p", "q", "x", "y", "z"])) == []
    assert names(hinted_names(said, ["p", "q", "r", "x", "y"])) == ["Anna"]


def test_of_equals_the_rarer_comes_first():
    said = hints(p="Album Anna", q="Album Anna", x="Album", y="Album")
    assert names(hinted_names(said, ["p", "q"])) == ["Anna", "Album"]
    assert names(hinted_names(hints(p="Bob Anna", q="Anna Bob"), ["p", "q"])) == ["Anna", "Bob"]
    assert names(hinted_names(hints(p="Album", q="Album Anna", r="Anna Album"), ["p", "q", "r"])) == ["Album", "Anna"]


def test_what_another_face_stands_for_says_nothing():
    said = hints(p="Anna Bob", q="Anna Bob")
    assert names(hinted_names(said, ["p", "q"], {("p", "anna"), ("q", "anna")})) == ["Bob"]
    assert names(hinted_names(said, ["p", "q"], {("p", "anna")})) == ["Bob"]


def test_the_same_again_counts_once():
    twice = hints_of(["p", "p", "p"], ["Anna", " anna ", "Anna"])
    assert (twice.of_photo, twice.names, twice.photos) == ({"p": ("anna",)}, {"anna": "Anna"}, {"anna": 1})


photos = st.sampled_from("pqrst")


@given(st.lists(st.tuples(photos, st.sampled_from(["Anna", "ANNA", "Bob"]))), st.sets(photos).map(sorted))
def test_whatever_is_written_no_more_photos_say_so_than_there_are(pairs, group):
    said = hints_of([photo for photo, _ in pairs], [name for _, name in pairs])
    for one in hinted_names(said, group):
        saying = {photo for photo, name in pairs if photo in group and name.casefold() == one.key}
        assert one.photos == len(saying)
        assert one.of == len(group) <= 2 * one.photos
