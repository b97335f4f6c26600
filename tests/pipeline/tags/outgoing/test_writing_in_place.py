"""Names into photos themselves, and out of them again."""

import os
import subprocess
from xml.etree.ElementTree import canonicalize

import pytest
from PIL import Image

from facecluster.metadata.xmp.jpeg import with_xmp
from facecluster.metadata.xmp.packet import packet_bytes, read_packet
from facecluster.metadata.xmp.properties import texts
from facecluster.metadata.xmp.reading import tags_in
from facecluster.people.statements import Name, Rename
from tests.pipeline.tags.outgoing.written_files import counts, owned, revert, write
from tests.pipeline.tags.tagged_library import (
    ANNA,
    BERTA,
    NAMES,
    contents,
    index,
    say,
)

pytestmark = pytest.mark.usefixtures("in_this_process")

RATING = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>
"""


def pixels(path):
    with Image.open(path) as image:
        return image.tobytes()


def test_names_go_into_photos_on_request_and_come_out(tagged, kept_exiftool):
    photo = tagged.archive / "one.jpg"
    original, before, mtime = contents(tagged.archive), pixels(photo), photo.stat().st_mtime_ns
    tagged.name(ANNA, "one.jpg")
    assert counts(write(tagged, in_place=True)) == (1, 0, 0, 0)
    assert sorted(os.listdir(tagged.archive)) == ["2020", "one.jpg", "two.jpg"]
    assert (pixels(photo), photo.stat().st_mtime_ns) == (before, mtime)
    assert NAMES[ANNA].encode() in kept_exiftool.embedded(photo).xmp
    after = contents(tagged.archive)
    assert counts(write(tagged, in_place=True)) == (0, 0, 1, 0)
    assert counts(write(tagged)) == (0, 0, 1, 0), "the photo says it already: no sidecar"
    assert contents(tagged.archive) == after
    say(tagged.library, Rename(ANNA, "Annabel"))
    for summary in (write(tagged), revert(tagged)):
        assert counts(summary) == (0, 0, 0, 1)
        assert [row["reason"].split(":")[0] for row in summary.rows()] == ["in_place"]
    assert contents(tagged.archive) == after, "photos are written on request only"
    assert counts(write(tagged, in_place=True)) == (1, 0, 0, 0)
    assert b"Annabel" in kept_exiftool.embedded(photo).xmp
    assert counts(revert(tagged, in_place=True)) == (1, 0, 0, 0)
    assert contents(tagged.archive) == original
    assert owned(tagged) == {}


def test_a_packet_that_somebody_took_out_of_a_photo_is_made_again_or_forgotten(tagged, kept_exiftool):
    photo = tagged.archive / "one.jpg"
    original = photo.read_bytes()
    tagged.name(ANNA, "one.jpg")
    write(tagged, in_place=True)
    status = photo.stat()
    for expected in ((1, 0, 0, 0), (0, 0, 1, 0)):
        photo.write_bytes(original)
        os.utime(photo, ns=(status.st_atime_ns, status.st_mtime_ns))
        if not expected[0]:
            tagged.unname(ANNA, "one.jpg")
        assert counts(write(tagged, in_place=True)) == expected
    assert photo.read_bytes() == original
    assert owned(tagged) == {}


def test_what_is_ours_in_a_photo_is_ours_in_the_sidecar_that_begins_with_it(tagged, kept_exiftool):
    original, theirs = contents(tagged.archive), tagged.archive / "one.jpg.xmp"
    berta = Name(BERTA, (tagged.face("one.jpg", BERTA),), "Berta")
    tagged.name(ANNA, "one.jpg")
    write(tagged, in_place=True)
    assert counts(write(tagged)) == (0, 0, 1, 0)
    say(tagged.library, berta)
    assert counts(write(tagged)) == (1, 0, 0, 0)
    assert {tag.name for tag in tags_in(read_packet(theirs.read_bytes()))} == {NAMES[ANNA], "Berta"}
    say(tagged.library, Rename(ANNA, "Annabel"))
    assert counts(write(tagged, in_place=True)) == (2, 0, 0, 0)
    assert b"Annabel" in theirs.read_bytes()
    assert NAMES[ANNA].encode() not in theirs.read_bytes()
    assert counts(revert(tagged, in_place=True)) == (1, 1, 0, 0)
    assert contents(tagged.archive) == original


def test_keywords_that_stand_in_the_photo_alone_are_not_hidden_by_ours(tagged, kept_exiftool):
    photo = tagged.archive / "one.jpg"
    keywords = ["-IPTC:Keywords=sea", "-IPTC:Keywords=sun | moon"]
    subprocess.run(["exiftool", "-q", "-overwrite_original", *keywords, photo], check=True)
    index(tagged)
    original, berta = contents(tagged.archive), Name(BERTA, (tagged.face("one.jpg", BERTA),), "Berta")
    tagged.name(ANNA, "one.jpg")
    write(tagged, in_place=True)
    packet = read_packet(kept_exiftool.embedded(photo).xmp)
    assert texts(packet, "dc:subject") == ["sea", "sun | moon", NAMES[ANNA]]
    assert texts(packet, "digiKam:TagsList") == ["sea", "sun | moon", f"People/{NAMES[ANNA]}"]
    assert texts(packet, "lr:hierarchicalSubject") == ["sea", "sun \uff5c moon", f"People|{NAMES[ANNA]}"]
    for how in ({"in_place": True}, {}):
        assert counts(write(tagged, **how)) == (0, 0, 1, 0)
    say(tagged.library, berta)
    assert counts(write(tagged)) == (1, 0, 0, 0)
    assert counts(write(tagged)) == (0, 0, 1, 0)
    beside = read_packet((tagged.archive / "one.jpg.xmp").read_bytes())
    assert texts(beside, "dc:subject") == ["sea", "sun | moon", NAMES[ANNA], "Berta"]
    revert(tagged, in_place=True)
    assert contents(tagged.archive) == original


def test_a_packet_of_ours_in_which_somebody_else_wrote_stays(tagged, kept_exiftool):
    photo = tagged.archive / "one.jpg"
    tagged.name(ANNA, "one.jpg")
    write(tagged, in_place=True)
    packet = read_packet(kept_exiftool.embedded(photo).xmp)
    (rated,) = read_packet(RATING).rdf
    packet.rdf.append(rated)
    photo.write_bytes(with_xmp(photo.read_bytes(), packet_bytes(packet)))
    assert counts(revert(tagged, in_place=True)) == (1, 0, 0, 0)
    left = read_packet(kept_exiftool.embedded(photo).xmp)._replace(end=None)
    assert canonicalize(packet_bytes(left), strip_text=True) == canonicalize(RATING, strip_text=True)
