"""What becomes of what was read, and of the files that are written."""

from enum import StrEnum


class Outcome(StrEnum):
    """What an import made of one mention of a person."""

    NAMED = "named"  # the face has this name now, by the decision of this import
    DRAWN = "drawn"  # the same, of a face that was not found before: the region made it one
    KNOWN = "known"  # the face had this name already
    OURS = "ours"  # this library wrote it there
    DIFFERS = "differs"  # somebody decided otherwise about the face: that stands
    OUTRANKED = "outranked"  # a better source names the face, or the same source said it before
    HINT = "hint"  # a name without a place
    AMBIGUOUS = "ambiguous"  # two people are called so: kept as a hint
    UNNAMED = "unnamed"  # a region that nobody named
    REFUSED = "refused"  # the name or the box is none: see reason
    FAILED = "failed"  # the file could not be read: see reason


class Status(StrEnum):
    """What became of a file whose metadata was to say who is on a photo."""

    WRITTEN = "written"
    REMOVED = "removed"  # a sidecar that held nothing but ours
    UNCHANGED = "unchanged"  # it said so already
    FAILED = "failed"  # see reason; it is as it was
