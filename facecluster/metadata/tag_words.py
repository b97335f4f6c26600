"""A person's name -> the keywords that stand for the person, and the forms of one keyword.

A hierarchy of keywords is written as one text a keyword, its parts joined: by "/" in digiKam:TagsList, by "|" in
lr:hierarchicalSubject. A name that holds either sign would fall apart there, or when a program turns the one form into
the other, as Immich and digiKam do; so both forms hold its full-width twin, which looks the same. `spelling.name_key`
takes the two for the same, as whoever compares texts as Unicode advises (NFKC) does.
"""

import re
import unicodedata

from facecluster.errors import MetadataError, MetadataFault

ROOT = "People"
"""The keyword above all people: what digiKam writes, and what Lightroom and Immich users copy from it."""

_JOINTS = str.maketrans({"/": "\uff0f", "|": "\uff5c"})
_NOT_WRITABLE = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, control characters, and the line breaks of every script."""


def checked_value(name: str) -> str:
    """The name composed as Unicode recommends (NFC), as every value is written.

    Raises:
        MetadataError: UNSUPPORTED: it is blank, or holds what XMP cannot hold or what would break a line of it.
    """
    if odd := _NOT_WRITABLE.search(name):
        raise MetadataError(
            MetadataFault.UNSUPPORTED, f"the name {name!a} holds U+{ord(odd[0]):04X}, which XMP cannot: rename it"
        )
    if not name.strip():
        raise MetadataError(MetadataFault.UNSUPPORTED, "a person without a name cannot be written")
    return unicodedata.normalize("NFC", name.strip())


def writable(text: str) -> str:
    """A text of any origin without what XMP cannot hold."""
    return _NOT_WRITABLE.sub(" ", text).strip()


def digikam_word(name: str) -> str:
    """The keyword of a person in digiKam:TagsList: `People/Anna`."""
    return f"{ROOT}/{name.translate(_JOINTS)}"


def lightroom_word(name: str) -> str:
    """The keyword of a person in lr:hierarchicalSubject: `People|Anna`."""
    return f"{ROOT}|{name.translate(_JOINTS)}"


def as_digikam(lightroom: str) -> str:
    """A keyword of lr:hierarchicalSubject as digiKam:TagsList holds it."""
    return "/".join(part.translate(_JOINTS) for part in lightroom.split("|"))


def as_lightroom(keyword: str) -> str:
    """A keyword of dc:subject, which has no parts, as lr:hierarchicalSubject holds it."""
    return keyword.replace("|", "\uff5c")
