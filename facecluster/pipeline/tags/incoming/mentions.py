"""What was read in metadata -> columns of numbers, the names as they would be kept, and what becomes of each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool, Float64, Int8, Int64

from facecluster.errors import UsageError
from facecluster.people.names import checked_name
from facecluster.pipeline.columns import one_array
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.schemas import IMPORTS, TAGS
from facecluster.spelling import name_key

NONE = -1
OUTCOMES = tuple(Outcome)
"""By the numbers that stand for them in columns."""

NO_BOX = "broken: expected a box with a width and a height"
_EDGES = ("x0", "y0", "x1", "y1")

Rows = Int64[np.ndarray, "_rows"]
"""Of mentions."""


class Mentions(NamedTuple):
    """The n rows of a table of tags, which are in order: the first by path, by file and in the file counts most."""

    table: pa.Table  # schemas.TAGS
    hashes: pa.StringArray  # of the photos
    photos: Int64[np.ndarray, "n"]  # place in `hashes`
    documents: Int64[np.ndarray, "n"]  # number of the photo file together with the file where it stands
    people: Int64[np.ndarray, "n"]  # place in `keys` and `names`; NONE: it names nobody
    boxes: Float64[np.ndarray, "n 4"]  # in parts of the picture; nan: a name without a place
    keys: tuple[str, ...]  # spelling.name_key of those who are named, each once, in order
    names: tuple[str, ...]  # how each is first written, as the library would keep it

    @property
    def placed(self) -> Bool[np.ndarray, "n"]:
        """Which of them have a box."""
        return ~np.isnan(self.boxes[:, 0])

    @property
    def pairs(self) -> Int64[np.ndarray, "n"]:
        """A number for photo and person of each together; of one that names nobody it says nothing."""
        return self.photos * max(len(self.keys), 1) + self.people


@dataclass(frozen=True)
class Fates:
    """What becomes of each of n mentions; filled in as it is settled."""

    outcomes: Int8[np.ndarray, "n"]  # place in OUTCOMES; NONE: not settled yet
    faces: np.ndarray  # (n,) face id, None: of no face
    reasons: dict[int, str]  # by row

    @property
    def open(self) -> Bool[np.ndarray, "n"]:
        """Which are not settled."""
        return self.outcomes == NONE

    def settle(self, rows: Rows, outcome: Outcome, reasons: Sequence[str] | str = ()) -> None:
        """Say what becomes of some, and why: the same of all, or of each."""
        self.outcomes[rows] = OUTCOMES.index(outcome)
        if reasons:
            each = [reasons] * len(rows) if isinstance(reasons, str) else reasons
            self.reasons.update(zip(rows.tolist(), each, strict=True))

    def rename(self, rows: Rows, before: Outcome, after: Outcome) -> None:
        """Say one outcome instead of another, where some of these have it."""
        self.outcomes[rows[self.outcomes[rows] == OUTCOMES.index(before)]] = OUTCOMES.index(after)


class _Names(NamedTuple):
    """Names as written, each once, and what they are taken for."""

    people: Int64[np.ndarray, "_names"]  # place in `keys`; NONE: a blank, or refused
    refused: dict[int, str]  # by their places: why
    keys: tuple[str, ...]
    kept: tuple[str, ...]


def mentions_in(tags: pa.Table) -> tuple[Mentions, Fates]:
    """What a table (schemas.TAGS, in order) mentions; settled is what says nothing that could be used.

    That is: files that could not be read, regions that nobody named, names that nobody can bear, boxes that are none.
    """
    tags = tags.combine_chunks()
    hashes, photos = _coded(tags["photo_hash"])
    paths, files = _coded(tags["path"])[1], _coded(tags["file"])[1]
    documents = np.unique(paths * (int(files.max(initial=0)) + 1) + files, return_inverse=True)[1]
    texts, written = _coded(tags["name"])
    names = _people_called(texts.to_pylist())
    boxes = np.column_stack([numbers_of(tags[edge]) for edge in _EDGES])
    people = np.append(names.people, NONE)[written]
    mentions = Mentions(tags, hashes, photos, documents, people, boxes, names.keys, names.kept)
    return mentions, _first_fates(mentions, names.refused, written)


def imports_table(mentions: Mentions, fates: Fates) -> pa.Table:
    """The mentions with what became of them (schemas.IMPORTS); nothing is open any more."""
    reasons = mentions.table["reason"].to_pylist()
    for row, reason in fates.reasons.items():
        reasons[row] = reason
    columns = {name: mentions.table[name] for name in TAGS.names} | {
        "reason": pa.array(reasons, pa.string()),
        "face_id": pa.array(fates.faces, pa.string()),
        "outcome": pa.array(np.array(OUTCOMES, object)[fates.outcomes], pa.string()),
    }
    return pa.table([columns[name] for name in IMPORTS.names], IMPORTS)


def numbers_of(column: pa.ChunkedArray) -> Float64[np.ndarray, "_rows"]:
    """The numbers of a column; nan where there is none."""
    return one_array(column).to_numpy(zero_copy_only=False).astype(np.float64)


def _coded(column: pa.ChunkedArray) -> tuple[Any, Int64[np.ndarray, "_rows"]]:
    """The values of a column, each once, and the place of each row's among them; NONE where there is none."""
    coded = one_array(column).dictionary_encode()
    return coded.dictionary, pc.fill_null(coded.indices, NONE).to_numpy(zero_copy_only=False).astype(np.int64)


def _people_called(texts: Sequence[str]) -> _Names:
    """The people whom texts name: those of one key are one."""
    places: dict[str, int] = {}
    kept: list[str] = []
    people, refused = np.full(len(texts), NONE), {}
    for number, text in enumerate(texts):
        if not text.strip():
            continue
        try:
            name = checked_name(text)
        except UsageError as error:
            refused[number] = str(error)
            continue
        people[number] = places.setdefault(name_key(name), len(places))
        if len(places) > len(kept):
            kept.append(name)
    return _Names(people, refused, tuple(places), tuple(kept))


def _first_fates(mentions: Mentions, refused: dict[int, str], written: Rows) -> Fates:
    n_rows = len(written)
    fates = Fates(np.full(n_rows, NONE, np.int8), np.full(n_rows, None, object), {})
    failed = one_array(mentions.table["source"]).is_null().to_numpy(zero_copy_only=False)
    fates.settle(np.flatnonzero(failed), Outcome.FAILED)
    nobody = np.flatnonzero(fates.open & (mentions.people == NONE))
    fates.settle(nobody, Outcome.UNNAMED)
    is_refused = nobody[np.isin(written[nobody], np.array(list(refused), np.int64))]
    fates.settle(is_refused, Outcome.REFUSED, [refused[int(written[row])] for row in is_refused])
    sides = mentions.boxes[:, 2:] - mentions.boxes[:, :2]
    flat = np.flatnonzero(fates.open & mentions.placed & ~(sides > 0).all(axis=1))
    fates.settle(flat, Outcome.REFUSED, NO_BOX)
    return fates
