"""Our values -> the XML elements that say them, in the plainest spelling of RDF: an element a field, no attributes.

Structures are spelled with rdf:parseType="Resource", as ExifTool spells them; every reader of XMP has met that.
"""

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  (no stubs)

from facecluster.metadata.words import Box, Frame, Shown
from facecluster.metadata.xmp.namespaces import NAMESPACES, qualified
from facecluster.metadata.xmp.packet import Element

DIGITS = 7
"""After the point, of parts of a side: an edge comes back within 0.01 px in pictures up to 65,535 px wide, the most
that JPEG has."""

_ARRAYS = {"digiKam:TagsList": "rdf:Seq"}
"""Lists that keep an order, as the tables of ExifTool and exiv2 have them; all others are an rdf:Bag."""


_ITEM_PREFIXES = {"mwg-rs:RegionList": ["stArea"], "MPRI:Regions": ["MPReg"]}


def description(about: str) -> Element:
    """An rdf:Description of nothing yet."""
    element = _element("rdf:Description")
    element.set(qualified("rdf:about"), about)
    return element


def text(name: str, value: str) -> Element:
    """A property, a field or an item of one value."""
    element = _element(name)
    element.text = value
    return element


def structure(name: str, *fields: Element) -> Element:
    """A property, a field or an item of several fields."""
    element = _element(name, *fields)
    element.set(qualified("rdf:parseType"), "Resource")
    return element


def array(name: str) -> Element:
    """A list without items, which declares the prefixes of those to come."""
    prefixes = {prefix: NAMESPACES[prefix] for prefix in _ITEM_PREFIXES.get(name, ())}
    return _element(name, _element(_ARRAYS.get(name, "rdf:Bag")), **prefixes)


def region(shown: Shown, box: Box) -> Element:
    """An item of mwg-rs:RegionList (Metadata Working Group, Guidelines 2.0, 5.9): centre, width and height."""
    left, top, right, bottom = box
    area = {"x": (left + right) / 2, "y": (top + bottom) / 2, "w": right - left, "h": bottom - top}
    return structure(
        "rdf:li",
        structure(
            "mwg-rs:Area",
            *(text(f"stArea:{field}", number(value)) for field, value in area.items()),
            text("stArea:unit", "normalized"),
        ),
        text("mwg-rs:Name", shown.name),
        text("mwg-rs:Type", "Face"),
    )


def microsoft_region(shown: Shown, box: Box) -> Element:
    """An item of MPRI:Regions (Microsoft, People Tagging Overview): left, top, width and height."""
    left, top, right, bottom = box
    return structure(
        "rdf:li",
        text("MPReg:PersonDisplayName", shown.name),
        text("MPReg:Rectangle", ", ".join(number(value) for value in (left, top, right - left, bottom - top))),
    )


def dimensions(frame: Frame) -> Element:
    """The picture that regions are drawn on: Immich passes over regions that do not say so."""
    return structure(
        "mwg-rs:AppliedToDimensions",
        text("stDim:h", str(frame.height)),
        text("stDim:unit", "pixel"),
        text("stDim:w", str(frame.width)),
    )


def number(value: float) -> str:
    """A part of a side without an exponent, which not every reader knows."""
    return f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")


def _element(name: str, *children: Element, **prefixes: str) -> Element:
    """An element that declares the prefixes of all within, once; those that are declared around it go by themselves."""
    prefix = name.partition(":")[0]
    prefixes[prefix] = NAMESPACES[prefix]
    for child in children:
        prefixes |= child.nsmap
    element = etree.Element(qualified(name), nsmap=prefixes)
    element.extend(children)
    return element
