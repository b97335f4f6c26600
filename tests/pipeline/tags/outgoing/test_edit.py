import pytest

from facecluster.errors import MetadataError
from facecluster.metadata.merging.seeding import seeded
from facecluster.metadata.words import NO_VALUES, Frame, Shown
from facecluster.metadata.xmp.packet import new_packet, packet_bytes, read_packet
from facecluster.pipeline.tags.outgoing.edit import Document, edited, seed_digest

FRAME = Frame(4000, 3000, 1)
ANNA = Shown("Anna", (0.1, 0.1, 0.2, 0.2))


def begun():
    packet = seeded(None, ["sea"]).packet
    return Document(packet, NO_VALUES, seed_digest(packet))


def test_a_file_that_we_made_goes_when_only_its_beginning_is_left():
    document = begun()
    first = edited(document, [ANNA], FRAME)
    assert first.changed
    assert first.data
    assert first.changes
    again = Document(read_packet(first.data), first.values, document.seed)
    last = edited(again, [], FRAME)
    assert (last.data, last.changed, last.values) == (None, True, NO_VALUES)


def test_a_file_of_others_never_goes():
    first = edited(begun(), [ANNA], FRAME)
    assert first.data
    last = edited(Document(read_packet(first.data), first.values, None), [], FRAME)
    assert last.changed
    assert last.data
    assert b"Anna" not in last.data


def test_what_somebody_added_keeps_a_file_of_ours():
    document = begun()
    first = edited(document, [ANNA], FRAME)
    assert first.data
    data = first.data.replace(b"<rdf:li>sea</rdf:li>", b"<rdf:li>sea</rdf:li><rdf:li>sun</rdf:li>")
    assert data != first.data
    last = edited(Document(read_packet(data), first.values, document.seed), [], FRAME)
    assert last.data
    assert b"sun" in last.data
    assert b"Anna" not in last.data


def test_nothing_to_say_changes_nothing():
    packet = new_packet()
    before = packet_bytes(packet)
    edit = edited(Document(packet, NO_VALUES, None), [], FRAME)
    assert (edit.changed, edit.data, edit.changes) == (False, before, ())


def test_a_name_that_cannot_stand_in_a_file_is_an_error():
    with pytest.raises(MetadataError):
        edited(begun(), [Shown("An\0na", None)], FRAME)
