"""The two forms in which a document has regions, and the lists that hold them: found, made, taken away again."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from facecluster.metadata.merging.edit import Edit, open_list
from facecluster.metadata.words import Box, Shown
from facecluster.metadata.xmp import elements
from facecluster.metadata.xmp.namespaces import qualified
from facecluster.metadata.xmp.packet import Element, Packet
from facecluster.metadata.xmp.properties import DESCRIPTION, Value, field, items, text, values
from facecluster.metadata.xmp.reading import Region, microsoft_regions, mwg_regions

DIMENSIONS = "mwg-rs:AppliedToDimensions"
_PARSE_TYPE = qualified("rdf:parseType")


class Form(NamedTuple):
    """One of the two forms in which a document has regions."""

    field: str  # of words.Values
    word: str  # for lines to people
    property: str
    list: str  # field of the property
    name: str  # field of an item
    found: Callable[[Packet], Iterator[Region]]
    item: Callable[[Shown, Box], Element]


MWG = Form(
    "regions", "region", "mwg-rs:Regions", "mwg-rs:RegionList", "mwg-rs:Name",
    mwg_regions, elements.region,
)  # fmt: skip
MICROSOFT = Form(
    "microsoft", "Microsoft region", "MP:RegionInfo", "MPRI:Regions", "MPReg:PersonDisplayName",
    microsoft_regions, elements.microsoft_region,
)  # fmt: skip
FORMS = (MWG, MICROSOFT)


def extensible_list(edit: Edit, form: Form) -> Element | None:
    """The list that regions are added to, made if there is none; None: it is written in a way we do not extend."""
    found = values(edit.packet, form.property)
    if not found:
        edit.put_property(form.property, elements.structure(form.property, elements.array(form.list)))
        found = values(edit.packet, form.property)
    lists = [each for each in (field(value, form.list) for value in found) if each]
    opened = [each for each in map(open_list, lists) if each is not None]
    if opened or lists:
        return opened[0] if opened else None
    if (holder := fields_element(found[0])) is None:
        return None
    region_list = elements.array(form.list)
    edit.put(holder, region_list)
    edit.made.add(form.list)
    return open_list(Value(region_list))


def first_unnamed(region_list: Element, form: Form) -> Element | None:
    """The first region that has no name: named ones go before it, as older digiKam reads no further than to it."""
    for item in items(Value(region_list.getparent())):
        name = field(item, form.name)
        if item.element.getparent() is region_list and not (name and text(name)):
            return item.element
    return None


def drop_empty(edit: Edit, form: Form) -> None:
    """Take away what we made to hold regions, where no region is left."""
    for value in values(edit.packet, form.property):
        region_list = field(value, form.list)
        if region_list and items(region_list):
            continue
        if form.property in edit.made and _holds_only(value, {form.list, DIMENSIONS}):
            edit.take_property(value)
            edit.made.discard(form.property)
        elif form.list in edit.made and region_list and not region_list.attribute:
            edit.take(region_list.element)
            edit.made.discard(form.list)


def fields_element(value: Value) -> Element | None:
    """The element that the fields of a structure stand in, or could; None: no field can be added to it."""
    if value.attribute:
        return None
    if value.element.get(_PARSE_TYPE) == "Resource":
        return value.element
    return next(value.element.iterchildren(DESCRIPTION), None)


def _holds_only(value: Value, names: set[str]) -> bool:
    """Whether a structure has no other fields than these."""
    holder = fields_element(value)
    return holder is None or {child.tag for child in holder} <= {qualified(name) for name in names}
