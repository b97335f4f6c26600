"""Names that metadata gives photos, but no face on them -> which of these names a group of faces may have.

Whoever is on most photos of a group, and is named on them, is likely the one the group shows. A name that stands on
every photo of an album says so of everybody in it; it comes last.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from facecluster.spelling import name_key

MIN_PHOTOS = 2
"""On how many photos of a group a name must stand, unless the group has only one: one may be about anybody on it."""

MIN_SHARE = 0.5
"""Of the photos of a group. Estimate: whoever writes names on photos forgets some, and seldom every second."""


@dataclass(frozen=True)
class Hints:
    """What is written on photos, by spelling.name_key of the names."""

    of_photo: dict[str, tuple[str, ...]]  # keys by photo
    names: dict[str, str]  # how each is first written, by key
    photos: dict[str, int]  # on how many photos each stands, by key


class Hinted(NamedTuple):
    """A name that a group of faces may have."""

    key: str  # spelling.name_key of it
    name: str
    photos: int  # of the group, that say so
    of: int  # photos of the group


NO_HINTS = Hints({}, {}, {})


def hints_of(photos: Iterable[str], names: Iterable[str]) -> Hints:
    """The hints that each name stands on each photo, pair by pair; the same again counts once."""
    of_photo: dict[str, dict[str, None]] = {}
    written: dict[str, str] = {}
    keys: dict[str, str] = {}  # by name: each is folded once
    for photo, name in zip(photos, names, strict=True):
        key = keys.get(name) or keys.setdefault(name, name_key(name))
        written.setdefault(key, name.strip())
        of_photo.setdefault(photo, {})[key] = None
    counts = Counter(key for found in of_photo.values() for key in found)
    return Hints({photo: tuple(found) for photo, found in of_photo.items()}, written, dict(counts))


def hinted_names(hints: Hints, photos: Sequence[str], standing: Collection[tuple[str, str]] = ()) -> list[Hinted]:
    """The names that a group of faces may have, those on most of its photos first, of equals the rarer.

    Args:
        hints: of all photos.
        photos: on which the group stands, each once.
        standing: photos and keys of names that another face has there: those say nothing of the group.
    """
    counts = Counter(key for photo in photos for key in hints.of_photo.get(photo, ()) if (photo, key) not in standing)
    worth = [key for key, count in counts.items() if _is_worth_a_word(count, len(photos))]
    worth.sort(key=lambda key: (-counts[key], hints.photos[key], key))
    return [Hinted(key, hints.names[key], counts[key], len(photos)) for key in worth]


def _is_worth_a_word(count: int, of: int) -> bool:
    return count >= min(MIN_PHOTOS, of) and count >= MIN_SHARE * of
