"""Lists of texts of ours in a document: names of people, and keywords.

Some readers (Immich, digiKam) take the most telling list of keywords that a document has and pass over the others. So a
list that we make says what the next one below it said before: else our one keyword would hide all those of others.
"""

from collections.abc import Iterable, Sequence

from facecluster.metadata import elements
from facecluster.metadata.changes import text_line, unknown_form_line
from facecluster.metadata.edit import Edit
from facecluster.metadata.packet import Element, Packet
from facecluster.metadata.properties import ITEM, Value, items, list_elements, text, texts, values
from facecluster.metadata.tag_words import as_digikam, as_lightroom, digikam_word, keyword_key, lightroom_word
from facecluster.metadata.words import Values

PERSONS = "Iptc4xmpExt:PersonInImage"
DIGIKAM = "digiKam:TagsList"
LIGHTROOM = "lr:hierarchicalSubject"
SUBJECT = "dc:subject"

FIELDS = {PERSONS: "people", DIGIKAM: "digikam", LIGHTROOM: "lightroom", SUBJECT: "subjects"}
"""The lists, and where words.Values has what of ours stands in each."""

WORDS = {PERSONS: "person", DIGIKAM: "keyword", LIGHTROOM: "keyword", SUBJECT: "keyword"}
"""What the lists hold, for lines to people."""


def _wanted(packet: Packet, names: Sequence[str], ours: Values) -> Values:
    """The texts that the lists are to have; `ours` says what of them is not somebody else's."""
    if not names:
        return Values()
    subjects = _of_others(packet, SUBJECT, ours.subjects)
    lightroom = _of_others(packet, LIGHTROOM, ours.lightroom)
    above_lightroom = list(map(as_digikam, lightroom)) or subjects
    return Values(
        people=_once(names),
        digikam=_once([*_carried(packet, DIGIKAM, ours, above_lightroom), *map(digikam_word, names)]),
        lightroom=_once([*_carried(packet, LIGHTROOM, ours, map(as_lightroom, subjects)), *map(lightroom_word, names)]),
        subjects=_once(names),
    )


def _of_others(packet: Packet, name: str, ours: Sequence[str]) -> list[str]:
    """The texts of a list that are not ours."""
    mine = set(ours)
    return [each for each in texts(packet, name) if each not in mine]


def merge_keywords(edit: Edit, names: Sequence[str], ours: Values) -> Values:
    """What of ours stands in the lists after they were made to say these names."""
    wanted = _wanted(edit.packet, names, ours)
    lists = {each: _merge_list(edit, name, getattr(wanted, each), getattr(ours, each)) for name, each in FIELDS.items()}
    return Values()._replace(**lists)


def _merge_list(edit: Edit, name: str, wanted: Sequence[str], ours: Sequence[str]) -> tuple[str, ...]:
    """What of ours stands in a list after what is not wanted was taken out, and what nobody says was put in."""
    there = _items_by_text(edit.packet, name)
    stand = [each for each in ours if each in wanted and each in there]
    for each in ours:
        if each in there and each not in wanted:
            _take(edit, there[each])
            edit.lines.append(text_line("-", WORDS[name], each))
    said = {keyword_key(each) for each in texts(edit.packet, name)}
    coming = [each for each in wanted if keyword_key(each) not in said]
    if not coming:
        return tuple(stand)
    if (container := _container(edit, name)) is None:
        edit.leave(unknown_form_line(name))
        return tuple(stand)
    for each in coming:
        edit.put(container, elements.text("rdf:li", each))
        edit.lines.append(text_line("+", WORDS[name], each))
    return (*stand, *coming)


def drop_empty(edit: Edit, name: str) -> None:
    """Take away a list that we made, where nothing is left in it."""
    for value in values(edit.packet, name):
        if name in edit.made and not items(value):
            edit.take_property(value)
            edit.made.discard(name)


def _carried(packet: Packet, name: str, ours: Values, below: Iterable[str]) -> list[str]:
    """What a list that is ours to make takes over from the next one below it."""
    ours_stand = name in ours.made and not set(texts(packet, name)).isdisjoint(getattr(ours, FIELDS[name]))
    return list(below) if ours_stand or not values(packet, name) else []


def _once(words: Iterable[str]) -> tuple[str, ...]:
    """The first of those that mean the same, in their order."""
    return tuple({keyword_key(word): word for word in reversed(list(words))}.values())[::-1]


def _items_by_text(packet: Packet, name: str) -> dict[str, Value]:
    """The items of a list; the last one of those that are alike, as we add at the end."""
    return {text(item): item for value in values(packet, name) for item in items(value)}


def _take(edit: Edit, item: Value) -> None:
    """Take an item out; where a program left it bare, that is the property."""
    if item.attribute is None and item.element.tag == ITEM:
        edit.take(item.element)
    else:
        edit.take_property(item)


def _container(edit: Edit, name: str) -> Element | None:
    """The rdf:Bag or Seq that texts are added to, made if there is none; None: what is there cannot be extended."""
    found = values(edit.packet, name)
    if not found:
        edit.put_property(name, elements.array(name))
        return list_elements(values(edit.packet, name)[0])[0]
    for value in found:
        if there := list_elements(value):
            return there[0]
    return _list_of_one(edit, name, found[0])


def _list_of_one(edit: Edit, name: str, bare: Value) -> Element | None:
    """A list in place of a bare text, which is its first item; it stays one when ours is taken out."""
    said = text(bare)
    if bare.attribute is None and (len(bare.element) or bare.element.attrib):
        return None
    made = elements.array(name)
    if bare.attribute is None:
        bare.element.text = None
        made = made[0]
        edit.put(bare.element, made)
    else:
        del bare.element.attrib[bare.attribute]
        edit.put(bare.element, made)
        made = made[0]
    if said:
        edit.put(made, elements.text("rdf:li", said))
    return made
