import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from facecluster.metadata.merging.layout import put_in, take_out

LINES = "<a>\n  <b/>\n  <c/>\n</a>"
DOCUMENTS = [
    LINES,
    "<a><b/><c/></a>",
    "<a/>",
    "<a> </a>",
    "<a>\n</a>",
    "<a>\n <b/></a>",
    "<a><b/>\n</a>",
    "<a><!-- --></a>",
]


def child(name="new", within=0):
    element = etree.Element(name)
    for number in range(within):
        etree.SubElement(element, f"part{number}").text = "x"
    return element


def text(root):
    return etree.tostring(root, encoding="unicode")


def test_what_comes_last_is_on_a_line_of_its_own():
    root = etree.fromstring(LINES)
    put_in(root, child())
    assert text(root) == "<a>\n  <b/>\n  <c/>\n  <new/>\n</a>"


def test_what_comes_before_another_is_too():
    root = etree.fromstring(LINES)
    put_in(root, child(), before=root[0])
    put_in(root, child(), before=root[2])
    assert text(root) == "<a>\n  <new/>\n  <b/>\n  <new/>\n  <c/>\n</a>"


def test_what_is_within_is_a_blank_further_in():
    root = etree.fromstring(LINES)
    put_in(root, child(within=2))
    assert text(root) == ("<a>\n  <b/>\n  <c/>\n  <new>\n   <part0>x</part0>\n   <part1>x</part1>\n  </new>\n</a>")


def test_the_first_child_of_an_element_on_a_line_gets_a_line():
    root = etree.fromstring(LINES)
    put_in(root[0], child())
    assert text(root) == "<a>\n  <b>\n   <new/>\n  </b>\n  <c/>\n</a>"


def test_a_document_of_one_line_stays_one():
    root = etree.fromstring("<a><b/></a>")
    put_in(root, child(within=2))
    put_in(root[0], child())
    assert text(root) == "<a><b><new/></b><new><part0>x</part0><part1>x</part1></new></a>"


def test_a_text_beside_elements_is_not_taken_for_layout():
    root = etree.fromstring("<a>words<b/>more</a>")
    put_in(root, child())
    assert text(root) == "<a>words<b/><new/>more</a>"


@pytest.mark.parametrize("document", DOCUMENTS)
@given(st.data())
def test_what_went_in_goes_out_in_any_order_without_a_trace(document, data):
    root = etree.fromstring(document)
    theirs, ours = list(root), []
    for number in range(data.draw(st.integers(1, 5))):
        before = data.draw(st.sampled_from([None, *theirs]))
        ours.append(child(f"new{number}", within=number % 3))
        put_in(root, ours[-1], before)
    for element in data.draw(st.permutations(ours)):
        take_out(element)
    assert text(root) == document
