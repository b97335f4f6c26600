"""Parts of people to people: the pair of groups with the strongest evidence is made one, until none has enough.

Average linkage in its order of work, but what two groups must reach depends on their sizes, their photos and on how
many they were found among (clusters.evidence). What falls short by little is not done but told: a suggestion.
"""

import heapq
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Int32, Int64

from facecluster.clusters.candidates import FORBIDDEN, Candidates, Parts, forbid, sums_within
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
from facecluster.clusters.links import Links
from facecluster.clusters.persons import (
    Faces,
    Marks,
    People,
    forbidden,
    known_apart,
    members_of,
    parts_of,
    proposed_with,
    roots_of,
    shared_photos,
    unite,
)

NOTABLE_GROWTH = 1.1
"""Growth of a person after which all that was weighed before is weighed anew."""


class Suggestions(NamedTuple):
    """Pairs of groups that were almost made one, strongest first."""

    ones: Int32[np.ndarray, "m"]  # a face of the one group, its first ...
    others: Int32[np.ndarray, "m"]  # ... and of the other
    evidence: Float32[np.ndarray, "m"]  # deviations short of enough, at most 0


Entry = tuple[float, int, int, int, int, float]
"""Of the queue: evidence with its sign turned, two people, their versions then, and the mean cosine between them."""


class Merged(NamedTuple):
    """People, as far as the evidence goes."""

    people: Int32[np.ndarray, "p"]  # of each part: a part of the same person, the same for all of its parts
    suggestions: Suggestions


def merge_parts(
    grid: Grid,
    photos: Int64[np.ndarray, "n"],
    parts: Parts,
    candidates: Candidates,
    yardstick: Yardstick,
    links: Links,
) -> Merged:
    """Which parts are one person's.

    Args:
        grid: the vectors.
        photos: a number, at least 0, for the photo each face stands in; groups that share photos need more evidence.
        parts: of the faces.
        candidates: the pairs of parts that are looked at.
        yardstick: of the evidence.
        links: what a human has said of the faces, whatever the evidence.

    Raises:
        ValueError: a part holds two people, or faces that are two people's are said to be of one.
    """
    candidates = forbid(candidates, parts.labels[links.different])
    n_parts = len(parts.offsets) - 1
    state = People(
        roots=np.arange(n_parts),
        rings=np.arange(n_parts),
        sizes=np.diff(parts.offsets),
        within=sums_within(grid, parts.members, parts.offsets),
        weighed=np.diff(parts.offsets),
        versions=np.zeros(n_parts, np.int64),
        named=_named(parts, links),
    )
    faces = Faces(grid, photos, parts.members, parts.offsets)
    n_photos = int(photos.max(initial=-1)) + 1
    marks = Marks(np.zeros(n_parts, np.int64), np.empty(n_parts, np.float32), np.zeros(n_photos, np.int64))
    _join(faces, yardstick, state, parts.labels[links.chain()].astype(np.int64))
    _check_forbidden(candidates, state.roots, parts)
    _merge(faces, candidates, yardstick, state, marks)
    ones, others, evidence = _almost(faces, candidates, yardstick, state, marks)
    order = np.lexsort((others, ones, -evidence))
    suggestions = Suggestions(ones[order], others[order], evidence[order])
    return Merged(roots_of(state.roots), suggestions)


def _named(parts: Parts, links: Links) -> Int64[np.ndarray, "p"]:
    """Whom somebody said that each part is; -1: nobody said."""
    faces = np.flatnonzero(links.persons >= 0)
    named = np.full(len(parts.offsets) - 1, -1)
    named[parts.labels[faces]] = links.persons[faces]
    wrong = faces[named[parts.labels[faces]] != links.persons[faces]]
    if len(wrong):
        raise ValueError(f"expected the faces of a part to be one person's, found another person's in row {wrong[0]}")
    return named


def _check_forbidden(candidates: Candidates, roots: Int64[np.ndarray, "p"], parts: Parts) -> None:
    ones = np.repeat(np.arange(len(roots)), np.diff(candidates.offsets))
    joined = roots_of(roots)
    wrong = np.flatnonzero((candidates.best == FORBIDDEN) & (joined[ones] == joined[candidates.others]))
    if len(wrong):
        one, other = (parts.members[parts.offsets[part[wrong[0]]]] for part in (ones, candidates.others))
        raise ValueError(f"expected the faces of rows {one} and {other} to be different people's, found them joined")


@compiled
@no_type_check
def _join(faces: Faces, yardstick: Yardstick, state: People, pairs: Int64[np.ndarray, "m 2"]) -> None:
    """Make the people of each pair of parts one."""
    for pair in range(len(pairs)):
        one, other = root_of(state.roots, pairs[pair, 0]), root_of(state.roots, pairs[pair, 1])
        if one != other:
            ours, theirs = members_of(faces, state, one), members_of(faces, state, other)
            _, cosine = weigh(faces.grid, yardstick, spread_evenly(ours), spread_evenly(theirs), 0.0)
            unite(state, one, other, cosine)


@compiled
@no_type_check
def _merge(faces: Faces, candidates: Candidates, yardstick: Yardstick, state: People, marks: Marks) -> None:
    """Unite the two people with the strongest evidence, again and again until no two have enough.

    A large person whom a few faces join is not weighed anew against all others, only against those who were proposed
    with the newcomers: else each of a thousand additions would cost a thousand comparisons.
    """
    queue = [(0.0, 0, 0, 0, 0, 0.0) for _ in range(0)]
    clock = 0
    for one in range(len(state.roots)):
        if state.roots[one] == one:
            clock += 1
            _weigh_all(faces, candidates, yardstick, state, marks, one, parts_of(state, one), one, clock, queue)
    while len(queue) > 0:
        _, one, other, version, other_version, cosine = heapq.heappop(queue)
        if state.versions[one] != version or state.versions[other] != other_version:
            continue
        small = one if state.sizes[one] < state.sizes[other] else other
        newcomers = parts_of(state, small)
        large = one + other - small
        if known_apart(state, large, small) or forbidden(candidates, state, newcomers, large):
            continue
        unite(state, large, small, cosine)
        if state.sizes[large] >= NOTABLE_GROWTH * state.weighed[large]:
            state.versions[large] += 1
            state.weighed[large] = state.sizes[large]
            newcomers = parts_of(state, large)
        clock += 1
        _weigh_all(faces, candidates, yardstick, state, marks, large, newcomers, -1, clock, queue)


@compiled
@no_type_check
def _weigh_all(
    faces: Faces,
    candidates: Candidates,
    yardstick: Yardstick,
    state: People,
    marks: Marks,
    one: int,
    parts: Int64[np.ndarray, "m"],
    above: int,
    clock: int,
    queue: list[Entry],
) -> None:
    """Queue a person with each who was proposed with some of its parts, if the evidence is enough.

    Only those of a number above `above` are looked at.
    """
    people = proposed_with(candidates, state, marks, one, parts, clock)
    if len(people) == 0:
        return
    ours = members_of(faces, state, one)
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
def _almost(
    faces: Faces, candidates: Candidates, yardstick: Yardstick, state: People, marks: Marks
) -> tuple[Int32[np.ndarray, "m"], Int32[np.ndarray, "m"], Float32[np.ndarray, "m"]]:
    """Pairs of people, by their first faces, who lack little evidence, and how much they lack."""
    ones, others, evidences = [np.int32(0) for _ in range(0)], [np.int32(0) for _ in range(0)], [0.0 for _ in range(0)]
    marks.photos[:] = 0
    marks.met[:] = 0
    clock = 0
    for one in range(len(state.roots)):
        if state.roots[one] != one:
            continue
        clock += 1
        people = proposed_with(candidates, state, marks, one, parts_of(state, one), clock)
        if len(people) == 0:
            continue
        ours = members_of(faces, state, one)
        for face in ours:
            marks.photos[faces.photos[face]] = clock
        for other in people:
            if other > one and state.sizes[one] + state.sizes[other] > 2:
                evidence, _ = _weigh(faces, yardstick, state, marks, ours, one, other, clock, FAR_SHORT)
                if evidence >= FAR_SHORT:
                    ones.append(faces.members[faces.offsets[one]])
                    others.append(faces.members[faces.offsets[other]])
                    evidences.append(min(evidence, 0.0))  # a person who grew a little since may have enough now
    return np.array(ones, np.int32), np.array(others, np.int32), np.array(evidences, np.float32)


@compiled
@no_type_check
def _weigh(
    faces: Faces,
    yardstick: Yardstick,
    state: People,
    marks: Marks,
    ours: Int32[np.ndarray, "m"],
    one: int,
    other: int,
    clock: int,
    least: float,
) -> tuple[float, float]:
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
    theirs = members_of(faces, state, other)
    shared = shared_photos(faces, marks, theirs, clock)
    counted = counted_photos(shared, min(n_ours, n_theirs))
    needed = needed_evidence(yardstick, worth, their_worth, credit, n_pairs, counted)
    return weigh(faces.grid, yardstick, spread_evenly(ours), spread_evenly(theirs), needed)
