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


_Jsons = dict[tuple[str, str], str]  # by what stands before the number and ".json", and the number


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
    jsons = {_numbered(name[: -len(".json")]): name for name in sorted(json_names) if name.lower().endswith(".json")}
    claims = defaultdict(list)
    for photo in sorted(photo_names) if jsons else ():
        if claim := next(_claims(photo, jsons), None):
            claims[claim.json].append(claim)
    return {claim.photo: claim.json for rivals in claims.values() for claim in _granted(rivals)}


def _granted(rivals: list[_Claim]) -> list[_Claim]:
    """The claims to one JSON that hold: those of the one name that comes closest to it."""
    closest = min(claim.closeness for claim in rivals)
    titles = {claim.title for claim in rivals if claim.closeness == closest}
    return [claim for claim in rivals if claim.title in titles] if len(titles) == 1 else []


def _claims(photo: str, jsons: _Jsons) -> Iterator[_Claim]:
    """The JSON files that may be a photo's, the likeliest first."""
    for closeness, title, number, beginnings in _titles(photo):
        for beginning in beginnings:
            if found := jsons.get((beginning, number)):
                yield _Claim(closeness, title + number, photo, found)


def _titles(photo: str) -> Iterator[tuple[int, str, str, Iterable[str]]]:
    """What a photo may be called in its JSON's name: closeness, title, number, and how that name may begin."""
    names = _names(photo)
    originals = [(original, number) for name, number in names if (original := _unedited(name)) != name]
    for name, number in (*names, *originals):
        yield 0, name, number, _with_supplement(name)
    for name, number in originals or names:
        yield 1, PurePath(name).stem, number, _cuts(name)
    for name, number in originals or names:
        stem = PurePath(name).stem
        for form in FORMS:
            yield 2, stem + form, number, _with_supplement(stem + form)
            yield 2, stem + form.upper(), number, _with_supplement(stem + form.upper())


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


def _with_supplement(name: str) -> list[str]:
    """A name alone, and with what is written behind it, cut or not."""
    return [name, *(name + SUPPLEMENT[:length] for length in range(len(SUPPLEMENT), 0, -1))]


def _cuts(name: str) -> list[str]:
    """A long name, cut: where exactly has changed over the years, so the longest that there is counts."""
    return [name[:length] for length in range(len(name) - 1, MIN_CUT - 1, -1)]
