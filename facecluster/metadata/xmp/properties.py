"""Where the properties of an XMP document stand, in whichever of the spellings RDF/XML allows.

A value stands in an element or in an attribute; a structure in the element itself (rdf:parseType="Resource", or all of
it in attributes) or in an rdf:Description below it; a list in an rdf:Bag, Seq or Alt, or, of one item, bare; and any
value may be wrapped together with notes on it (rdf:value). Nothing here changes a document; `Value` says where to.
XMP Specification Part 1, chapter 7 and appendix C. Nodes that refer to each other by name (rdf:nodeID) are no XMP: what
stands in them is not found.
"""

from collections.abc import Iterator
from typing import NamedTuple

from facecluster.metadata.xmp.namespaces import qualified
from facecluster.metadata.xmp.packet import Packet
from facecluster.metadata.xmp.safe_xml import Element

DESCRIPTION = qualified("rdf:Description")
ITEM = qualified("rdf:li")
LISTS = tuple(qualified(name) for name in ("rdf:Bag", "rdf:Seq", "rdf:Alt"))

_VALUE = qualified("rdf:value")
_NODE_ID = qualified("rdf:nodeID")
_RESOURCE = qualified("rdf:resource")


class Value(NamedTuple):
    """Where a value stands."""

    element: Element
    attribute: str | None = None  # of the element, which it is the text of; None: what is in the element


def descriptions(packet: Packet) -> list[Element]:
    """The rdf:Description elements that speak of the photo, in their order."""
    return [element for element in packet.rdf.iterchildren(DESCRIPTION) if _NODE_ID not in element.attrib]


def values(packet: Packet, name: str) -> list[Value]:
    """All places in which a property of the photo stands, in their order: more than one where programs disagreed.

    Args:
        packet: the document.
        name: of the property, `prefix:name`.
    """
    return [value for description in descriptions(packet) for value in _named(description, qualified(name))]


def field(value: Value, name: str) -> Value | None:
    """A field of a structure, `prefix:name`; None: it has none so called, or is none."""
    return next(_fields(value, qualified(name)), None)


def items(value: Value) -> list[Value]:
    """The items of a list, in their order; those of a bare value: itself; of an empty one: none."""
    value = _without_notes(value)
    lists = list_elements(value)
    if lists:
        return [Value(item) for each in lists for item in each.iterchildren(ITEM)]
    return [value] if text(value) or _holds_fields(value) else []


def list_elements(value: Value) -> list[Element]:
    """The rdf:Bag, Seq or Alt that a value consists of: one, or none of a bare value."""
    return [] if value.attribute else list(value.element.iterchildren(*LISTS))


def text(value: Value) -> str:
    """The text of a value without blanks around it; of a list, of its first item; "" of what has none."""
    value = _without_notes(value)
    if value.attribute:
        return value.element.get(value.attribute).strip()
    element = value.element
    first = next((item for each in list_elements(value) for item in each.iterchildren(ITEM)), None)
    if first is not None:
        return text(Value(first))
    written = (element.text or "") + "".join(child.tail or "" for child in element)  # comments cut a text in pieces
    return (written.strip() or element.get(_RESOURCE) or "").strip()


def texts(packet: Packet, name: str) -> list[str]:
    """The texts of the items of a property, `prefix:name`, in their order, without empty ones."""
    found = [text(item) for value in values(packet, name) for item in items(value)]
    return [each for each in found if each]


def _named(holder: Element, name: str) -> Iterator[Value]:
    """Where a name stands directly in an element."""
    if name in holder.attrib:
        yield Value(holder, name)
    for child in holder.iterchildren(name):
        yield Value(child)


def _fields(value: Value, name: str) -> Iterator[Value]:
    """Where a field of a structure stands."""
    if value.attribute:
        return
    for holder in (value.element, *value.element.iterchildren(DESCRIPTION)):
        yield from _named(holder, name)


def _without_notes(value: Value) -> Value:
    """The value itself, where it is wrapped together with notes on it."""
    while (inner := next(_fields(value, _VALUE), None)) is not None:
        value = inner
    return value


def _holds_fields(value: Value) -> bool:
    """Whether there may be fields in a value; what is no field does no harm, as fields are asked for by name."""
    return not value.attribute and (len(value.element) > 0 or len(value.element.attrib) > 0)
