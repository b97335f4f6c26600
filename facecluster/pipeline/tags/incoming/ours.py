"""Mentions that this library wrote itself: they are no news, and must not come back as what others said."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from facecluster.metadata.matching import overlaps
from facecluster.metadata.words import Source, Values
from facecluster.pipeline.catalogue import latest_scan
from facecluster.pipeline.tags.incoming.mentions import Fates, Mentions
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.pipeline.tags.outgoing.ledger_state import ledger_of, values_owned
from facecluster.spelling import name_key
from facecluster.store.library import Library

SAME_REGION = 0.9
"""Intersection over union from which a region is still the one that we wrote: files round its edges."""


def settle_ours(library: Library, mentions: Mentions, fates: Fates) -> None:
    """Settle the mentions that the ledger has.

    Names that the machine gave may be written into files, too, and names may be taken back before the files are written
    anew: read back, either would be a decision that nobody made.

    Raises:
        LibraryError: the ledger is damaged.
    """
    ledger = ledger_of(library, Path(latest_scan(library).archive))
    numbers = ledger.numbers()
    if not numbers:
        return
    rows_of_file: dict[str, list[int]] = {}
    files = mentions.table["file"].to_pylist()
    for row in np.flatnonzero(fates.open).tolist():
        rows_of_file.setdefault(files[row], []).append(row)
    ours: list[int] = []
    for number in numbers:
        for file, owned in ledger.bucket(number).owned().items():
            if file in rows_of_file:
                values = values_owned(owned)
                ours += (row for row in rows_of_file[file] if _is_among(mentions, row, values))
    fates.settle(np.array(ours, np.int64), Outcome.OURS)


def _is_among(mentions: Mentions, row: int, values: Values) -> bool:
    """Whether we wrote this name, and with a box this region."""
    key = mentions.keys[mentions.people[row]]
    if not mentions.placed[row]:
        return key in set(map(name_key, _names_alone(values)))
    # Beside a region that somebody else drew we write the form that they left out: theirs is theirs all the same.
    forms = {Source.MWG: values.regions, Source.MICROSOFT: values.microsoft}
    regions = forms.get(mentions.table["source"][row].as_py(), ())
    boxes = [shown.box for shown in regions if shown.box and name_key(shown.name) == key]
    if not boxes:
        return False
    others = np.array(boxes, np.float64)
    return bool((overlaps(np.tile(mentions.boxes[row], (len(others), 1)), others) >= SAME_REGION).any())


def _names_alone(values: Values) -> Iterable[str]:
    """The names that stand there without a place; keywords have them below their root."""
    yield from values.people
    yield from (word.partition("/")[2] for word in values.digikam)
    yield from (word.partition("|")[2] for word in values.lightroom)
