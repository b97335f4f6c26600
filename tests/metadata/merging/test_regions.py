import pytest

from facecluster.metadata.words import NO_VALUES, Shown
from facecluster.metadata.xmp.packet import packet_bytes
from facecluster.metadata.xmp.reading import microsoft_regions, mwg_regions
from tests.metadata.documents import packet
from tests.metadata.merged import ANNA, BOB, area, bag, empty, merged, microsoft, region, regions

BESIDE = (0.31, 0.2, 0.41, 0.4)  # overlaps Anna's box by 0.8
ELSEWHERE = (0.1, 0.7, 0.2, 0.9)


def names(document):
    return [each.tag.name for each in mwg_regions(document)]


def microsoft_names(document):
    return [each.tag.name for each in microsoft_regions(document)]


@pytest.mark.parametrize("name", ["Anna Müller", "ANNA  MÜLLER", "Anna Mu\u0308ller"])
def test_a_face_that_somebody_calls_the_same_is_left_to_them(name):
    document = packet(regions(region(name, BESIDE)))
    assert merged(document, ANNA).ours.regions == ()
    assert names(document) == [name]


def test_the_same_name_at_another_place_is_another_person():
    document = packet(regions(region("Anna Müller", ELSEWHERE)))
    assert merged(document, ANNA).ours.regions == (ANNA,)
    assert names(document) == ["Anna Müller"] * 2


def test_a_face_that_somebody_calls_otherwise_is_left_alone_and_that_is_told():
    document = packet(regions(region("Dora", BESIDE)))
    said = merged(document, ANNA, BOB)
    assert said.ours.regions == said.ours.microsoft == (BOB,)
    assert said.left_alone == ('no region for Anna Müller: the file has one of "Dora" there (82% the same)',)
    assert said.ours.people == ("Anna Müller", "Bob")  # they are on the photo all the same


def test_a_region_in_the_way_in_one_form_is_in_the_way_of_both():
    document = packet(microsoft(("Dora", ANNA.box)))
    said = merged(document, ANNA)
    assert said.ours.regions == said.ours.microsoft == ()
    assert len(said.left_alone) == 1


@pytest.mark.parametrize(("name", "count"), [("Dora", 0), ("Anna Müller", 1)])
def test_regions_of_acdsee_are_in_the_way_too_if_they_say_another_name(name, count):
    spelled = area(ANNA.box).replace("mwg-rs:Area", "acdsee-rs:DLYArea").replace("stArea", "acdsee-stArea")
    fields = f"<acdsee-rs:Name>{name}</acdsee-rs:Name><acdsee-rs:Type>Face</acdsee-rs:Type>{spelled}"
    listed = f'<rdf:Bag><rdf:li rdf:parseType="Resource">{fields}</rdf:li></rdf:Bag>'
    document = packet(
        '<acdsee-rs:Regions rdf:parseType="Resource">'
        f"<acdsee-rs:RegionList>{listed}</acdsee-rs:RegionList></acdsee-rs:Regions>"
    )
    assert len(merged(document, ANNA).ours.regions) == count


def test_a_face_that_has_both_names_is_left_to_them():
    document = packet(regions(region("Dora", BESIDE), region("anna müller", ANNA.box)))
    assert merged(document, ANNA).left_alone == ()


@pytest.mark.parametrize("kind", ["Pet", "Focus", "BarCode"])
def test_what_is_no_face_is_in_nobodys_way(kind):
    document = packet(regions(region("Rex", ANNA.box, kind=kind)))
    assert merged(document, ANNA).ours.regions == (ANNA,)


def test_named_regions_stand_before_unnamed_ones():
    theirs = regions(region("Dora", ELSEWHERE), region("", ANNA.box), region("", BOB.box))
    document = packet(theirs + microsoft(("", ANNA.box)))
    merged(document, ANNA, BOB)
    assert names(document) == ["Dora", "Anna Müller", "Bob", None, None]
    assert microsoft_names(document) == ["Anna Müller", "Bob", None]


def test_the_microsoft_form_of_a_region_is_not_written_anew_at_another_place():
    # As in photographs whose second form was turned by a program that the first was not.
    document = packet(regions(region("Anna Müller", ANNA.box)) + microsoft(("Anna Müller", ELSEWHERE)))
    assert merged(document, ANNA).ours.microsoft == ()
    assert microsoft_names(document) == ["Anna Müller"]


def test_a_wrong_microsoft_form_is_in_nobodys_way():
    document = packet(regions(region("Dora", ELSEWHERE)) + microsoft(("Dora", ANNA.box)))
    assert merged(document, ANNA).ours.regions == (ANNA,)


def test_ours_that_another_program_rounded_is_still_ours():
    document = empty()
    ours = merged(document, ANNA).ours
    rounded = packet(regions(region(ANNA.name, (0.3025, 0.2, 0.4, 0.399))) + bag("dc:subject", ANNA.name))
    said = merged(rounded, ANNA, ours=ours)
    assert said.ours.regions == (ANNA,)
    assert len(names(rounded)) == 1
    merged(rounded, ours=said.ours)
    assert names(rounded) == []


@pytest.mark.parametrize(("name", "box"), [("Anna", ANNA.box), ("Anna Müller", (0.33, 0.2, 0.43, 0.4))])
def test_ours_that_somebody_renamed_or_moved_is_theirs(name, box):
    ours = merged(empty(), ANNA).ours
    document = packet(regions(region(name, box)))
    merged(document, ours=ours)
    assert names(document) == [name]


def test_ours_gives_way_to_somebody_elses_name():
    ours = merged(empty(), ANNA).ours
    document = packet(regions(region(ANNA.name, ANNA.box), region("Dora", BESIDE)))
    said = merged(document, ANNA, ours=ours)
    assert names(document) == ["Dora"]
    assert said.ours.regions == ()


def test_of_two_regions_of_one_name_the_one_that_we_wrote_goes():
    document = packet(regions(region(ANNA.name, BESIDE), region(ANNA.name, ANNA.box)))
    merged(document, ours=NO_VALUES._replace(regions=(ANNA,)))
    assert [each.tag.box for each in mwg_regions(document)] == [pytest.approx(BESIDE)]


def test_a_box_that_was_found_anew_takes_the_place_of_the_one_before():
    document = empty()
    ours = merged(document, ANNA).ours
    said = merged(document, Shown(ANNA.name, BESIDE), ours=ours)
    assert said.ours.regions[0].box == BESIDE
    assert len(names(document)) == 1


def test_regions_in_pixels_are_in_the_way_too():
    item = f'<rdf:li rdf:parseType="Resource"><mwg-rs:Name>Dora</mwg-rs:Name>{area((240, 120, 320, 240), "")}</rdf:li>'
    document = packet(regions(item.replace("stArea:h", 'stArea:unit="pixel" stArea:h')))
    assert merged(document, ANNA).ours.regions == ()


@pytest.mark.parametrize(
    ("properties", "attributes"),
    [
        ('<mwg-rs:Regions rdf:resource="other.rdf"/>', ""),
        ("", 'mwg-rs:Regions="none"'),
        ('<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList/></mwg-rs:Regions>', ""),
    ],
)
def test_what_cannot_be_added_to_is_left_alone_and_that_is_told(properties, attributes):
    document = packet(properties, attributes)
    before = packet_bytes(document)
    said = merged(document, ANNA)
    assert said.left_alone == ("mwg-rs:Regions is written in a way that cannot be added to: left as it is",)
    assert (said.ours.regions, said.ours.microsoft) == ((), (ANNA,))
    merged(document, ours=said.ours)
    assert packet_bytes(document) == before
