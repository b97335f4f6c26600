"""Names from where they already are -> one decision of the library, and a table of what became of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool

from facecluster.pipeline.catalogue import latest_scan, placed_faces, shards_of
from facecluster.pipeline.columns import give_back, one_array
from facecluster.pipeline.photos_there import files_there
from facecluster.pipeline.plan import FILE_KEY
from facecluster.pipeline.tags.drawn.drawn import draw_faces
from facecluster.pipeline.tags.incoming.imported import Decided, ImportSummary, NotRead, summary_of
from facecluster.pipeline.tags.incoming.mentions import Fates, Rows, imports_table, mentions_in
from facecluster.pipeline.tags.incoming.ours import settle_ours
from facecluster.pipeline.tags.incoming.placing import (
    FACE_COLUMNS,
    FRAME_COLUMNS,
    Undrawn,
    first_say,
    frames_of,
    place_mentions,
    settle_hints,
    to_be_drawn,
)
from facecluster.pipeline.tags.incoming.reading import read_tags
from facecluster.pipeline.tags.incoming.settling import decide_on, settle_ambiguous, try_on
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.settings import Settings
from facecluster.store.library import Library

__all__ = ["ImportHow", "ImportSummary", "NotRead", "import_tags"]


@dataclass(frozen=True)
class ImportHow:
    """What an import looks at, and whether it decides."""

    contacts: bytes | None = None  # Picasa's contacts.xml: the names of people whom .picasa.ini knows by a number only
    embedded: bool = True  # what stands in the photos themselves, by ExifTool
    dry_run: bool = False  # nothing is decided, no face is made; what was read is kept for the import that follows


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
    started = perf_counter()
    with library.locked():
        photos = _photos_there(library)
        tags = read_tags(library, photos, how.contacts, settings, on_photos, embedded=how.embedded)
        give_back()
        mentions, fates = mentions_in(tags)
        settle_ours(library, mentions, fates)
        frames = frames_of(mentions, photos)
        placed = place_mentions(mentions, fates, frames, _faces_of(library, mentions.hashes, FACE_COLUMNS))
        give_back()
        settle_hints(mentions, fates)
        clear = settle_ambiguous(library, mentions, fates, placed.undrawn)
        undrawn = to_be_drawn(mentions, fates, frames, clear)
        face_ids = _face_ids_of(library, photos)
        if how.dry_run:
            decided = try_on(library, face_ids, mentions, fates, placed.found, undrawn.rows)
        else:
            drawn = _draw(library, fates, undrawn, settings, on_photos)
            rows = first_say(np.concatenate([placed.found, drawn]), fates)
            ids = _face_ids_of(library, photos) if len(drawn) else face_ids
            decided = decide_on(library, ids, mentions, fates, rows, who)
            fates.rename(drawn[~_are_among(fates.faces[drawn], face_ids)], Outcome.NAMED, Outcome.DRAWN)
            library.imports.add(imports_table(mentions, fates), _record(decided, how))
            library.imports.reading.clear()
    return summary_of(len(photos), imports_table(mentions, fates), decided, perf_counter() - started)


def _photos_there(library: Library) -> pa.Table:
    """FILE_KEY and FRAME_COLUMNS of the files that are there and whose bytes are known, by path."""
    scan = latest_scan(library)
    files = files_there(library, scan, shards_of(library, scan), [*FILE_KEY, *FRAME_COLUMNS])
    return files.filter(files["photo_hash"].is_valid())


def _faces_of(library: Library, hashes: pa.StringArray, columns: Sequence[str]) -> pa.Table:
    """The faces of the photos of these hashes, with `photo`, the place of its photo among them."""
    return placed_faces(library, shards_of(library, latest_scan(library)), hashes, columns).select([*columns, "photo"])


def _face_ids_of(library: Library, photos: pa.Table) -> pa.StringArray:
    return one_array(_faces_of(library, photos["photo_hash"].unique(), ["face_id"])["face_id"])


def _draw(
    library: Library, fates: Fates, undrawn: Undrawn, settings: Settings, on_photos: Callable[[int, int], None]
) -> Rows:
    """The mentions for which there is a face now; the others are settled."""
    if not len(undrawn.rows):
        return undrawn.rows
    faces = draw_faces(library, undrawn.regions, settings, on_photos)
    is_face = np.array([face.face_id is not None for face in faces])
    fates.settle(undrawn.rows[~is_face], Outcome.REFUSED, [face.reason or "" for face in faces if face.reason])
    drawn = undrawn.rows[is_face]
    fates.faces[drawn] = [face.face_id for face in faces if face.face_id]
    return drawn


def _are_among(face_ids: np.ndarray, others: pa.StringArray) -> Bool[np.ndarray, "_faces"]:
    """Which of some faces are among others."""
    found = pc.is_in(pa.array(face_ids, pa.string()), others)
    return found.to_numpy(zero_copy_only=False)


def _record(decided: Decided, how: ImportHow) -> dict[str, object]:
    return {
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "decision": decided.decision.id if decided.decision else None,
        "embedded": how.embedded,
    }
