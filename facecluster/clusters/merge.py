"""Parts of people to people: the pair of groups with the strongest evidence is made one, until none has enough.

Average linkage in its order of work, but what two groups must reach depends on their sizes, their photos and on how
many they were found among (clusters.evidence). Groups are rings of parts, so making two one moves no face; after it the
evidence is weighed anew against every group that any of its parts was proposed with. What falls short by little is not
done but told: a suggestion.
"""

import heapq
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64

from facecluster.clusters.candidates import FORBIDDEN, Candidates, Offsets, Parts, sums_within
from facecluster.clusters.compiled import compiled
from facecluster.clusters.evidence import (
    FAR_SHORT,
    MAX_FACES,
    Yardstick,
    counted_photos,
    independent_faces,
    needed_evidence,
    spread_evenly,
    weigh,
)
from facecluster.clusters.forest import root_of
from facecluster.clusters.grid import Grid
from facecluster.clusters.links import Pairs

NOTABLE_GROWTH = 1.1
"""Growth of a person after which all that was weighed before is weighed anew."""


class Suggestions(NamedTuple):
    """Pairs of groups that were almost made one, strongest first."""

    ones: Int32[np.ndarray, "m"]  # a face of the one group, its first ...
    others: Int32[np.ndarray, "m"]  # ... and of the other
    evidence: Float32[np.ndarray, "m"]  # deviations short of enough, below 0


class Merged(NamedTuple):
    """People, as far as the evidence goes."""

    people: Int32[np.ndarray, "p"]  # of each part: the first part of the same person
    suggestions: Suggestions


class _State(NamedTuple):
    """Which parts are one person's now; what is told of a person stands at the root, one of its parts."""

    roots: Int64[np.ndarray, "p"]
    rings: Int64[np.ndarray, "p"]  # the next part of the same person, round and round
    sizes: Int64[np.ndarray, "p"]
    within: Float64[np.ndarray, "p"]
    weighed: Int64[np.ndarray, "p"]  # size when the person was last weighed against all others
    versions: Int64[np.ndarray, "p"]  # rises when what was weighed before no longer counts


class _Marks(NamedTuple):
    """When each person or photo was last met, and how: saves going over all of them again and again."""

    met: Int64[np.ndarray, "p"]
    best: Float32[np.ndarray, "p"]
    photos: Int64[np.ndarray, "photos"]


class _Faces(NamedTuple):
    """What is known of each face, and who has which."""

    grid: Grid
    photos: Int64[np.ndarray, "n"]
    members: Int32[np.ndarray, "n"]
    offsets: Offsets


def merge_parts(
    grid: Grid,
    photos: Int64[np.ndarray, "n"],
    parts: Parts,
    candidates: Candidates,
    yardstick: Yardstick,
    same: Pairs,
) -> Merged:
    """Which parts are one person's.

    Args:
        grid: the vectors.
        photos: a number, at least 0, for the photo each face stands in; groups that share photos need more evidence.
        parts: of the faces.
        candidates: the pairs of parts that are looked at, and those that are forbidden.
        yardstick: of the evidence.
        same: pairs of faces that are one person's whatever the evidence.

    Raises:
        ValueError: parts that are forbidden to be one person's are joined by pairs that say so.
    """
    n_parts = len(parts.offsets) - 1
    state = _State(
        roots=np.arange(n_parts),
        rings=np.arange(n_parts),
        sizes=np.diff(parts.offsets),
        within=sums_within(grid, parts.members, parts.offsets),
        weighed=np.diff(parts.offsets),
        versions=np.zeros(n_parts, np.int64),
    )
    faces = _Faces(grid, photos, parts.members, parts.offsets)
    n_photos = int(photos.max(initial=-1)) + 1
    marks = _Marks(np.zeros(n_parts, np.int64), np.empty(n_parts, np.float32), np.zeros(n_photos, np.int64))
    _join(faces, yardstick, state, parts.labels[same].astype(np.int64))
    _check_forbidden(candidates, state.roots, parts)
    _merge(faces, candidates, yardstick, state, marks)
    ones, others, evidence = _almost(faces, candidates, yardstick, state, marks)
    order = np.lexsort((others, ones, -evidence))
    suggestions = Suggestions(ones[order], others[order], evidence[order])
    return Merged(_roots(state.roots), suggestions)


def _check_forbidden(candidates: Candidates, roots: Int64[np.ndarray, "p"], parts: Parts) -> None:
    ones = np.repeat(np.arange(len(roots)), np.diff(candidates.offsets))
    joined = _roots(roots)
    wrong = np.flatnonzero((candidates.best == FORBIDDEN) & (joined[ones] == joined[candidates.others]))
    if len(wrong):
        one, other = (parts.members[parts.offsets[part[wrong[0]]]] for part in (ones, candidates.others))
        raise ValueError(f"expected the faces of rows {one} and {other} to be different people's, found them joined")


@compiled
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def _roots(roots: Int64[np.ndarray, "p"]) -> Int32[np.ndarray, "p"]:
    return np.array([root_of(roots, part) for part in range(len(roots))], np.int32)


@compiled
@no_type_check
def _join(faces, yardstick, state, pairs: Int64[np.ndarray, "m 2"]) -> None:
    """Make the people of each pair of parts one."""
    for pair in range(len(pairs)):
        one, other = root_of(state.roots, pairs[pair, 0]), root_of(state.roots, pairs[pair, 1])
        if one != other:
            ours, theirs = _members(faces, state, one), _members(faces, state, other)
            _, cosine = weigh(faces.grid, yardstick, spread_evenly(ours), spread_evenly(theirs), 0.0)
            _unite(state, one, other, cosine)


@compiled
@no_type_check
def _merge(faces, candidates, yardstick, state, marks) -> None:
    """Unite the two people with the strongest evidence, again and again until no two have enough.

    A large person whom a few faces join is not weighed anew against all others, only against those who were proposed
    with the newcomers: else each of a thousand additions would cost a thousand comparisons.
    """
    queue = [(0.0, 0, 0, 0, 0, 0.0) for _ in range(0)]
    clock = 0
    for one in range(len(state.roots)):
        if state.roots[one] == one:
            clock += 1
            _weigh_all(faces, candidates, yardstick, state, marks, one, _parts_of(state, one), one, clock, queue)
    while len(queue) > 0:
        _, one, other, version, other_version, cosine = heapq.heappop(queue)
        if state.versions[one] != version or state.versions[other] != other_version:
            continue
        small = one if state.sizes[one] < state.sizes[other] else other
        newcomers = _parts_of(state, small)
        large = one + other - small
        if _forbidden(candidates, state, newcomers, large):
            continue
        _unite(state, large, small, cosine)
        if state.sizes[large] >= NOTABLE_GROWTH * state.weighed[large]:
            state.versions[large] += 1
            state.weighed[large] = state.sizes[large]
            newcomers = _parts_of(state, large)
        clock += 1
        _weigh_all(faces, candidates, yardstick, state, marks, large, newcomers, -1, clock, queue)


@compiled
@no_type_check
def _weigh_all(faces, candidates, yardstick, state, marks, one: int, parts, above: int, clock: int, queue) -> None:
    """Queue a person with each who was proposed with some of its parts, if the evidence is enough.

    Only those of a number above `above` are looked at.
    """
    people = _proposed(candidates, state, marks, one, parts, clock)
    ours = _members(faces, state, one)
    for face in ours:
        marks.photos[faces.photos[face]] = clock
    for other in people:
        if other > above:
            evidence, cosine = _weigh(faces, yardstick, state, marks, ours, one, other, clock, 0.0)
            if evidence >= 0:
                low, high = min(one, other), max(one, other)
                entry = (-evidence, low, high, state.versions[low], state.versions[high], cosine)
                heapq.heappush(queue, entry)


@compiled
@no_type_check
def _almost(faces, candidates, yardstick, state, marks):
    """Pairs of people, by their first faces, who lack little evidence, and how much they lack."""
    ones, others, evidences = [np.int32(0) for _ in range(0)], [np.int32(0) for _ in range(0)], [0.0 for _ in range(0)]
    marks.photos[:] = 0
    marks.met[:] = 0
    clock = 0
    for one in range(len(state.roots)):
        if state.roots[one] != one:
            continue
        clock += 1
        people = _proposed(candidates, state, marks, one, _parts_of(state, one), clock)
        ours = _members(faces, state, one)
        for face in ours:
            marks.photos[faces.photos[face]] = clock
        for other in people:
            if other > one and state.sizes[one] + state.sizes[other] > 2:
                evidence, _ = _weigh(faces, yardstick, state, marks, ours, one, other, clock, FAR_SHORT)
                if evidence >= FAR_SHORT:
                    ones.append(faces.members[faces.offsets[one]])
                    others.append(faces.members[faces.offsets[other]])
                    evidences.append(evidence)
    return np.array(ones, np.int32), np.array(others, np.int32), np.array(evidences, np.float32)


@compiled
@no_type_check
def _proposed(candidates, state, marks, one: int, parts, clock: int):
    """The people who were proposed with some parts of a person and are not forbidden; marks their best pair."""
    people = [0 for _ in range(0)]
    for part in parts:
        for edge in range(candidates.offsets[part], candidates.offsets[part + 1]):
            other = root_of(state.roots, candidates.others[edge])
            if other == one:
                continue
            best = candidates.best[edge]
            if marks.met[other] != clock:
                marks.met[other], marks.best[other] = clock, best
                people.append(other)
            elif marks.best[other] != FORBIDDEN:
                marks.best[other] = best if best == FORBIDDEN else max(best, marks.best[other])
    return [other for other in people if marks.best[other] != FORBIDDEN]


@compiled
@no_type_check
def _forbidden(candidates, state, parts, other: int) -> bool:
    """Whether some parts may not be one person's with another person."""
    for part in parts:
        for edge in range(candidates.offsets[part], candidates.offsets[part + 1]):
            if candidates.best[edge] == FORBIDDEN and root_of(state.roots, candidates.others[edge]) == other:
                return True
    return False


@compiled
@no_type_check
def _parts_of(state, one: int):
    """The parts of a person."""
    parts = [one]
    part = state.rings[one]
    while part != one:
        parts.append(part)
        part = state.rings[part]
    return parts


@compiled
@no_type_check
def _weigh(faces, yardstick, state, marks, ours, one: int, other: int, clock: int, least: float):
    """The evidence for two people being one beyond what is needed, and the mean cosine between them.

    Minus infinity where their best pair is too weak for the evidence to reach `least`.
    """
    n_ours, n_theirs = len(ours), state.sizes[other]
    worth = independent_faces(n_ours, state.within[one], yardstick.genuine_median)
    their_worth = independent_faces(n_theirs, state.within[other], yardstick.genuine_median)
    credit = max(worth, their_worth)
    n_pairs = min(n_ours, MAX_FACES) * min(n_theirs, MAX_FACES)
    # The mean of the most alike pairs is not above the best of them, and shared photos ask for no less.
    if marks.best[other] - needed_evidence(yardstick, worth, their_worth, credit, n_pairs, 0) < least:
        return -np.inf, 0.0
    theirs = _members(faces, state, other)
    shared = _shared_photos(faces, marks, theirs, clock)
    counted = counted_photos(shared, min(n_ours, n_theirs))
    needed = needed_evidence(yardstick, worth, their_worth, credit, n_pairs, counted)
    return weigh(faces.grid, yardstick, spread_evenly(ours), spread_evenly(theirs), needed)


@compiled
@no_type_check
def _shared_photos(faces, marks, theirs: Int32[np.ndarray, "m"], clock: int) -> int:
    """In how many of the photos that were marked at this time some faces stand."""
    shared = 0
    for face in theirs:
        photo = faces.photos[face]
        if marks.photos[photo] == clock:
            marks.photos[photo] = -clock  # so that it counts once ...
            shared += 1
    for face in theirs:
        photo = faces.photos[face]
        if marks.photos[photo] == -clock:
            marks.photos[photo] = clock  # ... and is there again for the next
    return shared


@compiled
@no_type_check
def _members(faces, state, one: int) -> Int32[np.ndarray, "m"]:
    """The faces of a person."""
    members, filled = np.empty(state.sizes[one], np.int32), 0
    for part in _parts_of(state, one):
        for place in range(faces.offsets[part], faces.offsets[part + 1]):
            members[filled] = faces.members[place]
            filled += 1
    return members


@compiled
@no_type_check
def _unite(state, root: int, gone: int, cosine: float) -> None:
    """Make two people one, between whose faces the mean cosine is this."""
    state.within[root] += state.within[gone] + 2 * cosine * state.sizes[root] * state.sizes[gone]
    state.roots[gone] = root
    state.sizes[root] += state.sizes[gone]
    state.rings[root], state.rings[gone] = state.rings[gone], state.rings[root]
    state.versions[gone] += 1
