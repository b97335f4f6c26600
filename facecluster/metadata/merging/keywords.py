"""Lists of texts of ours in a document: names of people, and keywords.

Some readers (Immich, digiKam) take the most telling list of keywords that a document has and pass over the others. So a
list that we make says what the next one below it said before: else our one keyword would hide all those of others.
"""

from collections.abc import Iterable, Sequence

from facecluster.metadata.merging.changes import text_line, unknown_form_line
from facecluster.metadata.merging.edit import Edit, open_list
from facecluster.metadata.tag_words import as_digikam, as_lightroom, digikam_word, lightroom_word, writable
from facecluster.metadata.words import Values
from facecluster.metadata.xmp import elements
from facecluster.metadata.xmp.packet import Element, Packet
from facecluster.metadata.xmp.properties import ITEM, Value, items, text, texts, values
from facecluster.spelling import name_key

PERSONS = "Iptc4xmpExt:PersonInImage"
DIGIKAM = "digiKam:TagsList"
LIGHTROOM = "lr:hierarchicalSubject"
SUBJECT = "dc:subject"

FIELDS = {PERSONS: "people", DIGIKAM: "digikam", LIGHTROOM: "lightroom", SUBJECT: "subjects"}
"""The lists, and where words.Values has what of ours stands in each."""

WORDS = {PERSONS: "person", DIGIKAM: "keyword", LIGHTROOM: "keyword", SUBJECT: "keyword"}
"""What the lists hold, for lines to people."""


def merge_keywords(edit: Edit, names: Sequence[str], ours: Values, beside: Sequence[str] = ()) -> Values:
    """What of ours stands in the lists after they were made to say these names; `beside` is the list below them all."""
    edit.made.difference_update([name for name in FIELDS if _made_anew(edit.packet, name, ours)])
    wanted = _wanted(edit, names, ours, beside) if names else Values()
    lists = {each: _merge_list(edit, name, getattr(wanted, each), getattr(ours, each)) for name, each in FIELDS.items()}
    return Values()._replace(**lists)


def drop_empty(edit: Edit, name: str) -> None:
    """Take away a list that we made, where nothing is left in it."""
    for value in values(edit.packet, name):
        if name in edit.made and not items(value):
            edit.take_property(value)
            edit.made.discard(name)


def _wanted(edit: Edit, names: Sequence[str], ours: Values, beside: Sequence[str]) -> Values:
    """The texts that the lists are to have; `ours` says what of them is not somebody else's."""
    carried = _carried(edit, SUBJECT, filter(None, map(writable, beside)))
    subjects = [*_of_others(edit.packet, SUBJECT, ours.subjects), *carried]
    lightroom = [as_digikam(each) for each in _of_others(edit.packet, LIGHTROOM, ours.lightroom)]
    return Values(
        people=_once(names),
        digikam=_once([*_carried(edit, DIGIKAM, lightroom or subjects), *map(digikam_word, names)]),
        lightroom=_once([*_carried(edit, LIGHTROOM, map(as_lightroom, subjects)), *map(lightroom_word, names)]),
        subjects=_once([*carried, *names]),
    )


def _carried(edit: Edit, name: str, below: Iterable[str]) -> list[str]:
    """What a list that is ours to make takes over from the next one below it."""
    return list(below) if name in edit.made or not values(edit.packet, name) else []


def _made_anew(packet: Packet, name: str, ours: Values) -> bool:
    """Whether a list holds something, and nothing of ours: if we made one, somebody made another since."""
    there = texts(packet, name)
    return bool(there) and set(there).isdisjoint(getattr(ours, FIELDS[name]))


def _of_others(packet: Packet, name: str, ours: Sequence[str]) -> list[str]:
    """The texts of a list that are not ours."""
    mine = set(ours)
    return [each for each in texts(packet, name) if each not in mine]


def _merge_list(edit: Edit, name: str, wanted: Sequence[str], ours: Sequence[str]) -> tuple[str, ...]:
    """What of ours stands in a list after what is not wanted was taken out, and what nobody says was put in."""
    there = _items_by_text(edit.packet, name)
    for each in [each for each in ours if each in there and each not in wanted]:
        _take(edit, there[each])
        edit.lines.append(text_line("-", WORDS[name], each))
    said = {name_key(each) for each in texts(edit.packet, name)}
    came = _put(edit, name, [each for each in wanted if name_key(each) not in said])
    return (*(each for each in ours if each in there and each in wanted), *came)


def _put(edit: Edit, name: str, coming: Sequence[str]) -> Sequence[str]:
    """Those of the texts that were put in: all, or none where there is no putting anything in."""
    if not coming:
        return ()
    if (container := _container(edit, name)) is None:
        edit.leave(unknown_form_line(name))
        return ()
    for each in coming:
        edit.put(container, elements.text("rdf:li", each))
        edit.lines.append(text_line("+", WORDS[name], each))
    return coming


def _once(words: Iterable[str]) -> tuple[str, ...]:
    """The first of those that mean the same, in their order."""
    return tuple({name_key(word): word for word in reversed(list(words))}.values())[::-1]


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
        return open_list(values(edit.packet, name)[0])
    opened = [each for each in map(open_list, found) if each is not None]
    return opened[0] if opened else _list_of_one(edit, name, found[0])


def _list_of_one(edit: Edit, name: str, bare: Value) -> Element | None:
    """A list in place of a bare text, which is its first item; it stays a list when ours is taken out."""
    said = text(bare)
    made = elements.array(name)
    if bare.attribute:
        del bare.element.attrib[bare.attribute]
        edit.put(bare.element, made)
        (container,) = made
    elif len(bare.element) or bare.element.attrib:
        return None
    else:
        (container,) = made
        bare.element.text = None
        edit.put(bare.element, container)
    if said:
        edit.put(container, elements.text("rdf:li", said))
    return container
