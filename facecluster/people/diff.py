"""Two runs -> what the second changed: faces, clusters, people, names, and which names are at stake.

Clusters are compared by their faces, not by their numbers. Changing places of the two runs turns each answer round:
added and gone, created and gone, split and merged, grown and shrunk.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Int32

from facecluster.people.cluster_changes import Change, ClusterChange, cluster_changes
from facecluster.people.counterparts import ALONE, NOT_THERE, Overlaps, counterparts_of, overlaps_of
from facecluster.people.holdings import Holdings, PersonChange, holdings_of, owners_of, people_changes, people_of_groups
from facecluster.people.machine_names import NameChange, differ, machine_names, name_changes
from facecluster.people.stakes import Stake, stakes_of
from facecluster.people.who import WhoIsWho

FACE_CHANGES = pa.schema(
    [
        pa.field("face_id", pa.string(), nullable=False),
        pa.field("change", pa.string(), nullable=False),  # a field of FaceCounts
        pa.field("cluster_before", pa.int32()),  # null: alone, or not there
        pa.field("cluster_after", pa.int32()),
        pa.field("name_before", pa.string()),  # id of the person whom the machine took it for; null: nobody
        pa.field("name_after", pa.string()),
    ]
)


class FaceCounts(NamedTuple):
    """What became of the faces of two runs: each is in one of these."""

    stayed: int  # in the counterpart of their cluster, or alone
    added: int  # only in the run after
    gone: int  # only in the run before
    moved: int  # from a cluster to one that is not its counterpart
    joined: int  # were alone, are in a cluster
    left: int  # were in a cluster, are alone


@dataclass(frozen=True)
class RunDiff:
    """What a run changed, the most important first everywhere."""

    faces: FaceCounts
    stakes: tuple[Stake, ...]
    clusters: tuple[ClusterChange, ...]
    people: tuple[PersonChange, ...]
    names: tuple[NameChange, ...] | None  # None: not both runs have names
    changes: pa.Table  # FACE_CHANGES: a row a face of which something changed, by face id

    @property
    def empty(self) -> bool:
        """Whether nothing changed but, perhaps, the numbers of clusters."""
        return not (self.changes.num_rows or self.clusters or self.stakes or self.people)


def faces_of_either(before: pa.Table, after: pa.Table) -> pa.StringArray:
    """The ids of the faces of two runs (schemas.CLUSTERS), each once and sorted."""
    ids = pc.unique(pa.chunked_array([*before["face_id"].chunks, *after["face_id"].chunks], pa.string()))
    return ids.take(pc.sort_indices(ids))


def diff_runs(
    before: pa.Table,
    after: pa.Table,
    who: WhoIsWho,
    names_before: pa.Table | None = None,
    names_after: pa.Table | None = None,
) -> RunDiff:
    """What changed from one run to another.

    Args:
        before: the clusters of a run (schemas.CLUSTERS).
        after: those of the other.
        who: who is who among `faces_of_either(before, after)`.
        names_before: whom the machine took faces for in the one run (schemas.NAMES), if that is known.
        names_after: the same in the other.
    """
    face_ids = faces_of_either(before, after)
    was, now = (_groups_of(run, face_ids) for run in (before, after))
    held_before, held_after = (holdings_of(groups, who.persons) for groups in (was, now))
    overlaps = overlaps_of(was, now)
    fates = _fates_of_faces(was, now, overlaps)
    nobody, names = pa.nulls(len(face_ids), pa.string()), None
    if names_before is not None and names_after is not None:
        names = machine_names(names_before, face_ids, who), machine_names(names_after, face_ids, who)
    return RunDiff(
        faces=FaceCounts(*np.bincount(fates, minlength=len(FaceCounts._fields)).tolist()),
        stakes=stakes_of(was, now, held_before, held_after, who),
        clusters=_important_first(cluster_changes(was, now, overlaps), held_before, held_after, who),
        people=people_changes(owners_of(was, who.persons, held_before), owners_of(now, who.persons, held_after), who),
        names=name_changes(*names) if names else None,
        changes=_changes(face_ids, fates, (was, now), names or (nobody, nobody)),
    )


def _groups_of(run: pa.Table, face_ids: pa.StringArray) -> Int32[np.ndarray, "n"]:
    """The cluster of each face in a run, `ALONE` or `NOT_THERE`."""
    groups = np.full(len(face_ids), NOT_THERE, np.int32)
    rows = pc.index_in(run["face_id"].combine_chunks(), face_ids).to_numpy()
    groups[rows] = run["cluster_id"].fill_null(ALONE).to_numpy()
    return groups


def _fates_of_faces(
    was: Int32[np.ndarray, "n"], now: Int32[np.ndarray, "n"], overlaps: Overlaps
) -> Int32[np.ndarray, "n"]:
    """What became of each face: the place of a field of FaceCounts."""
    same = counterparts_of(overlaps).same
    by_number = np.argsort(overlaps.before[same])
    clusters = np.append(ALONE, overlaps.before[same][by_number])  # who was alone and is has not moved
    counterparts = np.append(ALONE, overlaps.after[same][by_number])
    place = np.searchsorted(clusters, was, side="right") - 1
    counterpart = np.where(clusters[place] == was, counterparts[place], NOT_THERE)
    fates = {
        "added": was == NOT_THERE,
        "gone": now == NOT_THERE,
        "stayed": now == counterpart,
        "joined": was == ALONE,
        "left": now == ALONE,
    }
    moved = FaceCounts._fields.index("moved")
    return np.select(list(fates.values()), [FaceCounts._fields.index(name) for name in fates], moved).astype(np.int32)


def _important_first(
    changes: list[ClusterChange], before: Holdings, after: Holdings, who: WhoIsWho
) -> tuple[ClusterChange, ...]:
    """Those of people first, then as `Change` has them, then the largest; with the people in them."""
    people_before, people_after = people_of_groups(before), people_of_groups(after)

    def with_people(change: ClusterChange) -> ClusterChange:
        found = [person for part in change.before for person in people_before.get(part.cluster, ())]
        found += [person for part in change.after for person in people_after.get(part.cluster, ())]
        return replace(change, people=tuple(who.people[person].id for person in dict.fromkeys(found)))

    def importance(change: ClusterChange) -> tuple:
        parts = (*change.before, *change.after)
        faces = max(part.faces for part in parts)
        return (not change.people, get_args(Change).index(change.change), -faces, parts[0].cluster)

    return tuple(sorted(map(with_people, changes), key=importance))


def _changes(
    face_ids: pa.StringArray,
    fates: Int32[np.ndarray, "n"],
    groups: tuple[Int32[np.ndarray, "n"], Int32[np.ndarray, "n"]],
    names: tuple[pa.StringArray, pa.StringArray],
) -> pa.Table:
    """FACE_CHANGES of the faces that did not stay, or whom the machine takes for somebody else; before and after."""
    rows = np.flatnonzero((fates != FaceCounts._fields.index("stayed")) | differ(*names))
    changes = pa.array(FaceCounts._fields).take(pa.array(fates[rows]))
    clusters = [pa.array(column[rows], pa.int32(), mask=column[rows] < 0) for column in groups]
    return pa.table([face_ids.take(rows), changes, *clusters, *(column.take(rows) for column in names)], FACE_CHANGES)
