from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.web.review.lists.listings import WINDOW, Heading, Item, bare, listed


class Counted:
    """A list of numbers, under headings at some places."""

    name, kind, query, then = "numbers", "face", "list=numbers", type("Then", (), {"state": "1-2-3"})

    def __init__(self, count, firsts=(0,)):
        self.count = count
        self._firsts = [first for first in firsts if first < count]

    def headings(self):
        return [Heading(f"from {first}", f"at{first}", first) for first in self._firsts]

    def items(self, first, last, sheets, now):
        return tuple(Item(place, "face", str(place), None) for place in range(first, last + 1))

    def marks(self, first, last, now):
        return {}


def windows_of(shown):
    return list(chain.from_iterable(section.windows for section in shown.sections))


@given(
    st.integers(0, 1000),
    st.sets(st.integers(1, 999), max_size=8),
    st.integers(1, 400),
)
def test_every_place_is_in_one_window_of_its_section_and_the_first_ones_are_filled(count, firsts, at_once):
    shown = listed(Counted(count, sorted({0, *firsts})), None, at_once)
    windows = windows_of(shown)
    assert [place for part in windows for place in range(part.first, part.last + 1)] == list(range(count))
    assert all(1 <= part.count <= WINDOW for part in windows)
    assert min(count, at_once) <= shown.shown < at_once + WINDOW
    for part in windows:
        if part.first < at_once:
            assert [item.place for item in part.items] == list(range(part.first, part.last + 1))
        else:
            assert part.items is None
    for section in shown.sections:
        assert section.title == f"from {section.first}"
        assert section.count == sum(part.count for part in section.windows)
        assert section.windows[0].first == section.first
        assert all(part.count == WINDOW for part in section.windows[:-1])


@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (120, [120]), (121, [120, 1]), (240, [120, 120])])
def test_windows_are_full_but_for_the_last(count, sizes):
    assert [part.count for part in windows_of(listed(Counted(count), None))] == sizes


def test_an_empty_list_has_no_section():
    shown = listed(Counted(0), None)
    assert (shown.sections, shown.count, shown.shown) == ((), 0, 0)


def test_addresses_say_which_list_and_as_it_was_when():
    assert bare(Counted(3)).query == "list=numbers&state=1-2-3"
    assert listed(Counted(3), None).state == "1-2-3"
