"""Who is on the photos -> the metadata beside them, or in them; and all of it taken out again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from facecluster.pipeline.person_counts import HUMAN, IMPORTED, PROVENANCES
from facecluster.settings import Settings
from facecluster.store.library import Library

DECIDED = frozenset({PROVENANCES[HUMAN], PROVENANCES[IMPORTED]})


@dataclass(frozen=True)
class Which:
    """Who is to stand in the files. They say just that afterwards: what we wrote of others before goes."""

    provenances: frozenset[str] = DECIDED  # of person_counts.PROVENANCES
    min_probability: float = 0.0  # that a face is the person's, 0..1; what people decided has 1
    people: tuple[str, ...] = ()  # as somebody types them (targets.person_meant); empty: everybody


@dataclass(frozen=True)
class How:
    """How it is written."""

    style: str = "auto"  # of the name of a new sidecar: auto | full | stem
    in_place: bool = False  # photos themselves are written too, where they can be
    dry_run: bool = False  # nothing is written; the rows say what would be


@dataclass(frozen=True)
class WriteSummary:
    """What became of the files, in numbers, and row by row."""

    written: int  # files
    removed: int  # sidecars that held nothing but ours
    unchanged: int  # files that said so already
    failed: int
    people: int  # who stand in the files
    values_added: int
    values_removed: int
    seconds: float
    rows: Callable[[], Iterator[dict[str, Any]]]
    """Rows of schemas.WRITTEN that are not `unchanged`, by path; there until the next `write_tags` or `revert_tags`."""


def write_tags(
    library: Library, which: Which, how: How, settings: Settings, on_photos: Callable[[int, int], None]
) -> WriteSummary:
    """Have the metadata of all photos say who is on them; a file that cannot be written is a row with its reason.

    Run again after an interruption, it does the rest; where there is nothing to do, no file is touched.

    Args:
        library: whose people are written.
        which: of its people.
        how: they are written.
        settings: all of them; the runner's and the decoder's are used.
        on_photos: is told how many photo files of how many are settled.

    Raises:
        UsageError: a person is not known, or ExifTool is missing.
        LibraryError: the library is empty, damaged or in use.
        StorageError: the library cannot be written.
    """
    raise NotImplementedError


def revert_tags(library: Library, how: How, settings: Settings, on_photos: Callable[[int, int], None]) -> WriteSummary:
    """Take out of all files what `write_tags` put there, and nothing else; otherwise as that.

    Photos that were written in place are left as they are, a failed row each, unless `how.in_place`.
    """
    raise NotImplementedError
