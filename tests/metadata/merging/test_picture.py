import pytest

from facecluster.metadata.words import NO_VALUES, Frame, Shown
from facecluster.metadata.xmp.packet import packet_bytes
from facecluster.metadata.xmp.properties import field, text, texts, values
from tests.metadata.documents import packet
from tests.metadata.merged import ANNA, CARL, FRAME, empty, merged, region, regions

DORA = region("Dora", (0.1, 0.7, 0.2, 0.9))
TURNED = Frame(3000, 4000, 1)


def size(document):
    (found,) = values(document, "mwg-rs:Regions")
    there = field(found, "mwg-rs:AppliedToDimensions")
    return there and tuple(text(field(there, f"stDim:{side}")) for side in ("w", "h", "unit"))


def orientation(document):
    return texts(document, "tiff:Orientation")


def test_our_regions_come_with_the_size_and_the_orientation_of_the_stored_picture():
    document = empty()
    said = merged(document, ANNA)
    assert size(document) == ("4000", "3000", "pixel")
    assert orientation(document) == ["6"]
    assert "+ orientation 6" in said.changes


def test_names_without_a_place_need_neither():
    document = empty()
    assert merged(document, CARL).ours.made == (
        "Iptc4xmpExt:PersonInImage", "dc:subject", "digiKam:TagsList", "lr:hierarchicalSubject",
    )  # fmt: skip
    assert orientation(document) == []


@pytest.mark.parametrize(
    ("properties", "attributes"), [("<tiff:Orientation>1</tiff:Orientation>", ""), ("", 'tiff:Orientation="1"')]
)
def test_what_somebody_says_of_the_picture_stays(properties, attributes):
    document = packet(properties + regions(DORA), attributes)
    ours = merged(document, ANNA).ours
    assert size(document) == ("800", "600", "pixel")
    assert orientation(document) == ["1"]
    assert not [entry for entry in ours.made if "=" in entry]


def test_regions_of_others_without_a_size_get_ours_as_long_as_we_have_regions_there():
    document = packet(regions(DORA, size=""))
    before = packet_bytes(document)
    said = merged(document, ANNA)
    assert size(document) == ("4000", "3000", "pixel")
    assert "+ size 4000x3000" in said.changes
    assert "- size 4000x3000" in merged(document, ours=said.ours).changes
    assert packet_bytes(document) == before


def test_a_photo_that_was_turned_is_said_to_be():
    document = empty()
    ours = merged(document, ANNA).ours
    said = merged(document, ANNA, ours=ours, frame=TURNED)
    assert (size(document), orientation(document)) == (("3000", "4000", "pixel"), ["1"])
    assert {"- orientation 6", "+ orientation 1"} <= set(said.changes)
    merged(document, ours=said.ours)
    assert packet_bytes(document) == packet_bytes(empty())


def test_what_somebody_changed_is_theirs():
    document = empty()
    ours = merged(document, ANNA).ours
    (there,) = values(document, "tiff:Orientation")
    there.element.text = "8"
    ours = merged(document, ANNA, ours=ours, frame=TURNED).ours
    assert orientation(document) == ["8"]
    merged(document, ours=ours)
    assert orientation(document) == ["8"]


def test_what_somebody_took_out_comes_back():
    document = empty()
    ours = merged(document, ANNA).ours
    (there,) = values(document, "tiff:Orientation")
    there.element.getparent().remove(there.element)
    assert "tiff:Orientation=6" in merged(document, ANNA, ours=ours).ours.made
    assert orientation(document) == ["6"]


def test_regions_that_others_added_to_ours_keep_the_size():
    document = empty()
    ours = merged(document, ANNA).ours
    merged(document, ANNA, Shown("Dora", (0.1, 0.7, 0.2, 0.9)))
    assert merged(document, ours=ours).ours == NO_VALUES
    assert size(document) == (str(FRAME.width), str(FRAME.height), "pixel")
