"""An XMP document -> whom it says the photo shows.

Regions come first, then names without a place. A document names a person once: programs write the same person in up to
six forms, and not all of them keep the places of all forms right, so the best form that has a place is believed. A
region that has a name but no place that makes sense still says that the person is on the photo.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.areas import centred_box, number, overlap, top_left_box
from facecluster.metadata.tag_words import ROOT
from facecluster.metadata.words import Box, Source, Tag
from facecluster.metadata.xmp.packet import Packet
from facecluster.metadata.xmp.properties import Value, field, items, text, texts, values
from facecluster.spelling import name_key

SAME_OVERLAP = 0.5
"""Intersection over union from which two regions of one document are of one face: two of its forms drew it."""

MAX_PART = 2.0
"""Numbers above this are px where no unit is said: parts of a frame end at 1, areas at its edge a little above."""

MAX_REGIONS = 2000
"""Of one document: the crowds that people mark have some hundred, and each costs a look at all the others."""

NO_NAMES = frozenset({"unknown", "unconfirmed", "ignored"})
"""Keywords below People by which digiKam marks faces that nobody named (its FaceTags)."""

_PERSON = re.compile(rf"{ROOT}([/|])(.+)", re.IGNORECASE | re.DOTALL)


class Region(NamedTuple):
    """A face that a list of regions has."""

    item: Value  # of the list
    tag: Tag


def tags_in(packet: Packet) -> tuple[Tag, ...]:
    """Every mention of a person, once each, the best source first.

    Nobody is named by dc:subject: it holds all keywords, and nothing in it tells a person from a place.

    Raises:
        MetadataError: TOO_LARGE: it has more regions than a photo can have faces.
    """
    drawn = (mwg_regions(packet), microsoft_regions(packet))
    regions = [*([region.tag for region in found] for found in drawn), list(acdsee_tags(packet))]
    if (n_regions := sum(map(len, regions))) > MAX_REGIONS:
        raise MetadataError(MetadataFault.TOO_LARGE, f"{n_regions:,} regions, at most {MAX_REGIONS:,} are read")
    placed = _placed(regions)
    unplaced = [tag for tags in regions for tag in tags if not tag.box]
    return (*placed, *_first_of_each_name([*unplaced, *_names_alone(packet)], _names_of(placed)))


def mwg_regions(packet: Packet) -> Iterator[Region]:
    """Faces of mwg-rs:Regions (Guidelines for Handling Image Metadata 2.0, 5.9)."""
    for regions in values(packet, "mwg-rs:Regions"):
        applied_to = _dimensions(field(regions, "mwg-rs:AppliedToDimensions"), "stDim")
        for region in _list(regions, "mwg-rs:RegionList"):
            name = _text_of(region, "mwg-rs:Name")
            if _is_face(_text_of(region, "mwg-rs:Type"), name):
                area = _area(field(region, "mwg-rs:Area"), "stArea", applied_to)
                yield Region(region, Tag(Source.MWG, name or None, area, applied_to))


def acdsee_tags(packet: Packet) -> Iterator[Tag]:
    """Faces of acdsee-rs:Regions, built as those of the MWG: drawn by hand, else as found by the program."""
    for regions in values(packet, "acdsee-rs:Regions"):
        applied_to = _dimensions(field(regions, "acdsee-rs:AppliedToDimensions"), "acdsee-stDim")
        for region in _list(regions, "acdsee-rs:RegionList"):
            name = _text_of(region, "acdsee-rs:Name")
            denied = _text_of(region, "acdsee-rs:NameAssignType").casefold() == "denied"
            if denied or not _is_face(_text_of(region, "acdsee-rs:Type"), name):
                continue
            areas = (field(region, f"acdsee-rs:{kind}") for kind in ("DLYArea", "ALGArea"))
            boxes = (_area(area, "acdsee-stArea", applied_to) for area in areas)
            yield Tag(Source.ACDSEE, name or None, next((box for box in boxes if box), None), applied_to)


def microsoft_regions(packet: Packet) -> Iterator[Region]:
    """Faces of MP:RegionInfo (Windows Photo Gallery)."""
    for regions in values(packet, "MP:RegionInfo"):
        for region in _list(regions, "MPRI:Regions"):
            box = top_left_box(_text_of(region, "MPReg:Rectangle"))
            yield Region(region, Tag(Source.MICROSOFT, _text_of(region, "MPReg:PersonDisplayName") or None, box))


def _names_alone(packet: Packet) -> Iterator[Tag]:
    """Names without a place."""
    for name in texts(packet, "Iptc4xmpExt:PersonInImage"):
        yield Tag(Source.PERSON_IN_IMAGE, name, None)
    for source, keywords in ((Source.DIGIKAM, "digiKam:TagsList"), (Source.LIGHTROOM, "lr:hierarchicalSubject")):
        for name in _people_among(texts(packet, keywords)):
            yield Tag(source, name, None)


def _people_among(keywords: list[str]) -> Iterator[str]:
    """The people of hierarchical keywords: what stands last below People, and has nothing below itself."""
    below = [(match[1], match[2].strip(match[1])) for match in map(_PERSON.fullmatch, keywords) if match]
    # Keywords are numbers, of that above and the last part each: paths of all depths would be endless of one keyword.
    branches: dict[tuple[int, str], int] = {}
    groups, ends = set[int](), []
    for joint, keyword in below:
        end = 0  # that of People itself
        for part in map(name_key, keyword.split(joint)):
            groups.add(end)
            end = branches.setdefault((end, part), len(branches) + 1)
        ends.append(end)
    for end, (joint, keyword) in zip(ends, below, strict=True):
        name = keyword.rpartition(joint)[2].strip()
        if name and end not in groups and name_key(name) not in NO_NAMES:
            yield name


def _placed(regions: Iterable[list[Tag]]) -> list[Tag]:
    """The regions that have a place, without those of later sources that an earlier one has already."""
    kept: list[Tag] = []
    for tags in regions:
        names = _names_of(kept)
        kept += [tag for tag in tags if tag.box and not _is_among(tag, kept, names)]
    return kept


def _is_among(tag: Tag, kept: list[Tag], names: set[str]) -> bool:
    """Whether regions of better sources have a region: by its name, or, if it has none, by its place."""
    if tag.name:
        return name_key(tag.name) in names
    return any(tag.box and other.box and overlap(tag.box, other.box) >= SAME_OVERLAP for other in kept)


def _names_of(tags: Iterable[Tag]) -> set[str]:
    """The names that are mentioned, in the form in which they are compared."""
    return {name_key(tag.name) for tag in tags if tag.name}


def _first_of_each_name(tags: Iterable[Tag], said: set[str]) -> Iterator[Tag]:
    """The first mention of each name that was not said before."""
    said = set(said)
    for tag in tags:
        if tag.name and (key := name_key(tag.name)) not in said:
            said.add(key)
            yield tag


def _list(structure: Value, name: str) -> list[Value]:
    """The items of a list in a structure; none where there is no such list."""
    found = field(structure, name)
    return items(found) if found else []


def _text_of(structure: Value, name: str) -> str:
    """The text of a field; "" where there is none."""
    found = field(structure, name)
    return text(found) if found else ""


def _is_face(kind: str, name: str) -> bool:
    """Whether a region is of a person: pets, points of focus and bar codes are regions too."""
    return kind.casefold() == "face" or (not kind and bool(name))


def _dimensions(structure: Value | None, prefix: str) -> tuple[float, float] | None:
    """Width and height of the picture that regions were drawn on; None: that is not said."""
    if not structure:
        return None
    width, height = (number(_text_of(structure, f"{prefix}:{side}")) for side in "wh")
    return (width, height) if width and height and min(width, height) > 0 else None


def _area(structure: Value | None, prefix: str, applied_to: tuple[float, float] | None) -> Box | None:
    """The box of an area; None: it has none that makes sense. Points and circles have none: nobody marks faces so."""
    if not structure:
        return None
    x, y, width, height = (number(_text_of(structure, f"{prefix}:{part}")) for part in "xywh")
    unit = _text_of(structure, f"{prefix}:unit").casefold()
    in_px = unit == "pixel" or (not unit and max(x or 0, y or 0, width or 0, height or 0) > MAX_PART)
    if in_px and not applied_to:
        return None
    return centred_box((x, y, width, height), applied_to if in_px else None)
