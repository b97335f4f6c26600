"""What photo metadata can say of people, in one vocabulary for all who write it.

A **frame** is the picture as it is stored, before its orientation is applied: the frame that all coordinates in
metadata are of (Metadata Working Group, Guidelines 2.0, 5.9). A box is (left, top, right, bottom) in parts of the
frame's width and height, 0..1, whatever form a file gives it in.
"""

from enum import StrEnum
from typing import NamedTuple

Box = tuple[float, float, float, float]


class Source(StrEnum):
    """Where a name stands; the better source first: what an earlier one says of a face, a later one does not change."""

    MWG = "mwg"  # mwg-rs:Regions
    MICROSOFT = "microsoft"  # MP:RegionInfo
    ACDSEE = "acdsee"  # acdsee-rs:Regions
    PICASA = "picasa"  # .picasa.ini
    PERSON_IN_IMAGE = "person_in_image"  # Iptc4xmpExt:PersonInImage
    DIGIKAM = "digikam"  # digiKam:TagsList, People/...
    LIGHTROOM = "lightroom"  # lr:hierarchicalSubject, People|...
    TAKEOUT = "takeout"  # Google Takeout, people[].name


class Frame(NamedTuple):
    """The stored picture: px before the orientation is applied, and the EXIF orientation, 1..8, that is to be."""

    width: int
    height: int
    orientation: int


class Tag(NamedTuple):
    """One mention of a person in metadata."""

    source: Source
    name: str | None  # as it stands there; None or empty: a region that nobody named
    box: Box | None  # in parts of the frame; None: a name without a place
    applied_to: tuple[float, float] | None = None  # size of the picture it was drawn on, px, where that is said


class Shown(NamedTuple):
    """A person whom we say a photo shows."""

    name: str
    box: Box | None  # in parts of the frame


class Values(NamedTuple):
    """What stands, or is to stand, in the metadata of one file because of us: the unit of the ledger.

    Only what was not there before we came is ours; the same value written by somebody else stays theirs.
    """

    regions: tuple[Shown, ...] = ()  # mwg-rs:Regions
    microsoft: tuple[Shown, ...] = ()  # MP:RegionInfo
    people: tuple[str, ...] = ()  # Iptc4xmpExt:PersonInImage
    digikam: tuple[str, ...] = ()  # digiKam:TagsList
    lightroom: tuple[str, ...] = ()  # lr:hierarchicalSubject
    subjects: tuple[str, ...] = ()  # dc:subject
    # Properties and fields that we had to make, "prefix:name": they go when nothing is left in them. Those of a single
    # value are "prefix:name=value": they go unless somebody changed the value.
    made: tuple[str, ...] = ()


NO_VALUES = Values()
