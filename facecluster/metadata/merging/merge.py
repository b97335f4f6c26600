"""What we say of the people on a photo, put into its metadata, and taken out again.

Only what has to change is touched. What somebody else wrote stays, and is never taken for ours, even if we would have
written the same; what is ours and not wanted any more goes, with all that we made to hold it. So a document that we
wrote to, and are to say nothing in any more, says what it said before.
"""

from collections.abc import Sequence
from typing import NamedTuple

from facecluster.metadata.areas import inside
from facecluster.metadata.merging import keywords, region_forms
from facecluster.metadata.merging.edit import Edit
from facecluster.metadata.merging.keywords import merge_keywords
from facecluster.metadata.merging.picture import ORIENTATION, say_frame
from facecluster.metadata.merging.region_forms import DIMENSIONS, FORMS
from facecluster.metadata.merging.regions import merge_regions
from facecluster.metadata.tag_words import checked_value
from facecluster.metadata.words import Frame, Shown, Values
from facecluster.metadata.xmp.elements import DIGITS
from facecluster.metadata.xmp.packet import Packet


class Merged(NamedTuple):
    """What became of a document."""

    changed: bool  # if not, it is as it was
    ours: Values  # what stands there now because of us
    changes: tuple[str, ...]  # a line each, "+ ..." or "- ..."
    left_alone: tuple[str, ...]  # a line each: what was not said, and why


def merge(
    packet: Packet, shown: Sequence[Shown], frame: Frame, ours: Values, keywords_beside: Sequence[str] = ()
) -> Merged:
    """Have a document say who is on its photo; it is edited in place.

    Args:
        packet: the document.
        shown: who is to stand there. Boxes are in parts of the frame; whoever has none, or one that is not in the
            frame, stands in the lists of names only.
        frame: the stored picture.
        ours: what stands there because of us, as the last merge gave it.
        keywords_beside: those of the photo's IPTC block, where the document stands in the photo too.

    Raises:
        MetadataError: UNSUPPORTED: a name cannot be written; the document is as it was.
    """
    wanted = _as_written(shown)
    edit = Edit(packet, set(ours.made))
    drawn = merge_regions(edit, [each for each in wanted if each.box], ours)
    stands = merge_keywords(edit, [each.name for each in wanted], ours, keywords_beside)
    stands = stands._replace(regions=drawn.regions, microsoft=drawn.microsoft)
    _drop_empty(edit)
    say_frame(edit, frame if stands.regions else None)
    stands = stands._replace(made=_made_for(edit.made, stands))
    return Merged(edit.changed, stands, tuple(edit.lines), tuple(edit.left_alone))


def _as_written(shown: Sequence[Shown]) -> list[Shown]:
    """The same with names and boxes as they come back when they are read."""
    written = []
    for name, box in shown:
        clipped = inside(box) if box else None
        left, top, right, bottom = (round(edge, DIGITS) for edge in clipped or (0, 0, 0, 0))
        is_area = right > left and bottom > top
        written.append(Shown(checked_value(name), (left, top, right, bottom) if is_area else None))
    return written


def _drop_empty(edit: Edit) -> None:
    """Take away what we made to hold values that are gone."""
    for form in FORMS:
        region_forms.drop_empty(edit, form)
    for name in keywords.FIELDS:
        keywords.drop_empty(edit, name)


def _made_for(made: set[str], stands: Values) -> tuple[str, ...]:
    """What of the things that we made still holds something of ours: the rest is somebody else's now."""
    holders = {
        **keywords.FIELDS,
        **{name: form.field for form in FORMS for name in (form.property, form.list)},
        ORIENTATION: "regions",
        DIMENSIONS: "regions",
    }
    return tuple(sorted(entry for entry in made if getattr(stands, holders[entry.partition("=")[0]])))
