"""What a document says of the picture that regions are drawn on: its size, and how it is to be turned.

Both are needed to place a region: Immich passes over regions of a picture without a size, and a sidecar that does not
say how the photo is turned may be taken to say that it is not.
"""

from facecluster.metadata.merging.changes import text_line
from facecluster.metadata.merging.edit import Edit
from facecluster.metadata.merging.region_forms import DIMENSIONS, MWG, fields_element
from facecluster.metadata.words import Frame
from facecluster.metadata.xmp import elements
from facecluster.metadata.xmp.properties import Value, field, text, values

ORIENTATION = "tiff:Orientation"


def say_frame(edit: Edit, frame: Frame | None) -> None:
    """Have a document say what picture our regions are drawn on, where nobody says it.

    Args:
        edit: the document.
        frame: the picture; None: there are no regions of ours, and what we said of it is to go.
    """
    _say_orientation(edit, frame)
    for regions in values(edit.packet, MWG.property)[:1]:
        _say_dimensions(edit, regions, frame)


def _say_orientation(edit: Edit, frame: Frame | None) -> None:
    """The same of how the picture is to be turned."""
    wanted = frame and str(frame.orientation)
    there = next(iter(values(edit.packet, ORIENTATION)), None)
    said = there and text(there)
    if there and _is_ours(edit, ORIENTATION, said) and said != wanted:
        edit.take_property(there)
        edit.lines.append(text_line("-", "orientation", str(said)))
        there = None
    if there is None and wanted:
        _forget(edit, ORIENTATION)
        edit.put_property(f"{ORIENTATION}={wanted}", elements.text(ORIENTATION, wanted))
        edit.lines.append(text_line("+", "orientation", wanted))


def _say_dimensions(edit: Edit, regions: Value, frame: Frame | None) -> None:
    """The same of its size, in the structure that holds the regions."""
    wanted = frame and f"{frame.width}x{frame.height}"
    there = field(regions, DIMENSIONS)
    said = there and "x".join(_text_of(there, f"stDim:{side}") for side in "wh")
    is_new = MWG.property in edit.made and there is None
    if not wanted and MWG.property in edit.made:
        return  # somebody else draws in the structure that we made, and needs the size too
    if there and there.attribute is None and _is_ours(edit, DIMENSIONS, said) and said != wanted:
        edit.take(there.element)
        edit.lines.append(text_line("-", "size", str(said)))
        there = None
    holder = fields_element(regions)
    if there is None and wanted and frame and holder is not None:
        _forget(edit, DIMENSIONS)
        edit.put(holder, elements.dimensions(frame), holder[0] if len(holder) else None)
        edit.made.add(f"{DIMENSIONS}={wanted}")
        edit.lines += [] if is_new else [text_line("+", "size", wanted)]


def _is_ours(edit: Edit, name: str, said: str | None) -> bool:
    """Whether a single value stands as we wrote it; else somebody changed it, and it is no longer ours."""
    if f"{name}={said}" in edit.made:
        return True
    _forget(edit, name)
    return False


def _forget(edit: Edit, name: str) -> None:
    """What we made of a name before is not ours any more."""
    edit.made.difference_update([entry for entry in edit.made if entry.startswith(f"{name}=")])


def _text_of(structure: Value, name: str) -> str:
    """The text of a field; "" where there is none."""
    found = field(structure, name)
    return text(found) if found else ""
