import codecs

import pytest

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.xmp.packet import new_packet, packet_bytes, read_packet
from facecluster.metadata.xmp.properties import texts
from tests.metadata.documents import AWKWARD, about, needs_photographs, xmp

SIDECARS = sorted(path.relative_to(AWKWARD) for path in AWKWARD.rglob("*.xmp"))
BEGIN = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
SUBJECT = xmp(about("<dc:subject><rdf:Bag><rdf:li>Zoë</rdf:li></rdf:Bag></dc:subject>"))


def infoset(element):
    """Everything that an XML document says, comments too."""
    return (
        element.tag if isinstance(element.tag, str) else "comment",
        dict(element.attrib),
        (element.text or "").strip(),
        (element.tail or "").strip(),
        element.prefix if isinstance(element.tag, str) else None,
        [infoset(child) for child in element],
    )


@needs_photographs
@pytest.mark.parametrize("path", SIDECARS, ids=str)
def test_what_programs_wrote_is_written_back_as_it_was(path):
    packet = read_packet((AWKWARD / path).read_bytes())
    written = packet_bytes(packet)
    again = read_packet(written)
    assert infoset(again.root) == infoset(packet.root)
    assert again.end == packet.end
    assert packet_bytes(again) == written
    assert b"ns0" not in written


@needs_photographs
def test_sidecars_in_utf_16_are_read():
    packet = read_packet((AWKWARD / "sidecars" / "2010.xmp").read_bytes())
    assert packet.rdf[0].get("{http://ns.adobe.com/xap/1.0/}CreateDate") == "2010-09-27T14:35:33+02:00"
    assert packet_bytes(packet).startswith(BEGIN)


@pytest.mark.parametrize("around", ["x:xmpmeta", "x:xapmeta", None])
@pytest.mark.parametrize(
    ("begin", "end", "ends"), [(BEGIN, b'<?xpacket end="r"?>', "r"), (BEGIN, b"", "w"), (b"", b"", None)]
)
def test_each_wrapping_of_the_same(around, begin, end, ends):
    inner = SUBJECT.partition(b">")[2].rpartition(b"<")[0]
    declared = SUBJECT.partition(b">")[0].partition(b" ")[2]
    if around:
        inner = b"<%s %s>%s</%s>" % (around.encode(), declared, inner, around.encode())
    else:
        inner = inner.replace(b"<rdf:RDF>", b"<rdf:RDF %s>" % declared)
    packet = read_packet(begin + b"\n" + inner + b" " * 2000 + end + b"\n")
    assert texts(packet, "dc:subject") == ["Zoë"]
    assert packet.end == ends
    written = packet_bytes(packet)
    assert texts(read_packet(written), "dc:subject") == ["Zoë"]
    assert written.startswith(b"<?xpacket") == (ends is not None)
    assert written.rstrip().endswith(f'<?xpacket end="{ends}"?>'.encode()) == (ends is not None)


def test_a_wrapper_that_no_xml_may_hold_is_replaced():
    packet = read_packet(SUBJECT.join([b'<?xpacket begin="\x1a" id="x"?>', b"<?xpacket end='w'?>"]))
    assert packet_bytes(packet).startswith(BEGIN)


def test_a_new_packet_says_nothing_and_is_one():
    written = packet_bytes(new_packet())
    assert list(read_packet(written).rdf) == []
    assert written.startswith(BEGIN)
    assert written.endswith(b'<?xpacket end="w"?>\n')


def test_comments_and_instructions_beside_the_root_stay():
    written = packet_bytes(read_packet(b"<!-- mine --><?adobe-xap-filters esc='CR'?>" + SUBJECT + b"<!-- too -->"))
    assert all(part in written for part in (b"<!-- mine -->", b"<?adobe-xap-filters esc='CR'?>", b"<!-- too -->"))


@pytest.mark.parametrize("data", [b"", b"<html/>", b"<?xpacket begin=", b"{}", b"\xff\xd8\xff", codecs.BOM_UTF16_LE])
def test_what_is_no_xmp_is_broken(data):
    with pytest.raises(MetadataError) as caught:
        read_packet(data)
    assert caught.value.fault == MetadataFault.BROKEN


def test_a_packet_of_a_depth_map_is_not_read():
    with pytest.raises(MetadataError) as caught:
        read_packet(xmp(about(f"<dc:source>{'A' * 12_000_000}</dc:source>")))
    assert caught.value.fault == MetadataFault.TOO_LARGE
