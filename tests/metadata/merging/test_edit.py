import pytest

from facecluster.metadata.merging.edit import ABOUT, Edit
from facecluster.metadata.xmp import elements
from facecluster.metadata.xmp.packet import packet_bytes, read_packet
from facecluster.metadata.xmp.properties import descriptions, values
from tests.metadata.documents import about, xmp

BARE_ABOUT = '<rdf:Description about="uuid:7"><dc:format>JPEG</dc:format></rdf:Description>'


def edit_of(*parts, made=()):
    return Edit(read_packet(xmp(*parts)), set(made))


def make(edit):
    edit.put_property("tiff:Orientation=1", elements.text("tiff:Orientation", "1"))


@pytest.mark.parametrize(
    ("there", "said"), [((), ""), ((about(""),), ""), ((BARE_ABOUT,), "uuid:7"), ((about(""), BARE_ABOUT), "uuid:7")]
)
def test_a_new_property_is_about_what_the_others_are_about(there, said):
    edit = edit_of(*there)
    make(edit)
    assert descriptions(edit.packet)[-1].get(ABOUT) == said
    assert edit.made == {"tiff:Orientation=1"}
    assert edit.changed


def test_new_properties_stand_where_ours_do():
    edit = edit_of(about("<dc:format>JPEG</dc:format>"), about(""), about("<dc:subject/>"), made=["dc:subject"])
    make(edit)
    assert [len(each) for each in descriptions(edit.packet)] == [1, 0, 2]


def test_a_description_that_says_more_is_not_ours():
    edit = edit_of(about("<dc:subject/>", 'dc:format="JPEG"'), made=["dc:subject"])
    make(edit)
    assert [len(each) for each in descriptions(edit.packet)] == [1, 1]


@pytest.mark.parametrize(
    ("description", "left"),
    [
        (about("<dc:format>JPEG</dc:format>"), 0),
        (about("", 'dc:format="JPEG"'), 0),
        (about("", 'dc:format="JPEG" tiff:Make="X"'), 1),
        (about("<dc:format>JPEG</dc:format><tiff:Make>X</tiff:Make>"), 1),
    ],
)
def test_a_description_goes_with_its_last_property(description, left):
    edit = edit_of(description)
    edit.take_property(values(edit.packet, "dc:format")[0])
    assert len(descriptions(edit.packet)) == left
    assert b"JPEG" not in packet_bytes(edit.packet)


def test_what_was_left_alone_is_told_once():
    edit = edit_of()
    for line in ("one", "two", "one"):
        edit.leave(line)
    assert edit.left_alone == ["one", "two"]
    assert not edit.changed
