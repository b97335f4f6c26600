"""Names from where they already are -> one decision of the library, and a table of what became of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from facecluster.people.statements import Decision
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.settings import Settings
from facecluster.store.library import Library


@dataclass(frozen=True)
class ImportHow:
    """What an import looks at, and whether it decides."""

    contacts: bytes | None = None  # Picasa's contacts.xml: the names of people whom .picasa.ini knows by a number only
    embedded: bool = True  # what stands in the photos themselves, by ExifTool
    dry_run: bool = False  # nothing is decided, no face is made; what was read is kept for the import that follows


class NotRead(NamedTuple):
    """A file, or one mention in it, that an import could make nothing of."""

    path: str  # of the photo
    file: str  # where it stands: the photo, or a file beside it
    name: str | None  # that was refused; None: all of the file
    reason: str


@dataclass(frozen=True)
class ImportSummary:
    """What an import found and did, or with `dry_run` would do."""

    photos: int  # files of photos that were looked at
    files_read: int  # files, photos and those beside them, that mention anybody
    mentions: int  # of people, and regions without a name
    outcomes: dict[Outcome, int]  # of the mentions, and FAILED files; only what occurs
    people_new: int  # people whom the decision founds
    people_known: int  # people of before who get faces by it
    faces_drawn: int  # faces that only a region shows
    hints: int  # names without a place that the review offers
    decision: Decision | None  # None: nothing new to decide, or a dry run
    number: int | None  # of the decision in the history, by which it can be undone
    failed: tuple[NotRead, ...]  # files that could not be read
    refused: tuple[NotRead, ...]  # names and boxes that are none, and regions of photos that cannot be decoded
    seconds: float


def import_tags(
    library: Library, how: ImportHow, settings: Settings, who: str, on_photos: Callable[[int, int], None]
) -> ImportSummary:
    """Read the names in and beside the photos of the archive, and decide on those that are new.

    Args:
        library: whose archive is read; it is held for writing meanwhile.
        how: what to look at.
        settings: all of them.
        who: decides (pipeline.journal.whoami).
        on_photos: is told how many files of how many are done: first as they are read, then, where faces have to be
            made, the photos of these.

    Raises:
        FaceclusterError: see errors.py. What was read stays: the same command goes on from there.
    """
    raise NotImplementedError
