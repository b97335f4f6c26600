"""Regions of ours in a document: those that are to go, those that come, and those of others that are in their way."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from facecluster.metadata import elements
from facecluster.metadata.areas import overlap
from facecluster.metadata.changes import region_line, taken_line, unknown_form_line
from facecluster.metadata.edit import Edit
from facecluster.metadata.namespaces import qualified
from facecluster.metadata.packet import Element, Packet
from facecluster.metadata.properties import DESCRIPTION, Value, field, items, list_elements, text, values
from facecluster.metadata.reading import SAME_OVERLAP, Region, microsoft_regions, mwg_regions
from facecluster.metadata.tag_words import keyword_key
from facecluster.metadata.words import Box, Shown, Values

STILL_OURS = 0.8
"""Intersection over union above which a region of our name is the one that we wrote: programs that save a file round
its regions to whole pixels, which moves the edges of a face 20 px wide by up to 3 % of it each."""

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


class Standing(NamedTuple):
    """The regions of one form in a document."""

    ours: dict[Shown, Element]  # what of ours stands there, and where
    others: list[Shown]  # faces that somebody else drew; unnamed ones are called ""


def merge_regions(edit: Edit, wanted: Sequence[Shown], ours: Values) -> Values:
    """What of ours stands in the document after the regions in it were made those wanted: `regions`, `microsoft`."""
    mwg, microsoft = (_standing(edit.packet, form, getattr(ours, form.field)) for form in FORMS)
    named = _keys(mwg.others)
    # Programs that write both forms get the places of the second wrong now and then: the first is believed.
    believed = [*mwg.others, *(other for other in microsoft.others if keyword_key(other.name) not in named)]
    free = _free_of_others(edit, wanted, believed)
    named = _keys(microsoft.others)
    said = [each for each in free if keyword_key(each.name) in named and _is_among(each, mwg.others)]
    return Values(
        regions=_merge_form(edit, MWG, mwg, free),
        microsoft=_merge_form(edit, MICROSOFT, microsoft, [each for each in free if each not in said]),
    )


def _standing(packet: Packet, form: Form, ours: Sequence[Shown]) -> Standing:
    """The regions of a form; each of ours is the one of its name that overlaps most, if it is where we put it."""
    found = [
        (Shown(region.tag.name or "", region.tag.box), region.item.element)
        for region in form.found(packet)
        if region.tag.box
    ]
    stand: dict[Shown, Element] = {}
    for mine in ours:
        shares = [_overlap(mine, other) if other.name == mine.name else 0.0 for other, _ in found]
        if shares and max(shares) >= STILL_OURS:
            stand[mine] = found.pop(shares.index(max(shares)))[1]
    return Standing(stand, [other for other, _ in found])


def _merge_form(edit: Edit, form: Form, there: Standing, wanted: Sequence[Shown]) -> tuple[Shown, ...]:
    """What of ours stands after those not wanted any more were taken out, and those put in that nobody drew yet."""
    for mine in [mine for mine in there.ours if mine not in wanted]:
        edit.take(there.ours.pop(mine))
        edit.lines.append(region_line("-", form.word, mine))
    ours = [mine for mine in wanted if mine in there.ours]
    for shown in wanted:
        if shown in ours or _is_among(shown, [*there.others, *ours]):
            continue
        if (region_list := _region_list(edit, form)) is None:
            edit.leave(unknown_form_line(form.property))
            break
        assert shown.box is not None
        edit.put(region_list, form.item(shown, shown.box), _first_unnamed(region_list, form))
        edit.lines.append(region_line("+", form.word, shown))
        ours.append(shown)
    return tuple(ours)


def _free_of_others(edit: Edit, wanted: Sequence[Shown], others: Sequence[Shown]) -> list[Shown]:
    """Those of the regions that nobody else gave another name, unless somebody else gave them ours too."""
    free = []
    for shown in wanted:
        over = [other for other in others if _overlap(shown, other) >= SAME_OVERLAP and other.name]
        if over and not _is_among(shown, over):
            most = max(over, key=lambda other: _overlap(shown, other))
            assert most.box is not None
            edit.leave(taken_line(shown, most.name, most.box))
        else:
            free.append(shown)
    return free


def _is_among(shown: Shown, others: Sequence[Shown]) -> bool:
    """Whether one of the regions says the same of the same face."""
    return any(
        _overlap(shown, other) >= SAME_OVERLAP and keyword_key(shown.name) == keyword_key(other.name)
        for other in others
    )


def _keys(regions: Sequence[Shown]) -> set[str]:
    """The names of regions, in the form in which they are compared."""
    return {keyword_key(each.name) for each in regions if each.name}


def drop_empty(edit: Edit, form: Form) -> None:
    """Take away what we made to hold regions, where no region is left."""
    for value in values(edit.packet, form.property):
        region_list = field(value, form.list)
        if region_list and items(region_list):
            continue
        if form.property in edit.made and _holds_only(value, {form.list, "mwg-rs:AppliedToDimensions"}):
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


def _region_list(edit: Edit, form: Form) -> Element | None:
    """The list that regions are added to, made if there is none; None: it is written in a way we do not extend."""
    found = values(edit.packet, form.property)
    if not found:
        edit.put_property(form.property, elements.structure(form.property, elements.array(form.list)))
        return list_elements(_field_of(edit, form))[0]
    for value in found:
        if (region_list := field(value, form.list)) and (there := list_elements(region_list)):
            return there[0]
    holder = fields_element(found[0])
    if holder is None or field(found[0], form.list):
        return None
    edit.put(holder, elements.array(form.list))
    edit.made.add(form.list)
    return list_elements(_field_of(edit, form))[0]


def _field_of(edit: Edit, form: Form) -> Value:
    """The list that was just made."""
    region_list = field(values(edit.packet, form.property)[0], form.list)
    assert region_list is not None
    return region_list


def _first_unnamed(region_list: Element, form: Form) -> Element | None:
    """The first region that has no name: named ones go before it, as older digiKam reads no further than to it."""
    for item in items(Value(region_list.getparent())):
        name = field(item, form.name)
        if item.element.getparent() is region_list and not (name and text(name)):
            return item.element
    return None


def _holds_only(value: Value, names: set[str]) -> bool:
    """Whether a structure has no other fields than these."""
    tags = {qualified(name) for name in names}
    holder = fields_element(value)
    return holder is None or all(child.tag in tags for child in holder)


def _overlap(one: Shown, other: Shown) -> float:
    return overlap(one.box, other.box) if one.box and other.box else 0.0
