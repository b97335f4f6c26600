import pytest

from facecluster.errors import MetadataError
from facecluster.metadata.extended import joined
from facecluster.metadata.packet import read_packet

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
