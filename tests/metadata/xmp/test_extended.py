import pytest

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.xmp.extended import extension_id, joined, split
from facecluster.metadata.xmp.packet import read_packet

PACKET = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
EXTENSION = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:own="o:1">
<r:Description r:about="" own:b="2"><own:c>3</own:c></r:Description></r:RDF></x:xmpmeta>"""
AS_ELEMENT = """<rdf:Description rdf:about="" xmlns:n="http://ns.adobe.com/xmp/note/" xmlns:a="a:1" a:a="1">
<n:HasExtendedXMP>0123</n:HasExtendedXMP></rdf:Description>"""
AS_ATTRIBUTE = """<rdf:Description rdf:about="" xmlns:n="http://ns.adobe.com/xmp/note/" xmlns:a="a:1" a:a="1"
 n:HasExtendedXMP="0123"/>"""


def said(packet):
    return [
        (dict(description.attrib), [(child.tag, child.text) for child in description]) for description in packet.rdf
    ]


@pytest.mark.parametrize("pointer", [AS_ELEMENT, AS_ATTRIBUTE])
def test_both_documents_are_one_and_nothing_points_away(pointer):
    both = joined(PACKET.format(pointer).encode(), EXTENSION)
    about = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
    assert said(read_packet(both)) == [
        ({about: "", "{a:1}a": "1"}, []),
        ({about: "", "{o:1}b": "2"}, [("{o:1}c", "3")]),
    ]
    assert b"ns0" not in both


def test_without_an_extension_the_packet_is_as_it_was():
    assert joined(b"whatever it is", None) == b"whatever it is"
    assert joined(None, None) is None
    assert joined(None, EXTENSION) is None


def test_a_broken_extension_is_told():
    with pytest.raises(MetadataError, match="broken"):
        joined(PACKET.format("").encode(), b"<x")


def large(*lengths):
    """A packet with properties of such lengths."""
    own = "".join(f"<own:p{number}>{'x' * length}</own:p{number}>" for number, length in enumerate(lengths))
    opening = '<rdf:Description rdf:about="a" xmlns:own="o:1" own:small="1">'
    return PACKET.format(f"{opening}{own}</rdf:Description>").encode()


def test_what_has_room_is_not_split():
    packet = large(10, 20)
    assert split(packet, len(packet)) == (packet, None)


def test_padding_is_no_reason_to_split():
    packet = large(10, 20)
    padded = packet.replace(b"<?xpacket end", b" " * 500 + b"<?xpacket end")
    main, extension = split(padded, len(packet) + 50)
    assert extension is None
    assert said(read_packet(main)) == said(read_packet(packet))


def test_the_longest_properties_go_and_as_few_as_can_be():
    main, extension = split(large(100, 5000, 200, 3000, 300), 4500)
    assert len(main) <= 4500
    assert b"p1" in extension
    assert all(name not in extension for name in (b"p0", b"p2", b"p3", b"p4"))
    assert extension_id(extension) in main
    assert b"ns0" not in main + extension
    assert b"xpacket" not in extension


@pytest.mark.parametrize("max_bytes", [700, 2000, 8000])
def test_what_was_split_is_joined_again(max_bytes):
    packet = large(100, 5000, 200, 3000, 300)
    main, extension = split(packet, max_bytes)
    assert len(main) <= max_bytes
    both = read_packet(joined(main, extension))
    properties = {child.tag: child.text for description in both.rdf for child in description}
    assert properties == {child.tag: child.text for child in read_packet(packet).rdf[0]}
    about = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
    assert {description.get(about) for description in both.rdf} == {"a"}
    assert b"HasExtendedXMP" not in joined(main, extension)


def test_what_cannot_be_parted_is_too_large():
    attribute = f'<rdf:Description rdf:about="" xmlns:own="o:1" own:p="{"x" * 5000}"/>'
    with pytest.raises(MetadataError) as caught:
        split(PACKET.format(attribute).encode(), 4000)
    assert caught.value.fault is MetadataFault.TOO_LARGE
