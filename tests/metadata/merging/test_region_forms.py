import pytest

from facecluster.metadata.merging.region_forms import FORMS, MICROSOFT, MWG, first_unnamed
from facecluster.metadata.words import NO_VALUES
from facecluster.metadata.xmp.packet import packet_bytes
from facecluster.metadata.xmp.properties import field, items, list_elements, values
from tests.metadata.documents import packet
from tests.metadata.merged import ANNA, empty, merged, microsoft, region, regions

DORA = region("Dora", (0.1, 0.7, 0.2, 0.9))
SPELLINGS = {
    "resource": regions(DORA),
    "nested": f"<mwg-rs:Regions><rdf:Description><mwg-rs:RegionList><rdf:Seq>{DORA}</rdf:Seq></mwg-rs:RegionList>"
    "</rdf:Description></mwg-rs:Regions>",
    "no list": '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:Name>x</mwg-rs:Name></mwg-rs:Regions>',
    "no list, nested": "<mwg-rs:Regions><rdf:Description/></mwg-rs:Regions>",
    "empty list": regions(),
}


def listed(document, form):
    return [items(field(value, form.list)) for value in values(document, form.property)]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_regions_come_into_any_spelling_of_a_list_and_go_again(spelling):
    document = packet(SPELLINGS[spelling])
    before, count = packet_bytes(document), SPELLINGS[spelling].count("<rdf:li>")
    said = merged(document, ANNA)
    assert len(values(document, MWG.property)) == 1
    assert len(listed(document, MWG)[0]) == count + 1
    merged(document, ours=said.ours)
    assert packet_bytes(document) == before


@pytest.mark.parametrize("form", FORMS)
def test_a_structure_that_we_made_goes_with_its_last_region(form):
    document = empty()
    ours = merged(document, ANNA).ours
    assert form.property in ours.made
    merged(document, ours=ours)
    assert values(document, form.property) == []


def test_a_structure_that_somebody_emptied_goes_if_we_made_it():
    document = empty()
    ours = merged(document, ANNA).ours
    for region_list in list_elements(field(values(document, MWG.property)[0], MWG.list)):
        region_list.clear()
    merged(document, ours=ours)
    assert values(document, MWG.property) == []


def test_a_structure_that_somebody_added_to_stays():
    document = empty()
    ours = merged(document, ANNA).ours
    (holder,) = values(document, MWG.property)
    holder.element.append(packet("<mwg-rs:Extra>x</mwg-rs:Extra>").rdf[0][0])
    assert merged(document, ours=ours).ours == NO_VALUES
    assert len(values(document, MWG.property)) == 1


def test_a_list_of_somebody_else_stays_empty_as_it_was():
    document = packet(regions() + microsoft())
    before = packet_bytes(document)
    merged(document, ours=merged(document, ANNA).ours)
    assert packet_bytes(document) == before


def test_the_first_unnamed_region_is_found_in_its_list():
    document = packet(regions(DORA, region("", ANNA.box), region(" ", ANNA.box)) + microsoft(("Dora", ANNA.box)))
    for form, place in ((MWG, 1), (MICROSOFT, None)):
        (region_list,) = list_elements(field(values(document, form.property)[0], form.list))
        assert first_unnamed(region_list, form) is (region_list[place] if place else None)
