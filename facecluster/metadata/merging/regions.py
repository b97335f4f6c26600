"""Regions of ours in a document: those that are to go, those that come, and those of others that are in their way."""

from collections.abc import Sequence
from typing import NamedTuple

from facecluster.metadata.areas import overlap
from facecluster.metadata.merging.changes import region_line, taken_line, unknown_form_line
from facecluster.metadata.merging.edit import Edit
from facecluster.metadata.merging.region_forms import FORMS, MICROSOFT, MWG, Form, extensible_list, first_unnamed
from facecluster.metadata.words import Shown, Values
from facecluster.metadata.xmp.packet import Element, Packet
from facecluster.metadata.xmp.reading import SAME_OVERLAP, acdsee_tags
from facecluster.spelling import name_key

STILL_OURS = 0.8
"""Intersection over union above which a region of our name is the one that we wrote: programs that save a file round
its regions to whole pixels, which leaves a face of 20 px with 0.9 of it."""


class Standing(NamedTuple):
    """The regions of one form in a document."""

    ours: dict[Shown, Element]  # what of ours stands there, and where
    others: list[Shown]  # faces that somebody else drew; unnamed ones are called ""


def merge_regions(edit: Edit, wanted: Sequence[Shown], ours: Values) -> Values:
    """What of ours stands in the document after the regions in it were made those wanted: `regions`, `microsoft`."""
    mwg, microsoft = (_standing(edit.packet, form, getattr(ours, form.field)) for form in FORMS)
    acdsee = [Shown(tag.name or "", tag.box) for tag in acdsee_tags(edit.packet)]
    # Programs that write several forms get the places of the later wrong now and then: the first is believed.
    named = _keys(mwg.others)
    later = [other for other in (*microsoft.others, *acdsee) if name_key(other.name) not in named]
    free = _free_of_others(edit, _each_once(wanted), [*mwg.others, *later])
    named = _keys(microsoft.others)
    said = [each for each in free if name_key(each.name) in named and _is_among(each, mwg.others)]
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
    for mine, item in there.ours.items():
        if mine not in wanted:
            edit.take(item)
            edit.lines.append(region_line("-", form.word, mine))
    coming = [each for each in wanted if each not in there.ours and not _is_among(each, there.others)]
    came = _put(edit, form, coming)
    return (*(mine for mine in there.ours if mine in wanted), *came)


def _put(edit: Edit, form: Form, coming: Sequence[Shown]) -> Sequence[Shown]:
    """Those of the regions that were put in: all, or none where there is no putting anything in."""
    if not coming:
        return ()
    if (region_list := extensible_list(edit, form)) is None:
        edit.leave(unknown_form_line(form.property))
        return ()
    before = first_unnamed(region_list, form)
    for shown in coming:
        assert shown.box is not None
        edit.put(region_list, form.item(shown, shown.box), before)
        edit.lines.append(region_line("+", form.word, shown))
    return coming


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


def _each_once(wanted: Sequence[Shown]) -> list[Shown]:
    """The regions without those that say what one before says."""
    once: list[Shown] = []
    for shown in wanted:
        if not _is_among(shown, once):
            once.append(shown)
    return once


def _is_among(shown: Shown, others: Sequence[Shown]) -> bool:
    """Whether one of the regions says the same of the same face."""
    return any(
        _overlap(shown, other) >= SAME_OVERLAP and name_key(shown.name) == name_key(other.name) for other in others
    )


def _keys(regions: Sequence[Shown]) -> set[str]:
    """The names of regions, in the form in which they are compared."""
    return {name_key(each.name) for each in regions if each.name}


def _overlap(one: Shown, other: Shown) -> float:
    return overlap(one.box, other.box) if one.box and other.box else 0.0
