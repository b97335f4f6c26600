import pytest

from facecluster.metadata.merging.seeding import seeded
from facecluster.metadata.xmp.packet import packet_bytes, read_packet
from facecluster.metadata.xmp.properties import descriptions, texts, values
from tests.metadata.documents import about, needs_photographs, packet_of, xmp
from tests.metadata.merged import ANNA, bag, canonical, merged

EMBEDDED = xmp(about(bag("dc:subject", "Holiday") + "<tiff:Make>X</tiff:Make>"))


@pytest.mark.parametrize("embedded", [None, b"", b"\0\0", b" \n"])
def test_a_photo_without_metadata_has_an_empty_document(embedded):
    seed = seeded(embedded, ())
    assert descriptions(seed.packet) == []
    assert seed.left_out is None


def test_what_is_embedded_is_taken_over_whole():
    seed = seeded(EMBEDDED, ["IPTC"])
    assert canonical(seed.packet) == canonical(read_packet(EMBEDDED))


def test_what_speaks_of_the_photos_file_is_left_out():
    embedded = xmp(about("<dc:format>JPEG</dc:format>", 'xmpNote:HasExtendedXMP="0123456789ABCDEF"'))
    packet = seeded(embedded, ()).packet
    assert values(packet, "xmpNote:HasExtendedXMP") == []
    assert texts(packet, "dc:format") == ["JPEG"]


@pytest.mark.parametrize(
    "embedded", [None, xmp(), xmp(about("")), xmp(about(bag("dc:subject"))), xmp(about("<dc:subject/>"))]
)
def test_keywords_of_the_iptc_block_become_keywords(embedded):
    packet = seeded(embedded, ["Rome", "Holiday", "Rome", " ", "a\0b"]).packet
    assert texts(packet, "dc:subject") == ["Rome", "Holiday", "a b"]
    assert len(values(packet, "dc:subject")) == 1


@pytest.mark.parametrize("broken", [b"<x:xmpmeta", b"no XML", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<a/>"])
def test_what_nobody_can_read_is_left_out_and_that_is_told(broken):
    seed = seeded(broken, ["Rome"])
    assert texts(seed.packet, "dc:subject") == ["Rome"]
    assert seed.left_out is not None
    assert seed.left_out.startswith("embedded metadata left out: ")


def test_an_extension_is_taken_over_if_it_can_be_read():
    rest = xmp(about(bag("Iptc4xmpExt:PersonInImage", "Anna")))
    whole = seeded(EMBEDDED, (), rest)
    assert (texts(whole.packet, "Iptc4xmpExt:PersonInImage"), whole.left_out) == (["Anna"], None)
    part = seeded(EMBEDDED, (), b"no XML")
    assert canonical(part.packet) == canonical(read_packet(EMBEDDED))
    assert part.left_out is not None
    assert part.left_out.startswith("a part of the embedded metadata left out: broken")
    none = seeded(b"no XML", (), rest)
    assert none.left_out is not None
    assert none.left_out.startswith("embedded metadata left out: broken")


@pytest.mark.parametrize("embedded", [None, EMBEDDED])
def test_a_sidecar_that_is_taken_back_is_its_seed_to_the_byte(embedded):
    seed = packet_bytes(seeded(embedded, ["Rome"]).packet)
    document = read_packet(seed)
    merged(document, ours=merged(document, ANNA).ours)
    assert packet_bytes(document) == seed


def test_a_new_sidecar_is_laid_out_in_lines():
    packet = seeded(None, ["Rome"]).packet
    assert packet_bytes(packet).decode().splitlines()[2:] == [
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
        '  <rdf:Description rdf:about="">',
        '   <dc:subject xmlns:dc="http://purl.org/dc/elements/1.1/">',
        "    <rdf:Bag>",
        "     <rdf:li>Rome</rdf:li>",
        "    </rdf:Bag>",
        "   </dc:subject>",
        "  </rdf:Description>",
        " </rdf:RDF>",
        "</x:xmpmeta>",
        '<?xpacket end="w"?>',
    ]


@needs_photographs
def test_the_metadata_of_a_photograph_are_taken_over():
    embedded = packet_of("face_regions/portrait.jpg")
    assert canonical(seeded(packet_bytes(embedded), ()).packet) == canonical(embedded)
