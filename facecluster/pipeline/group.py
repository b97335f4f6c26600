"""The clustering step: all faces of the photos that are there -> runs/<n>."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa

from facecluster.clusters.graph import GraphMaker, make_graph
from facecluster.clusters.group import Grouping, group_faces
from facecluster.clusters.links import no_links
from facecluster.clusters.roles import roles_of
from facecluster.clusters.threshold import Calibration
from facecluster.pipeline.catalogue import census_of, embeddings_of, faces_of, latest_scan, prior_of
from facecluster.pipeline.graph import GraphOfLibrary, OnPairs
from facecluster.pipeline.kept_graph import KeptGraph, to_ids
from facecluster.pipeline.run_tables import run_tables
from facecluster.settings import ClusterSettings, RunnerSettings
from facecluster.store.library import open_library

GROUPING_VERSION = 2
"""Raised whenever the same faces and settings would give other clusters, so that a new facecluster groups anew."""

THIS_MACHINE = RunnerSettings()


@dataclass(frozen=True)
class GroupSummary:
    """What a clustering run found; `fresh` is false where the newest run already was of these faces and settings."""

    run: int
    fresh: bool
    faces: int
    clusters: int
    alone: int
    seconds: float


def group_library(
    folder: Path,
    settings: ClusterSettings,
    runner: RunnerSettings = THIS_MACHINE,
    *,
    on_faces: Callable[[int], None] = lambda _: None,
    on_pairs: OnPairs = lambda _done, _total: None,
) -> GroupSummary:
    """Cluster all faces of the photos in the newest scan and commit the result as a run, unless it is there already.

    A run that was ended on the way goes on from where it was saved last; that changes nothing in its result.

    Args:
        folder: of the library.
        settings: of this step.
        runner: who searches large libraries; it changes nothing in the result.
        on_faces: is told how many faces there are before they are clustered, which may take a while.
        on_pairs: is told how many pairs of faces of how many have been looked at, in large libraries.

    Raises:
        LibraryError: there is no library, or it is empty, locked or damaged.
        StorageError: a write failed.
        WorkerError: Ray cannot do the work.
    """
    started = perf_counter()
    library = open_library(folder)
    with library.locked():
        scan = latest_scan(library)
        photos = census_of(library, library.listing(scan), scan.fingerprint).current
        faces = faces_of(library, scan, photos, ["embedding", "quality"])
        prior = prior_of(library)
        inputs = _inputs_hash(faces, settings, prior)
        runs = library.run_numbers()
        parent = library.run_record(runs[-1]) if runs else None
        if parent and parent["inputs"] == inputs:
            library.work.clear()  # a kill right after the commit leaves it
            return _summary(parent, fresh=False, seconds=perf_counter() - started)
        on_faces(len(faces))
        roles = roles_of(faces["quality"].to_numpy(), settings.min_quality, no_links(len(faces)))
        ids = to_ids(faces["face_id"].to_pylist())
        kept = KeptGraph(library.graph, ids[roles.founders], ids[roles.joiners])
        graph = GraphOfLibrary(kept, library.work, runner, on_pairs)
        grouping = group_table(faces, prior, settings, graph.graph)
        record = {
            "parent": runs[-1] if runs else None,
            "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "scan": scan.number,
            "pack": library.identity.pack.name,
            "settings": settings.model_dump(),
            "calibration": prior._asdict(),
            "inputs": inputs,
            "faces": len(faces),
            "clusters": int(grouping.labels.max(initial=-1)) + 1,
            "alone": int((grouping.labels < 0).sum()),
        }
        number = library.add_run(run_tables(faces["face_id"].to_pylist(), grouping), record)
        library.work.clear()
    return _summary({**record, "run": number}, fresh=True, seconds=perf_counter() - started)


def group_table(
    faces: pa.Table, prior: Calibration, settings: ClusterSettings, make: GraphMaker = make_graph
) -> Grouping:
    """The groups of the faces of a table with columns photo_hash, embedding and quality, row by row."""
    _, photos = np.unique(faces["photo_hash"].to_numpy().astype(str), return_inverse=True)
    return group_faces(
        embeddings_of(faces), faces["quality"].to_numpy(), photos.astype(np.int64), settings, prior, make
    )


def _inputs_hash(faces: pa.Table, settings: ClusterSettings, prior: Calibration) -> str:
    """A name for the faces, settings, calibration and engine of a run: equal names, equal clusters."""
    digest = sha256(f"{GROUPING_VERSION} {settings.model_dump_json()} {tuple(prior)}".encode())
    digest.update("\n".join(faces["face_id"].to_pylist()).encode())
    return digest.hexdigest()


def _summary(record: dict, *, fresh: bool, seconds: float) -> GroupSummary:
    return GroupSummary(record["run"], fresh, record["faces"], record["clusters"], record["alone"], seconds)
