"""A document while it is changed: where new properties go, and what is noted of each change."""

from dataclasses import dataclass, field

from facecluster.metadata.merging.layout import put_in, take_out
from facecluster.metadata.xmp import elements
from facecluster.metadata.xmp.namespaces import qualified
from facecluster.metadata.xmp.packet import Element, Packet
from facecluster.metadata.xmp.properties import Value, descriptions, list_elements
from facecluster.metadata.xmp.properties import field as field_of

ABOUT = qualified("rdf:about")
ABOUTS = frozenset({ABOUT, "about"})  # older documents leave the prefix out


@dataclass
class Edit:
    """A document, what in it we had to make, and what was done to it."""

    packet: Packet
    made: set[str]  # as words.Values has it
    lines: list[str] = field(default_factory=list)  # of changes.py
    left_alone: list[str] = field(default_factory=list)
    changed: bool = False

    def put(self, parent: Element, element: Element, before: Element | None = None) -> None:
        """Put an element into another."""
        put_in(parent, element, before)
        self.changed = True

    def take(self, element: Element) -> None:
        """Take an element out."""
        take_out(element)
        self.changed = True

    def put_property(self, name: str, element: Element) -> None:
        """Give the photo a property that it has not: ours stand together in one rdf:Description.

        Args:
            name: what `made` is to say of it.
            element: the property.
        """
        ours = next((each for each in descriptions(self.packet) if self._is_ours(each)), None)
        if ours is None:
            ours = elements.description(self._about())
            self.put(self.packet.rdf, ours)
        self.put(ours, element)
        self.made.add(name)

    def take_property(self, value: Value) -> None:
        """Take a property away, and the rdf:Description that it stood in if nothing is left there."""
        description = value.element.getparent() if value.attribute is None else value.element
        if value.attribute is None:
            self.take(value.element)
        else:
            del value.element.attrib[value.attribute]
            self.changed = True
        if not len(description) and set(description.attrib) <= ABOUTS:
            self.take(description)

    def leave(self, line: str) -> None:
        """Note, once, what was left alone."""
        if line not in self.left_alone:
            self.left_alone.append(line)

    def _is_ours(self, description: Element) -> bool:
        """Whether an rdf:Description holds only what we made."""
        made = {qualified(entry.partition("=")[0]) for entry in self.made}
        return (
            len(description) > 0
            and set(description.attrib) <= ABOUTS
            and all(child.tag in made for child in description)
        )

    def _about(self) -> str:
        """What the document says that it is about: all of its descriptions must say the same."""
        found = (each.get(name) for each in descriptions(self.packet) for name in sorted(ABOUTS))
        return next((about for about in found if about), "")


def open_list(value: Value) -> Element | None:
    """The rdf:Bag or Seq of a value, which items can be added to; None: it is bare, or wrapped together with notes."""
    if field_of(value, "rdf:value"):
        return None
    return next(iter(list_elements(value)), None)
