"""The clustering step: all faces of the photos that are there -> runs/<n>."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from jaxtyping import Int32

from facecluster.clusters.graph import GraphMaker, make_graph
from facecluster.clusters.group import Grouping, group_faces
from facecluster.clusters.identity import kept_ids
from facecluster.clusters.links import Links
from facecluster.clusters.regroup import regroup_faces
from facecluster.clusters.roles import roles_of
from facecluster.clusters.threshold import Calibration
from facecluster.pipeline.catalogue import embeddings_of, latest_scan, prior_of
from facecluster.pipeline.graph import GraphOfLibrary, OnPairs
from facecluster.pipeline.heirs import add_new_heirs, heirs_of, last_heirs
from facecluster.pipeline.kept_graph import KeptGraph, to_ids
from facecluster.pipeline.parent import MAX_DRIFT, Parent, parent_of
from facecluster.pipeline.present import Present, faces_to_group, photos_of
from facecluster.pipeline.run_tables import run_tables
from facecluster.settings import ClusterSettings, RunnerSettings
from facecluster.store.library import Library, open_library
from facecluster.store.records import Scan

GROUPING_VERSION = 2
"""Raised whenever the same faces and settings would give other clusters, so that a new facecluster groups anew."""

THIS_MACHINE = RunnerSettings()

Kind = Literal["full", "warm"]
"""From the graph of all faces, or from the groups of the run before."""


@dataclass(frozen=True)
class GroupSummary:
    """What a clustering run found; `fresh` is false where the newest run already was of these faces and settings."""

    run: int
    fresh: bool
    faces: int
    clusters: int
    alone: int
    seconds: float
    kind: Kind
    new: int  # faces that the run before did not have ...
    gone: int  # ... and those that only it had; both 0 where this run is not fresh


def group_library(
    folder: Path,
    settings: ClusterSettings,
    runner: RunnerSettings = THIS_MACHINE,
    *,
    full: bool = False,
    review: bool = False,
    on_faces: Callable[[int], None] = lambda _: None,
    on_pairs: OnPairs = lambda _done, _total: None,
) -> GroupSummary:
    """Cluster all faces of the photos in the newest scan and commit the result as a run, unless it is there already.

    The run that counts is the parent of the new one: clusters that are mostly the same keep their numbers. Where little
    has changed since, only what that touches is grouped anew. A run that was ended on the way goes on from where it was
    saved last; that changes nothing in its result.

    Args:
        folder: of the library.
        settings: of this step.
        runner: who searches large libraries; it changes nothing in the result.
        full: group all faces anew, as in a fresh library.
        review: the run waits to be chosen.
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
        scan, prior = latest_scan(library), prior_of(library)
        add_new_heirs(library, scan, all_=full)
        present = faces_to_group(library, scan)
        inputs = present.digest(GROUPING_VERSION, settings, prior)
        runs = library.run_numbers()
        newest = library.run_record(runs[-1]) if runs else None
        if newest and newest["inputs"] == inputs and not (full and _kind_of(newest) == "warm"):
            library.work.clear()  # a kill right after the commit leaves it
            return _summary(newest, fresh=False, seconds=perf_counter() - started)
        on_faces(len(present.table))
        parent = parent_of(library, present.face_ids)
        warm = parent is not None and not full and _can_be_warm(parent, present, settings, prior)
        graph = _graph_of(library, present, settings, runner, on_pairs)
        grouping = (
            _regrouped(parent, present, settings, prior, graph)
            if parent and warm
            else group_table(present.table, prior, settings, graph.graph, present.links)
        )
        ids, next_id = _kept_ids(library, parent, grouping.labels)
        record = {
            **_lineage(parent, present, warm=warm),
            **_made_of(library, scan, present, settings, prior),
            **_counts(grouping),
            "inputs": inputs,
            "next_cluster_id": next_id,
            "review": review,
        }
        number = library.add_run(run_tables(present.face_ids.to_pylist(), grouping, ids), record)
        library.work.clear()
    return _summary({**record, "run": number}, fresh=True, seconds=perf_counter() - started)


def group_table(
    faces: pa.Table,
    prior: Calibration,
    settings: ClusterSettings,
    make: GraphMaker = make_graph,
    links: Links | None = None,
) -> Grouping:
    """The groups of the faces of a table with columns photo_hash, embedding and quality, row by row."""
    return group_faces(
        embeddings_of(faces), faces["quality"].to_numpy(), photos_of(faces), settings, prior, make, links
    )


def _can_be_warm(parent: Parent, present: Present, settings: ClusterSettings, prior: Calibration) -> bool:
    """Whether the groups of the parent are those that a full run would begin with, but for a few faces."""
    record = parent.record
    same = (
        record.get("engine") == GROUPING_VERSION
        and record["settings"] == settings.model_dump()
        and record.get("calibration") == prior._asdict()
        and record["journal"] <= len(present.decisions)
    )
    return same and parent.drift <= MAX_DRIFT * len(present.table)


def _regrouped(
    parent: Parent, present: Present, settings: ClusterSettings, prior: Calibration, graph: GraphOfLibrary
) -> Grouping:
    """The groups of the parent with what is new, in the tree of the parent."""
    faces = present.table
    before = parent.before(present.changed_since(parent.said()))
    vectors, qualities = embeddings_of(faces), faces["quality"].to_numpy()
    found = regroup_faces(vectors, qualities, photos_of(faces), settings, prior, graph.nearest, present.links, before)
    kept = parent.tree()
    return Grouping(*found[:4], kept.outliers, kept.tree, kept.chosen, found.suggestions)


def _graph_of(
    library: Library, present: Present, settings: ClusterSettings, runner: RunnerSettings, on_pairs: OnPairs
) -> GraphOfLibrary:
    ids = to_ids(present.face_ids.to_pylist())
    roles = roles_of(present.table["quality"].to_numpy(), settings.min_quality, present.links)
    kept = KeptGraph(library.graph, ids[roles.founders], ids[roles.joiners])
    return GraphOfLibrary(kept, library.work, runner, on_pairs)


def _kept_ids(
    library: Library, parent: Parent | None, labels: Int32[np.ndarray, "n"]
) -> tuple[Int32[np.ndarray, "n"], int]:
    """The cluster of each face under the numbers of the parent, and the next number, above those of all runs."""
    records = [library.run_record(number) for number in library.run_numbers()]
    next_id = max((record.get("next_cluster_id", record.get("clusters", 0)) for record in records), default=0)
    readable = parent is not None and "tables" in parent.record
    before = parent.ids_of_versions(heirs_of(library)) if parent and readable else np.full_like(labels, -1)
    return kept_ids(before, labels, next_id)


def _lineage(parent: Parent | None, present: Present, *, warm: bool) -> dict[str, Any]:
    """How a run came about: its parent, and what was new."""
    known = parent if parent and "tables" in parent.record else None
    return {
        "parent": parent.number if parent else None,
        "kind": "warm" if warm else "full",
        "tree_of": (parent.record["tree_of"] or parent.number) if parent and warm else None,
        "since_full": parent.drift if parent and warm else 0,
        "new": int(known.new.sum()) if known else len(present.table),
        "gone": len(known.gone) if known else 0,
    }


def _made_of(
    library: Library, scan: Scan, present: Present, settings: ClusterSettings, prior: Calibration
) -> dict[str, Any]:
    """When a run was made, and of what."""
    return {
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "scan": scan.number,
        "pack": library.identity.pack.name,
        "engine": GROUPING_VERSION,
        "settings": settings.model_dump(),
        "calibration": prior._asdict(),
        "journal": len(present.decisions),
        "heirs": last_heirs(library),
    }


def _counts(grouping: Grouping) -> dict[str, int]:
    """What a run found, in numbers."""
    labels = grouping.labels
    return {"faces": len(labels), "clusters": int(labels.max(initial=-1)) + 1, "alone": int((labels < 0).sum())}


def _kind_of(record: dict[str, Any]) -> Kind:
    return record.get("kind", "full")


def _summary(record: dict[str, Any], *, fresh: bool, seconds: float) -> GroupSummary:
    new, gone = (record["new"], record["gone"]) if fresh else (0, 0)
    counts = record["faces"], record["clusters"], record["alone"]
    return GroupSummary(record["run"], fresh, *counts, seconds, _kind_of(record), new, gone)
