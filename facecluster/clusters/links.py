"""What a human has said of faces, which no evidence overrules."""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Bool, Int32, Int64

from facecluster.clusters.compiled import compiled
from facecluster.clusters.tree import CondensedTree

Pairs = Int64[np.ndarray, "m 2"]
"""Two rows of faces each."""


class Links(NamedTuple):
    """Which of n faces are one person's, and which are two people's."""

    persons: Int32[np.ndarray, "n"]  # equal: the same person; different: two; -1: nobody said
    different: Pairs  # faces of two people, whoever they are

    def among(self, rows: Int64[np.ndarray, "r"]) -> "Links":
        """What was said of some of the faces, by their places among those."""
        places = np.full(len(self.persons), -1)
        places[rows] = np.arange(len(rows))
        pairs = places[self.different]
        return Links(self.persons[rows], pairs[(pairs >= 0).all(axis=1)])

    def chain(self) -> Pairs:
        """Pairs of faces of one person that hold all of its faces together: each with the next."""
        named = np.flatnonzero(self.persons >= 0)
        ordered = named[np.argsort(self.persons[named], kind="stable")]
        pairs = np.stack([ordered[:-1], ordered[1:]], axis=1)
        return pairs[self.persons[pairs[:, 0]] == self.persons[pairs[:, 1]]]


def no_links(n_faces: int) -> Links:
    """Nothing was said."""
    return Links(np.full(n_faces, -1, np.int32), np.empty((0, 2), np.int64))


def holding_two(tree: CondensedTree, links: Links) -> Bool[np.ndarray, "clusters"]:
    """Which clusters hold faces of two people, themselves or in a descendant."""
    return _holding_two(tree.parents, tree.face_parents, *links)


@compiled
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def _holding_two(
    parents: Int32[np.ndarray, "clusters"],
    face_parents: Int32[np.ndarray, "n"],
    persons: Int32[np.ndarray, "n"],
    different: Pairs,
) -> Bool[np.ndarray, "clusters"]:
    held, two = np.full(len(parents), -1), np.zeros(len(parents), np.bool_)
    for face in range(len(face_parents)):
        if face_parents[face] >= 0 and persons[face] >= 0:
            _hold(held, two, face_parents[face], persons[face])
    for pair in range(len(different)):
        one, other = face_parents[different[pair, 0]], face_parents[different[pair, 1]]
        while one != other and min(one, other) >= 0:
            if one > other:  # parents come before their children
                one = parents[one]
            else:
                other = parents[other]
        if one == other and one >= 0:
            two[one] = True
    for cluster in range(len(parents) - 1, -1, -1):
        if parents[cluster] >= 0:
            two[parents[cluster]] |= two[cluster]
            if held[cluster] >= 0:
                _hold(held, two, parents[cluster], held[cluster])
    return two


@compiled
@no_type_check
def _hold(held: Int64[np.ndarray, "clusters"], two: Bool[np.ndarray, "clusters"], cluster: int, person: int) -> None:
    if held[cluster] < 0:
        held[cluster] = person
    elif held[cluster] != person:
        two[cluster] = True
