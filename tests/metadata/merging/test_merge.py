import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.merging.keywords import FIELDS
from facecluster.metadata.merging.merge import merge
from facecluster.metadata.words import NO_VALUES, Shown
from facecluster.metadata.xmp.namespaces import NAMESPACES
from facecluster.metadata.xmp.packet import packet_bytes, read_packet
from facecluster.metadata.xmp.properties import descriptions, texts
from facecluster.metadata.xmp.reading import microsoft_regions, mwg_regions, tags_in
from facecluster.spelling import name_key
from tests.metadata.documents import about, packet, trees, xmp
from tests.metadata.merged import (
    ANNA,
    BOB,
    CARL,
    FRAME,
    bag,
    canonical,
    empty,
    merged,
    microsoft,
    region,
    regions,
)

FOREIGN = [  # documents of others, in the spellings that programs use
    xmp(),
    xmp(about("")),
    xmp(about(bag("dc:subject", "Holiday", "a|b") + bag("Iptc4xmpExt:PersonInImage", "Dora"))),
    xmp(about(bag("dc:subject", "Holiday", kind="Seq"), 'tiff:Orientation="6"')),
    xmp(
        about(bag("lr:hierarchicalSubject", "Places|Rome"), 'dc:format="image/jpeg"'), about("<tiff:Make>X</tiff:Make>")
    ),
    xmp(about(bag("digiKam:TagsList", "Places/Rome", "People/Dora", kind="Seq"))),
    xmp(about(regions(region("Dora", (0.1, 0.1, 0.2, 0.2)), region("", (0.8, 0.8, 0.9, 0.9))))),
    xmp(about(regions(region("Rex", (0.3, 0.2, 0.4, 0.4), kind="Pet"), size=""))),
    xmp(about(microsoft(("Dora", (0.1, 0.1, 0.2, 0.2)))), about(bag("dc:subject"))),
    f'<rdf:RDF xmlns:rdf="{NAMESPACES["rdf"]}">\n <rdf:Description rdf:about="uuid:1"/>\n</rdf:RDF>'.encode(),
]

NAMES = st.one_of(
    st.sampled_from(["Anna", "anna", "ANNA ", "Zoë", "李雷", "AC/DC", "a|b", "'\"<&>", "x;y, z", "]]>", "&amp;"]),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8),
)


@st.composite
def boxes(draw):
    left, top = draw(st.floats(0, 0.9)), draw(st.floats(0, 0.9))
    return left, top, left + draw(st.floats(0.01, 1 - left)), top + draw(st.floats(0.01, 1 - top))


SHOWN = st.builds(Shown, NAMES, st.one_of(st.none(), boxes()))


def test_nobody_is_nothing():
    document = empty()
    assert merged(document) == (False, NO_VALUES, (), ())


def test_whom_we_show_stands_in_every_form():
    document = empty()
    said = merged(document, ANNA, CARL)
    assert [tag.name for tag in tags_in(document)] == ["Anna Müller", "Carl"]
    for found in (mwg_regions, microsoft_regions):
        assert [(each.tag.name, each.tag.box) for each in found(document)] == [(ANNA.name, pytest.approx(ANNA.box))]
    assert texts(document, "Iptc4xmpExt:PersonInImage") == ["Anna Müller", "Carl"]
    assert texts(document, "digiKam:TagsList") == ["People/Anna Müller", "People/Carl"]
    assert texts(document, "lr:hierarchicalSubject") == ["People|Anna Müller", "People|Carl"]
    assert texts(document, "dc:subject") == ["Anna Müller", "Carl"]
    assert texts(document, "tiff:Orientation") == ["6"]
    assert said.ours.regions == said.ours.microsoft == (ANNA,)
    assert said.ours.people == said.ours.subjects == ("Anna Müller", "Carl")


def test_all_that_is_new_stands_in_one_description():
    document = read_packet(FOREIGN[4])
    merged(document, ANNA)
    assert len(descriptions(document)) == 3
    said = merge(document, [ANNA, BOB], FRAME, NO_VALUES)
    assert said.changed
    assert len(descriptions(document)) == 3


def test_two_people_of_one_name_are_two_regions_and_one_keyword():
    document = empty()
    said = merged(document, Shown("Anna", ANNA.box), Shown("anna", BOB.box))
    assert len(said.ours.regions) == 2
    assert said.ours.subjects == ("Anna",)


def test_the_order_in_which_people_are_shown_changes_nothing():
    document = empty()
    ours = merged(document, ANNA, BOB, CARL).ours
    assert merged(document, CARL, BOB, ANNA, ours=ours) == (False, ours, (), ())


def test_a_face_that_is_shown_twice_is_one_region():
    left, top, right, bottom = ANNA.box
    said = merged(empty(), ANNA, Shown(ANNA.name, (left + 0.01, top, right, bottom)))
    assert said.ours.regions == (ANNA,)


@pytest.mark.parametrize("box", [(0.5, 0.5, 0.5, 0.6), (1.2, 0.1, 1.4, 0.2), (0.5, 0.5, 0.50000001, 0.6)])
def test_whose_box_is_none_stands_in_the_lists_only(box):
    document = empty()
    assert merged(document, Shown("Anna", box)).ours.regions == ()
    assert texts(document, "dc:subject") == ["Anna"]


def test_a_box_that_reaches_over_the_edge_ends_there():
    assert merged(empty(), Shown("Anna", (-0.1, 0.5, 0.3, 1.2))).ours.regions[0].box == (0, 0.5, 0.3, 1)


def test_two_hundred_faces_of_one_photo_are_written():
    crowd = [
        Shown(f"Person {n}", (n % 20 / 20, n // 20 / 20, n % 20 / 20 + 0.04, n // 20 / 20 + 0.04)) for n in range(200)
    ]
    document = empty()
    said = merged(document, *crowd)
    assert len(said.ours.regions) == 200
    assert {tag.name for tag in tags_in(document)} == {each.name for each in crowd}


@pytest.mark.parametrize("name", ["An\nna", "An\0na", "\ud800", ""])
def test_a_name_that_cannot_be_written_leaves_the_document_as_it_is(name):
    document = read_packet(FOREIGN[2])
    before = packet_bytes(document)
    with pytest.raises(MetadataError) as error:
        merge(document, [ANNA, Shown(name, BOB.box)], FRAME, NO_VALUES)
    assert error.value.fault == MetadataFault.UNSUPPORTED
    assert packet_bytes(document) == before


def test_a_renamed_person_is_called_by_the_new_name_only():
    document = read_packet(FOREIGN[2])
    ours = merged(document, ANNA).ours
    said = merged(document, Shown("Anna Schmidt", ANNA.box), ours=ours)
    assert b"M\xc3\xbcller" not in packet_bytes(document)
    assert "- region Anna Müller at 0.30 0.20 0.10 0.20" in said.changes
    assert "+ keyword People/Anna Schmidt" in said.changes


def test_capitals_of_ours_follow_the_person():
    document = empty()
    ours = merged(document, Shown("anna", ANNA.box)).ours
    assert merged(document, Shown("Anna", ANNA.box), ours=ours).ours.people == ("Anna",)


def test_what_somebody_took_out_by_hand_is_put_back_if_it_is_still_wanted():
    document = empty()
    ours = merged(document, ANNA, BOB).ours
    bare = read_packet(FOREIGN[0])
    assert merged(bare, ANNA, BOB, ours=ours).ours == ours
    assert canonical(bare).count("Bob") == canonical(document).count("Bob")


def test_what_stood_there_is_never_ours():
    document = empty()
    merge(document, [ANNA, CARL], FRAME, NO_VALUES)  # by a library that is lost
    said = merged(document, ANNA, CARL)
    assert (said.changed, said.ours) == (False, NO_VALUES)
    before = packet_bytes(document)
    assert merged(document, ours=said.ours).ours == NO_VALUES
    assert packet_bytes(document) == before


def test_what_somebody_added_to_ours_stays_when_ours_goes():
    document = empty()
    ours = merged(document, ANNA).ours
    theirs = [Shown("Dora", (0.1, 0.6, 0.2, 0.8))]
    merge(document, [ANNA, *theirs], FRAME, NO_VALUES)  # by another program
    assert merged(document, ours=ours).ours == NO_VALUES
    assert [tag.name for tag in tags_in(document)] == ["Dora"]
    assert b"AppliedToDimensions" in packet_bytes(document)


@pytest.mark.parametrize("document", FOREIGN)
def test_what_went_into_any_document_comes_out_without_a_trace(document):
    ours = NO_VALUES
    packet = read_packet(document)
    before = packet_bytes(packet)
    for shown in ([ANNA], [BOB, CARL], [ANNA, BOB, CARL]):
        ours = merged(packet, *shown, ours=ours).ours
        assert {name_key(each.name) for each in shown} <= {name_key(tag.name) for tag in tags_in(packet) if tag.name}
    assert merged(packet, ours=ours).ours == NO_VALUES
    assert packet_bytes(packet) == before


@settings(max_examples=50)
@given(st.lists(SHOWN, max_size=5))
def test_whom_we_show_is_read_back(shown):
    document = empty()
    said = merged(document, *shown)
    found = tags_in(read_packet(packet_bytes(document)))
    assert {name_key(tag.name) for tag in found} == {name_key(each.name) for each in shown}
    placed = [tag for tag in found if tag.box]
    assert [tag.name for tag in placed] == [each.name for each in said.ours.regions]
    for tag, written in zip(placed, said.ours.regions, strict=True):
        assert tag.box == pytest.approx(written.box, abs=2e-7)


@settings(max_examples=50)
@given(st.sampled_from(FOREIGN), st.lists(st.lists(SHOWN, max_size=3), max_size=4))
def test_whatever_is_shown_in_turn_all_of_ours_goes_again(document, turns):
    packet = read_packet(document)
    before, ours = packet_bytes(packet), NO_VALUES
    for shown in turns:
        ours = merged(packet, *shown, ours=ours).ours
    merged(packet, ours=ours)
    assert packet_bytes(packet) == before


@settings(max_examples=50)
@given(st.sampled_from(FOREIGN), st.lists(SHOWN, max_size=3), st.lists(SHOWN, max_size=3))
def test_the_way_to_a_document_does_not_show_in_it(document, some, others):
    direct, around = read_packet(document), read_packet(document)
    merged(direct, *others)
    merged(around, *others, ours=merged(around, *some).ours)
    assert sorted(map(str, tags_in(direct))) == sorted(map(str, tags_in(around)))


@given(trees)
def test_in_whatever_stands_there_nothing_of_others_is_lost(tree):
    document = packet(tree)
    before = [*map(str, tags_in(document)), *(texts(document, name) for name in FIELDS)]
    merged(document, ours=merged(document, ANNA, BOB, CARL).ours)
    assert [*map(str, tags_in(document)), *(texts(document, name) for name in FIELDS)] == before


def test_a_document_of_one_person_keeps_its_bytes_when_nothing_changes():
    document = packet(regions(region("anna müller", (0.31, 0.2, 0.4, 0.4))) + microsoft(("ANNA MÜLLER", ANNA.box)))
    said = merged(document, ANNA)
    assert said.ours.regions == said.ours.microsoft == ()
    assert b"6</tiff:Orientation>" not in packet_bytes(document)
