"""Which JSON file of Google Takeout is of which photo, by their names.

The JSON of `IMG.jpg` is called `IMG.jpg.json`, since 2024 `IMG.jpg.supplemental-metadata.json`. What stands before
`.json` is cut to 46 characters, first in `.supplemental-metadata`, then in the photo's name. A photo of a name that is
taken is numbered, `IMG(1).jpg`, and its JSON behind all that: `IMG.jpg(1).json`, or
`IMG.jpg.supplemental-metadata(1).json`. A photo that was edited, `IMG-edited.jpg`, has the JSON of the one that was
not; so has a photo of another form of the same (`IMG.HEIC`, `IMG.JPG`, `IMG.MP`), if it has none of its own.

No description by Google exists; this is what its exports hold (github.com/TheLastGimbus/GooglePhotosTakeoutHelper #353,
#448, #449; github.com/ente/ente #4956).
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePath
from typing import NamedTuple

MIN_CUT = 46
"""Characters from which on a name is cut."""

SUPPLEMENT = ".supplemental-metadata"

EDITED = (
    "-edited", "-effects", "-smile", "-mix", "-bearbeitet", "-modifié", "-editado", "-ha editado", "-editada",
    "-modificato", "-bewerkt", "-edytowane", "-redigerad", "-redigert", "-redigeret", "-muokattu", "-編集済み",
)  # fmt: skip
"""What stands behind the names of photos that were edited, in the languages in which it was reported."""

FORMS = (".heic", ".heif", ".jpg", ".jpeg", ".mp", ".mp4", ".mov")
"""The files of which one moving photo consists, or that one of them was turned into."""

_NUMBER = re.compile(r"\((\d{1,6})\)\Z")


_Written = tuple[str, str]  # what stands before ".json", or a part of that, and the number


class _Jsons(NamedTuple):
    """JSON files of one folder."""

    beginnings: dict[_Written, str]  # by all that stands before the number
    titles: dict[_Written, str]  # by the same without a supplement
    stems: dict[_Written, tuple[str, str]]  # title and file, by the title without its suffix, if that is one of FORMS


class _Claim(NamedTuple):
    """A JSON that may be a photo's."""

    closeness: int  # 0: it has the photo's name; 1: the beginning of it; 2: that of its other form
    title: str  # the name that the JSON would be of: photos that share it share the JSON
    photo: str
    json: str


def takeout_files(photo_names: Collection[str], json_names: Collection[str]) -> dict[str, str]:
    """The JSON file of each photo of one folder that has one, by the names of the files.

    A JSON that may as well be of photos with another name is nobody's.
    """
    jsons = _by_what_is_written(json_names)
    claims = defaultdict(list)
    for photo in sorted(photo_names) if jsons.beginnings else ():
        if claim := next(_claims(photo, jsons), None):
            claims[claim.json].append(claim)
    return {claim.photo: claim.json for rivals in claims.values() for claim in _granted(rivals)}


def _by_what_is_written(names: Iterable[str]) -> _Jsons:
    """The JSON files by their names; where two say the same, the shorter one counts."""
    numbered = [(_numbered(name[: -len(".json")]), name) for name in names if name.lower().endswith(".json")]
    beginnings = dict(sorted(numbered, reverse=True))
    titles, stems = dict(beginnings), {}
    for (beginning, number), name in sorted(beginnings.items()):
        title, _, end = beginning.rpartition(".")
        if SUPPLEMENT.startswith("." + end):
            titles.setdefault((title, number), name)
    for (title, number), name in sorted(titles.items()):
        path = PurePath(title)
        if path.suffix.lower() in FORMS:
            stems.setdefault((path.stem, number), (title, name))
    return _Jsons(beginnings, titles, stems)


def _granted(rivals: list[_Claim]) -> list[_Claim]:
    """The claims to one JSON that hold: those of the one name that comes closest to it."""
    closest = min(claim.closeness for claim in rivals)
    titles = {claim.title for claim in rivals if claim.closeness == closest}
    return [claim for claim in rivals if claim.title in titles] if len(titles) == 1 else []


def _claims(photo: str, jsons: _Jsons) -> Iterator[_Claim]:
    """The JSON files that may be a photo's, the likeliest first."""
    names = _names(photo)
    originals = [(original, number) for name, number in names if (original := _unedited(name)) != name]
    for name, number in (*names, *originals):
        if json := jsons.titles.get((name, number)):
            yield _Claim(0, name + number, photo, json)
    for name, number in originals or names:
        for cut in _cuts(name):
            if json := jsons.beginnings.get((cut, number)):
                yield _Claim(1, PurePath(name).stem + number, photo, json)
    for name, number in originals or names:
        path = PurePath(name)
        if path.suffix.lower() in FORMS and (found := jsons.stems.get((path.stem, number))):
            title, json = found
            yield _Claim(2, title + number, photo, json)


def _names(photo: str) -> list[tuple[str, str]]:
    """A photo's name and no number; and, where it is numbered, its name without the number, and that."""
    path = PurePath(photo)
    unnumbered, number = _numbered(path.stem)
    return [(photo, ""), (unnumbered + path.suffix, number)] if number else [(photo, "")]


def _numbered(name: str) -> tuple[str, str]:
    """A name without the number at its end, and that: "(1)", or "" where there is none."""
    number = _NUMBER.search(name)
    return (name[: number.start()], number[0]) if number else (name, "")


def _unedited(name: str) -> str:
    """The name of the photo before it was edited; of others, their name."""
    path = PurePath(name)
    edited = next((end for end in EDITED if path.stem.lower().endswith(end)), "")
    return path.stem[: len(path.stem) - len(edited)] + path.suffix


def _cuts(name: str) -> list[str]:
    """A long name, cut: where exactly has changed over the years, so the longest that there is counts."""
    return [name[:length] for length in range(len(name) - 1, MIN_CUT - 1, -1)]
