"""What Picasa keeps beside photos -> whom they show: .picasa.ini of a folder, and contacts.xml of an installation.

    [Contacts2]
    8e62b2035b74b477=Anna Smith;;
    [IMG_1.jpg]
    faces=rect64(3f845bcb59418507),8e62b2035b74b477;rect64(9eb15e8a83c7f1a2),ffffffffffffffff

No description by its maker exists; this is what its files hold and what other readers agree on.
"""

import re
from collections.abc import Iterator, Mapping

from facecluster.metadata.areas import inside
from facecluster.metadata.words import Source, Tag
from facecluster.metadata.xmp.safe_xml import as_utf8, parsed

NOBODY = "f" * 16
"""The contact of a face that nobody named."""

FULL_EDGE = 0xFFFF
"""What an edge of rect64 is a part of: the right and the lower edge of the picture."""

_FACE = re.compile(r"rect64\(([0-9a-fA-F]{1,16})\)\s*,\s*([0-9a-fA-F]*)")


def faces_in_picasa(data: bytes, contacts: Mapping[str, str]) -> dict[str, tuple[Tag, ...]]:
    """The faces of each photo of a folder, by the name of its file in lower case (`str.casefold`).

    Lines that are none of Picasa's are passed over.

    Args:
        data: a .picasa.ini.
        contacts: names by contact, of `contacts_in`; the file's own come first.
    """
    sections = _sections(data)
    names = {**contacts, **_own_contacts(sections)}
    faces = {
        photo: tuple(tag for key, value in lines if key == "faces" for tag in _tags(value, names))
        for photo, lines in sections.items()
    }
    return {photo: tags for photo, tags in faces.items() if tags}


def contacts_in(data: bytes) -> dict[str, str]:
    """Names by contact, as `faces_in_picasa` takes them, of Picasa's contacts.xml.

    Raises:
        MetadataError: TOO_LARGE, FORBIDDEN, or BROKEN: it is no XML.
    """
    people = [
        (element.get("id", ""), (element.get("name") or element.get("display") or "").strip())
        for element in parsed(as_utf8(data)).iter("contact")
    ]
    return {_contact(contact): name for contact, name in people if contact and name}


def _sections(data: bytes) -> dict[str, list[tuple[str, str]]]:
    """The lines `key=value` below each `[name]`, which is in lower case; sections of one name are one."""
    sections: dict[str, list[tuple[str, str]]] = {}
    lines: list[tuple[str, str]] = []
    for line in _text(data).splitlines():
        stripped = line.strip()
        if stripped.startswith("[") and stripped.endswith("]"):
            lines = sections.setdefault(stripped[1:-1].casefold(), [])
        elif "=" in stripped:
            key, _, value = stripped.partition("=")
            lines.append((key.strip().casefold(), value.strip()))
    return sections


def _text(data: bytes) -> str:
    """UTF-8, as Picasa writes since 2010; else the Western characters that Windows had before."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _own_contacts(sections: Mapping[str, list[tuple[str, str]]]) -> dict[str, str]:
    """Names by contact that a file itself gives: `contact=name;address;`, the newer section before the older."""
    lines = [line for section in ("contacts", "contacts2") for line in sections.get(section, [])]
    names = [(_contact(contact), value.partition(";")[0].strip()) for contact, value in lines]
    return {contact: name for contact, name in names if name}


def _tags(faces: str, names: Mapping[str, str]) -> Iterator[Tag]:
    """The faces of a photo, without those that have neither a name nor a place."""
    for rectangle, contact in _FACE.findall(faces):
        digits = rectangle.zfill(16)
        left, top, right, bottom = (int(digits[start : start + 4], 16) / FULL_EDGE for start in range(0, 16, 4))
        box = inside((left, top, right, bottom))
        name = None if _contact(contact) == NOBODY else names.get(_contact(contact))
        if name or box:
            yield Tag(Source.PICASA, name, box)


def _contact(number: str) -> str:
    """A contact as it is compared: some programs leave the zeros before it out."""
    return number.strip().lower().zfill(16)
