"""The step after the grouping: what people said of some faces -> names/<n>, whom the others show."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool, Float64

from facecluster.clusters.threshold import Calibration
from facecluster.errors import LibraryError
from facecluster.people.decisions import looked_at, who_is_who
from facecluster.people.gallery import ALONE, Faces, said_of
from facecluster.people.likeness import Likeness
from facecluster.people.precision import Threshold, choose_threshold, measure_names
from facecluster.people.propagate import Proposals, spread_names
from facecluster.people.who import NOBODY, WhoIsWho
from facecluster.pipeline.catalogue import census_of, embeddings_of, faces_of, latest_scan, prior_of
from facecluster.pipeline.heirs import heirs_of, last_heirs
from facecluster.pipeline.journal import decisions_of
from facecluster.schemas import NAMES
from facecluster.settings import NamesSettings
from facecluster.store.library import Library, open_library

NAMES_VERSION = 1
"""Raised whenever the same faces, decisions and settings would give other names."""


@dataclass(frozen=True)
class NamesSummary:
    """Whom the faces show that nobody decided on; `fresh` is false where the newest names already told so."""

    names: int  # number of the table
    fresh: bool
    run: int
    journal: int  # decisions that were known
    undecided: int  # faces of which nobody said whom they show
    automatic: int  # of these: named unasked; like the next, of people who have a name and are not ignored
    proposed: int  # with a name to be confirmed
    nameless: int  # taken for a person without a name
    ignored: int  # taken for a person who is not to be asked about
    threshold: Threshold
    seconds: float


def propagate_names(folder: Path, settings: NamesSettings) -> NamesSummary:
    """Take the faces that nobody decided on for the people of whom others were, and commit that, unless it is there.

    Args:
        folder: of the library.
        settings: of this step.

    Raises:
        LibraryError: there is no library, or it is empty, not grouped, locked or damaged.
        StorageError: a write failed.
    """
    started = perf_counter()
    library = open_library(folder)
    with library.locked():
        scan = latest_scan(library)
        photos = census_of(library, library.listing(scan), scan.fingerprint).current
        ids = faces_of(library, scan, photos, [])["face_id"].combine_chunks()
        run, decisions, prior = _current_run(library), decisions_of(library), prior_of(library)
        known = {"run": run, "journal": len(decisions), "heirs": last_heirs(library), "settings": settings.model_dump()}
        inputs = _inputs_hash(known, prior, ids)
        numbers = library.names_numbers()
        if numbers and (newest := library.names_record(numbers[-1]))["inputs"] == inputs:
            return _summary(newest, fresh=False, seconds=perf_counter() - started)
        who = who_is_who(decisions, ids, heirs_of(library))
        table = faces_of(library, scan, photos, ["embedding"])
        faces, seen = _faces(library, table, photos, run), table["embedding"].is_valid().to_numpy()
        said = said_of(who)._replace(says_nothing=who.not_faces | ~seen)
        likeness = Likeness(prior.impostor_median, prior.genuine_median)
        proposals = spread_names(faces, said, likeness)
        answers = measure_names(faces, said, looked_at(who), likeness)
        threshold = choose_threshold(proposals, answers, settings.precision)
        automatic = proposals.sureness >= (np.inf if threshold.sureness is None else threshold.sureness)
        record = {
            **known,
            "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "inputs": inputs,
            "undecided": int(((who.persons == NOBODY) & ~said.says_nothing).sum()),
            **_counts(proposals, automatic, who),
            "threshold": threshold._asdict(),
        }
        number = library.add_names(_names_table(ids, proposals, automatic, who), record)
    return _summary({**record, "names": number}, fresh=True, seconds=perf_counter() - started)


def _current_run(library: Library) -> int:
    run = library.current_run()
    if run is None:
        raise LibraryError(f"The faces of {library.folder} are not grouped yet: run `facecluster cluster` first.")
    return run


def _inputs_hash(known: dict[str, Any], prior: Calibration, ids: pa.StringArray) -> str:
    """A name for all that names follow from: equal names, equal tables."""
    digest = sha256(f"{NAMES_VERSION} {known} {tuple(prior)}".encode())
    digest.update("\n".join(ids.to_pylist()).encode())
    return digest.hexdigest()


def _faces(library: Library, table: pa.Table, photos: pd.DataFrame, run: int) -> Faces:
    """The faces with their clusters of a run and the days of their photos."""
    clusters = library.clusters(run)
    places = pc.index_in(table["face_id"], clusters["face_id"].combine_chunks())
    hashes, numbers = np.unique(table["photo_hash"].to_numpy().astype(str), return_inverse=True)
    return Faces(
        embeddings_of(table),
        clusters["cluster_id"].take(places).fill_null(ALONE).to_numpy().astype(np.int32),
        numbers.astype(np.int64),
        _days_of(photos, hashes)[numbers],
    )


def _days_of(photos: pd.DataFrame, hashes: np.ndarray) -> Float64[np.ndarray, "photos"]:
    """When each photo was taken, in days since 1970; nan: not known."""
    first = photos.dropna(subset=["photo_hash", "taken_at"]).drop_duplicates("photo_hash").set_index("photo_hash")
    since = first["taken_at"].reindex(hashes) - pd.Timestamp(0)
    return (since / pd.Timedelta(days=1)).to_numpy(np.float64)


def _counts(proposals: Proposals, automatic: Bool[np.ndarray, "m"], who: WhoIsWho) -> dict[str, int]:
    ignored = np.array([person.ignored for person in who.people], np.bool_)[proposals.persons]
    nameless = np.array([person.name is None for person in who.people], np.bool_)[proposals.persons] & ~ignored
    named = ~(ignored | nameless)
    return {
        "automatic": int((named & automatic).sum()),
        "proposed": int((named & ~automatic).sum()),
        "nameless": int(nameless.sum()),
        "ignored": int(ignored.sum()),
    }


def _names_table(
    ids: pa.StringArray, proposals: Proposals, automatic: Bool[np.ndarray, "m"], who: WhoIsWho
) -> pa.Table:
    """The proposals (schemas.NAMES); faces are sorted by id, and so are their rows."""
    people = pa.array([person.id for person in who.people], pa.string())
    columns = [
        ids.take(pa.array(proposals.faces)),
        people.take(pa.array(proposals.persons)),
        pa.array(proposals.probabilities, pa.float32()),
        pa.array(automatic),
    ]
    return pa.table(columns, NAMES)


def _summary(record: dict[str, Any], *, fresh: bool, seconds: float) -> NamesSummary:
    counts = {name: record[name] for name in ("undecided", "automatic", "proposed", "nameless", "ignored")}
    threshold = Threshold(**record["threshold"])
    return NamesSummary(
        record["names"], fresh, record["run"], record["journal"], **counts, threshold=threshold, seconds=seconds
    )
