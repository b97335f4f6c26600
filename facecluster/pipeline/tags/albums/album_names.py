"""People and photos -> names of folders and files that Linux, macOS and Windows take, and take for different ones.

What Windows refuses (Microsoft, "Naming Files, Paths, and Namespaces") is the strictest rule, and holds everywhere.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

MAX_BYTES = 255
"""Of a name in UTF-8 (ext4, APFS); NTFS takes as many UTF-16 units, which are never more."""

MIN_DIGITS = 4
"""Of a person's id behind the name: as many as a command needs to know the person by."""

_REPLACED = re.compile(r'[/\\:*?"<>|]')
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9\u00b9\u00b2\u00b3]) *(\.|$)", re.IGNORECASE)
_JOINERS = "\u200c\u200d"
"""They shape Persian and Hindi, and the people of an emoji; other invisible characters only disturb."""

_REPLACED_CATEGORIES = {"Cc", "Cn", "Co", "Cs", "Zl", "Zp"}  # controls, and what means nothing to most readers
_LEFT_OUT = "Cf"  # invisible characters, among them those that turn a text around


def folder_names(people: Sequence[tuple[str, str]]) -> list[str]:
    """The folder of each person, given as (id, name): the name, and enough first digits of the id that all differ."""
    short = [_alike(safe_name(name, f" {id_[:MIN_DIGITS]}")) for id_, name in people]
    ids_of = defaultdict(list)
    for key, (id_, _) in zip(short, people, strict=True):
        ids_of[key].append(id_)
    digits = {key: _digits_apart(ids) for key, ids in ids_of.items()}
    return [safe_name(name, f" {id_[: digits[key]]}") for key, (id_, name) in zip(short, people, strict=True)]


def entry_names(photos: Iterable[str]) -> list[str]:
    """The names of photos in one folder, in their order: their own, numbered where one before has it already.

    Args:
        photos: names of files, which end in a dot and a suffix.
    """
    names, numbers = [], {}  # the last number of each name; what is in there is taken
    for photo in photos:
        stem, _, suffix = photo.rpartition(".")
        name = safe_name(stem, f".{suffix}")
        plain = _alike(name)
        while _alike(name) in numbers:
            numbers[plain] += 1
            name = safe_name(stem, f" ({numbers[plain]}).{suffix}")
        numbers[_alike(name)] = 1
        names.append(name)
    return names


def safe_name(text: str, ending: str) -> str:
    """A text and an ending as one name of a file or folder; what may not be in one is replaced by `_`.

    Args:
        text: any text, also one that is no Unicode; its end is cut off where it is too long.
        ending: stays as it is, and ends in a letter or digit.
    """
    seen = "".join(map(_seen, unicodedata.normalize("NFC", text)))
    whole = " ".join(_REPLACED.sub("_", seen).split()) or "_"
    if whole.startswith(".") or _RESERVED.match(whole + ending):
        whole = f"_{whole}"  # what begins with a dot is hidden, what is reserved is no file
    return f"{_cut(whole, MAX_BYTES - len(ending.encode()))}{ending}"


def _digits_apart(ids: Sequence[str]) -> int:
    """How many first digits tell ids apart."""
    digits = MIN_DIGITS
    while len({id_[:digits] for id_ in ids}) < len(ids):
        digits += 1
    return digits


def _alike(name: str) -> str:
    """What names share that macOS or Windows take for one."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def _seen(character: str) -> str:
    category = unicodedata.category(character)
    if category == _LEFT_OUT and character not in _JOINERS:
        return ""
    return "_" if category in _REPLACED_CATEGORIES else character


def _cut(text: str, max_bytes: int) -> str:
    """The beginning of a text that takes so many bytes; no letter loses an accent, no emoji is cut in two."""
    kept = text.encode()[:max_bytes].decode("utf-8", "ignore")
    while kept and kept != text and (_belongs_to_the_one_before(text[len(kept)]) or kept[-1] in _JOINERS):
        kept = kept[:-1]
    return kept.rstrip()


def _belongs_to_the_one_before(character: str) -> bool:
    return unicodedata.category(character).startswith("M") or character in _JOINERS
