"""The run that a new one comes after: what it made of the faces that are there now, and whether that can be kept."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool, Float32, Int32, Int64

from facecluster.clusters.merge import Suggestions
from facecluster.clusters.regroup import Before
from facecluster.clusters.tree import CondensedTree
from facecluster.people.stand_ins import Heirs, heirs_in, stand_ins
from facecluster.pipeline.links import Changed
from facecluster.pipeline.present import Said
from facecluster.store.library import Library

MAX_DRIFT = 0.1
"""Share of the faces that may be new or gone since the last full run. With so many new ones B-cubed F is at most .0015
below that of a full run, among 100,000 made-up faces and on the labelled photos; more were not tried."""


class KeptTree(NamedTuple):
    """The condensed tree of a run, and where the faces of now stand in it."""

    tree: CondensedTree
    chosen: Bool[np.ndarray, "nodes"]
    outliers: Float32[np.ndarray, "n"]


@dataclass(frozen=True)
class Parent:
    """A run, seen from the faces that are there now."""

    library: Library
    number: int
    record: dict[str, Any]
    face_ids: pa.Array  # of the faces of now, sorted

    @cached_property
    def clusters(self) -> pa.Table:
        """Its clusters (schemas.CLUSTERS)."""
        return self.library.clusters(self.number)

    @cached_property
    def rows(self) -> Int32[np.ndarray, "n"]:
        """The row in `clusters` of each face of now; -1: it was not there."""
        return _places(self.face_ids, self.clusters["face_id"])

    @cached_property
    def gone(self) -> Int64[np.ndarray, "m"]:
        """The rows in `clusters` of faces that are no longer there."""
        stay = np.zeros(len(self.clusters), np.bool_)
        stay[self.rows[self.rows >= 0]] = True
        return np.flatnonzero(~stay)

    @property
    def new(self) -> Bool[np.ndarray, "n"]:
        """Which faces were not there."""
        return self.rows < 0

    @property
    def drift(self) -> int:
        """Faces that came or went since the last full run."""
        return self.record.get("since_full", 0) + int(self.new.sum()) + len(self.gone)

    def ids(self) -> Int32[np.ndarray, "n"]:
        """The cluster of each face of now; -1: alone, or not there."""
        return self._of_now(_with_gaps(self.clusters["cluster_id"]), -1)

    def ids_of_versions(self, heirs: Heirs) -> Int32[np.ndarray, "n"]:
        """The same, with faces of changed photos in the cluster that they were in before the change."""
        then = self.clusters["face_id"].combine_chunks()
        rows = _places(stand_ins(self.face_ids, then, heirs), then)
        return np.append(_with_gaps(self.clusters["cluster_id"]), np.int32(-1))[rows]

    def said(self) -> Said:
        """What it knew of what people said."""
        heirs = heirs_in(self.library.heirs(self.record.get("heirs", 0)))
        return Said(self.record["journal"], self.clusters["face_id"].combine_chunks(), heirs)

    def before(self, changed: Changed) -> Before:
        """What a warm start begins with.

        Args:
            changed: what is said of the faces now and was not then.
        """
        ids = self.ids()
        lost = _with_gaps(self.clusters["cluster_id"])[self.gone]
        robbed = np.isin(ids, lost[lost >= 0])
        names, labels = np.unique(ids, return_inverse=True)
        labels = labels.astype(np.int32) - np.int32(len(names) > 0 and names[0] < 0)
        return Before(labels, self.new, changed.touched | robbed, changed.freed, self._suggestions())

    def tree(self) -> KeptTree:
        """Its tree: new faces stand nowhere in it."""
        table = self.library.tree(self.number)
        tree = CondensedTree(
            self._of_now(_with_gaps(self.clusters["tree_node"]), -1),
            self._of_now(_filled(self.clusters["departure"], -1.0), -1),
            _with_gaps(table["parent"]),
            table["birth"].to_numpy(),
            table["size"].to_numpy(),
        )
        return KeptTree(
            tree, _with_gaps(table["cluster_id"]) >= 0, self._of_now(self.clusters["outlier"].to_numpy(), 1)
        )

    def _suggestions(self) -> Suggestions:
        table = self.library.suggestions(self.number)
        ones, others = (_places(table[name], self.face_ids) for name in ("face_a", "face_b"))
        both = (ones >= 0) & (others >= 0)
        return Suggestions(ones[both], others[both], table["evidence"].to_numpy()[both])

    def _of_now(self, values: np.ndarray, otherwise: float) -> np.ndarray:
        """A column of its clusters for the faces of now."""
        return np.append(values, values.dtype.type(otherwise))[self.rows]


def parent_of(library: Library, face_ids: pa.Array) -> Parent | None:
    """The run that counts, if there is one."""
    number = library.current_run()
    return None if number is None else Parent(library, number, library.run_record(number), face_ids)


def _places(values: pa.Array | pa.ChunkedArray, among: pa.Array | pa.ChunkedArray) -> Int32[np.ndarray, "n"]:
    """Where each value stands in a column; -1: nowhere."""
    return _with_gaps(pc.index_in(values, value_set=among))


def _with_gaps(numbers: pa.Array | pa.ChunkedArray) -> Int32[np.ndarray, "n"]:
    """Numbers from 0, -1 where they are null."""
    return _filled(numbers, -1)


def _filled(values: pa.Array | pa.ChunkedArray, otherwise: float) -> np.ndarray:
    return pc.fill_null(values, pa.scalar(otherwise, values.type)).to_numpy(zero_copy_only=False)
