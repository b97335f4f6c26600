"""What a human has said of pairs of faces, which no evidence overrules."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int64

Pairs = Int64[np.ndarray, "m 2"]
"""Two rows of faces each."""


class Links(NamedTuple):
    """Pairs of faces of one person, and of two."""

    same: Pairs
    different: Pairs

    def in_same(self, n_faces: int) -> Bool[np.ndarray, "n"]:
        """Which faces somebody has said to be another's: they are known to be good."""
        named = np.zeros(n_faces, np.bool_)
        named[self.same.ravel()] = True
        return named

    def among(self, rows: Int64[np.ndarray, "r"], n_faces: int) -> "Links":
        """The links between some of the faces, by their places among those."""
        places = np.full(n_faces, -1)
        places[rows] = np.arange(len(rows))
        return Links(*(pairs[(pairs >= 0).all(axis=1)] for pairs in (places[self.same], places[self.different])))


NO_LINKS = Links(np.empty((0, 2), np.int64), np.empty((0, 2), np.int64))
