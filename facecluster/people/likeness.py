"""How alike faces are, as those need it who ask: on the way from strangers to one person, for the faces looked at."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int64

from facecluster.types import Embeddings

SOME_LIKENESS = 0.6
"""Of the way from strangers to two occasions of one person. A face that has less in common with its own deserves a
look; and as near to a face may be, at most, a person whom the library does not know. Estimate."""


class Likeness(NamedTuple):
    """What cosines mean in a library (its calibration)."""

    strangers: float  # median cosine of two people
    one: float  # of two photos of one person, taken on different occasions

    def of(self, cosine: float) -> float:
        """The likeness of a cosine: 0 as strangers, 1 as two occasions of one person."""
        return (cosine - self.strangers) / (self.one - self.strangers)

    def cosine(self, likeness: float) -> float:
        """The cosine of a likeness."""
        return self.strangers + likeness * (self.one - self.strangers)


class Looks(NamedTuple):
    """The vectors of some faces."""

    rows: Int64[np.ndarray, "m"]  # of the faces, rising
    vectors: Embeddings

    def of(self, rows: Int64[np.ndarray, "k"]) -> Embeddings:
        """The vectors of these faces, which are among them."""
        return self.vectors[np.searchsorted(self.rows, rows)]
