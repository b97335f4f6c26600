"""Who is who so far: people as rings of parts, so that making two one moves no face."""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64

from facecluster.clusters.candidates import FORBIDDEN, Candidates, Offsets
from facecluster.clusters.compiled import compiled
from facecluster.clusters.forest import root_of
from facecluster.clusters.grid import Grid


class People(NamedTuple):
    """Which parts are one person's now; what is told of a person stands at the root, one of its parts."""

    roots: Int64[np.ndarray, "p"]
    rings: Int64[np.ndarray, "p"]  # the next part of the same person, round and round
    sizes: Int64[np.ndarray, "p"]
    within: Float64[np.ndarray, "p"]
    weighed: Int64[np.ndarray, "p"]  # size when the person was last weighed against all others
    versions: Int64[np.ndarray, "p"]  # rises when what was weighed before no longer counts
    named: Int64[np.ndarray, "p"]  # whom somebody said that it is; -1: nobody said


class Marks(NamedTuple):
    """When each person or photo was last met, and how: saves going over all of them again and again."""

    met: Int64[np.ndarray, "p"]
    best: Float32[np.ndarray, "p"]
    photos: Int64[np.ndarray, "photos"]


class Faces(NamedTuple):
    """What is known of each face, and who has which."""

    grid: Grid
    photos: Int64[np.ndarray, "n"]
    members: Int32[np.ndarray, "n"]
    offsets: Offsets


@compiled
@no_type_check
def parts_of(state: People, one: int) -> Int64[np.ndarray, "m"]:
    """The parts of a person."""
    count, part = 1, state.rings[one]
    while part != one:
        count, part = count + 1, state.rings[part]
    parts = np.empty(count, np.int64)
    for place in range(count):
        parts[place] = part
        part = state.rings[part]
    return parts


@compiled
@no_type_check
def members_of(faces: Faces, state: People, one: int) -> Int32[np.ndarray, "m"]:
    """The faces of a person."""
    members, filled = np.empty(state.sizes[one], np.int32), 0
    for part in parts_of(state, one):
        for place in range(faces.offsets[part], faces.offsets[part + 1]):
            members[filled] = faces.members[place]
            filled += 1
    return members


@compiled
@no_type_check
def unite(state: People, root: int, gone: int, cosine: float) -> None:
    """Make two people one, between whose faces the mean cosine is this."""
    state.within[root] += state.within[gone] + 2 * cosine * state.sizes[root] * state.sizes[gone]
    state.roots[gone] = root
    state.sizes[root] += state.sizes[gone]
    state.rings[root], state.rings[gone] = state.rings[gone], state.rings[root]
    state.versions[gone] += 1
    state.named[root] = max(state.named[root], state.named[gone])  # one of them, or both the same


@compiled
@no_type_check
def known_apart(state: People, one: int, other: int) -> bool:
    """Whether somebody said of both who they are, and not the same."""
    return state.named[one] >= 0 and state.named[other] >= 0 and state.named[one] != state.named[other]


@compiled
@no_type_check
def proposed_with(
    candidates: Candidates, state: People, marks: Marks, one: int, parts: Int64[np.ndarray, "m"], clock: int
) -> list[int]:
    """The people who were proposed with some parts of a person and are not forbidden; marks their best pair."""
    people = [0 for _ in range(0)]
    for part in parts:
        for edge in range(candidates.offsets[part], candidates.offsets[part + 1]):
            other = root_of(state.roots, candidates.others[edge])
            if other == one or known_apart(state, one, other):
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
def forbidden(candidates: Candidates, state: People, parts: Int64[np.ndarray, "m"], other: int) -> bool:
    """Whether some parts of a person may not be one person's with another."""
    for part in parts:
        for edge in range(candidates.offsets[part], candidates.offsets[part + 1]):
            if candidates.best[edge] == FORBIDDEN and root_of(state.roots, candidates.others[edge]) == other:
                return True
    return False


@compiled
@no_type_check
def shared_photos(faces: Faces, marks: Marks, theirs: Int32[np.ndarray, "m"], clock: int) -> int:
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
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def roots_of(roots: Int64[np.ndarray, "p"]) -> Int32[np.ndarray, "p"]:
    """The part that stands for the person of each part."""
    found = np.empty(len(roots), np.int32)
    for part in range(len(roots)):
        found[part] = root_of(roots, part)
    return found
