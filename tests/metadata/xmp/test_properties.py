import pytest
from hypothesis import given

from facecluster.metadata.xmp.namespaces import NAMESPACES
from facecluster.metadata.xmp.packet import read_packet
from facecluster.metadata.xmp.properties import descriptions, field, items, list_elements, text, texts, values
from tests.metadata.documents import about, needs_photographs, packet, packet_of, trees, xmp

RESOURCE = 'rdf:parseType="Resource"'

STRUCTURES = {
    "attributes": '<mwg-rs:Area stArea:x="1" stArea:y="2"/>',
    "resource": f"<mwg-rs:Area {RESOURCE}><stArea:x>1</stArea:x><stArea:y>2</stArea:y></mwg-rs:Area>",
    "description": "<mwg-rs:Area><rdf:Description><stArea:x>1</stArea:x><stArea:y> 2 </stArea:y></rdf:Description>"
    "</mwg-rs:Area>",
    "description with attributes": '<mwg-rs:Area><rdf:Description stArea:x="1" stArea:y="2"/></mwg-rs:Area>',
    "both": '<mwg-rs:Area><rdf:Description stArea:x="1"><stArea:y>2</stArea:y></rdf:Description></mwg-rs:Area>',
    "not said to be one": "<mwg-rs:Area><stArea:x>1</stArea:x><stArea:y>2</stArea:y></mwg-rs:Area>",
    "with notes": f"<mwg-rs:Area {RESOURCE}><stArea:x {RESOURCE}><rdf:value>1</rdf:value><dc:type>n</dc:type>"
    "</stArea:x><stArea:y>2</stArea:y></mwg-rs:Area>",
}

LISTS = {
    "bag": "<dc:subject><rdf:Bag><rdf:li>a</rdf:li><rdf:li>b</rdf:li></rdf:Bag></dc:subject>",
    "seq": "<dc:subject>\n <rdf:Seq>\n  <rdf:li> a </rdf:li>\n  <rdf:li>b</rdf:li>\n </rdf:Seq>\n</dc:subject>",
    "alt": '<dc:subject><rdf:Alt><rdf:li xml:lang="x-default">a</rdf:li><rdf:li>b</rdf:li></rdf:Alt></dc:subject>',
    "two lists": "<dc:subject><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag><rdf:Bag><rdf:li>b</rdf:li></rdf:Bag></dc:subject>",
    "two properties": "<dc:subject>a</dc:subject><dc:subject>b</dc:subject>",
    "items with notes": f"<dc:subject><rdf:Bag><rdf:li {RESOURCE}><rdf:value>a</rdf:value></rdf:li>"
    '<rdf:li><rdf:Description rdf:value="b" dc:type="n"/></rdf:li></rdf:Bag></dc:subject>',
    "list with notes": f"<dc:subject {RESOURCE}><rdf:value><rdf:Bag><rdf:li>a</rdf:li><rdf:li>b</rdf:li></rdf:Bag>"
    "</rdf:value></dc:subject>",
    "with comments": "<dc:subject><!-- 1 --><rdf:Bag><!-- 2 --><rdf:li><!-- 3 -->a</rdf:li><rdf:li>b<?pi?></rdf:li>"
    "</rdf:Bag></dc:subject>",
    "with CDATA": "<dc:subject><rdf:Bag><rdf:li><![CDATA[a]]></rdf:li><rdf:li>b</rdf:li><rdf:li/></rdf:Bag>"
    "</dc:subject>",
    "resources": '<dc:subject><rdf:Bag><rdf:li rdf:resource="a"/><rdf:li>b</rdf:li></rdf:Bag></dc:subject>',
}


@pytest.mark.parametrize("spelling", STRUCTURES)
def test_a_structure_in_each_spelling(spelling):
    [area] = values(packet(STRUCTURES[spelling]), "mwg-rs:Area")
    x, y = field(area, "stArea:x"), field(area, "stArea:y")
    assert x is not None
    assert y is not None
    assert (text(x), text(y)) == ("1", "2")
    assert field(area, "stArea:h") is None
    assert field(x, "stArea:x") is None


@pytest.mark.parametrize("spelling", LISTS)
def test_a_list_in_each_spelling(spelling):
    assert texts(packet(LISTS[spelling]), "dc:subject") == ["a", "b"]


def test_a_value_in_an_attribute_is_a_list_of_one():
    document = packet("", attributes='dc:subject=" a, b "')
    [value] = values(document, "dc:subject")
    assert items(value) == [value]
    assert list_elements(value) == []
    assert texts(document, "dc:subject") == ["a, b"]


@pytest.mark.parametrize(
    "empty", ["<dc:subject/>", "<dc:subject> </dc:subject>", "<dc:subject><rdf:Bag/></dc:subject>", ""]
)
def test_an_empty_list_has_no_items(empty):
    assert [item for value in values(packet(empty), "dc:subject") for item in items(value)] == []
    assert texts(packet(empty), "dc:subject") == []


def test_a_property_is_found_in_every_description_and_nowhere_else():
    document = read_packet(
        xmp(
            about("<dc:subject>a</dc:subject>"),
            '<rdf:Description rdf:nodeID="n"><dc:subject>of another node</dc:subject></rdf:Description>',
            "<!-- between -->",
            '<rdf:Description rdf:about="uuid:1" dc:subject="b"/>',
            "<rdf:Description><dc:source><rdf:Description><dc:subject>below</dc:subject></rdf:Description></dc:source>"
            "</rdf:Description>",
            "<rdf:Bag><rdf:li>stray</rdf:li></rdf:Bag>",
        )
    )
    assert len(descriptions(document)) == 3
    assert texts(document, "dc:subject") == ["a", "b"]


def test_a_prefix_is_only_a_name():
    other = f'<d:subject xmlns:d="{NAMESPACES["dc"]}">a</d:subject><dc:subject xmlns:dc="urn:other">b</dc:subject>'
    assert texts(packet(other), "dc:subject") == ["a"]


@needs_photographs
def test_programs_that_spell_otherwise():
    assert texts(packet_of("face_regions/xmp_misc/XMP6.xmp"), "dc:subject") == ["x"]
    assert texts(packet_of("face_regions/xmp_misc/XMP4.xmp"), "dc:subject") == ["one", "two"]
    assert texts(packet_of("face_regions/xmp_misc/XMP2.xmp"), "dc:subject") == []  # a list that is named elsewhere


@given(trees)
def test_whatever_the_tree_reading_it_ends(tree):
    document = packet(tree)
    for name in ("dc:subject", "mwg-rs:Regions"):
        for value in values(document, name):
            assert isinstance(text(value), str)
            assert all(isinstance(text(item), str) for item in items(value))
            field(value, "stArea:x")
