"""Which faces may found groups, which only join them, and how the rows of the ones become rows of all."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int32, Int64

from facecluster.clusters.links import Links
from facecluster.clusters.nearest import Nearest
from facecluster.clusters.threshold import Calibration

EDGE_DEVIATIONS = 2.5
"""Above the impostor median: faces less alike are no neighbours. No two groups need less from their best pair."""


class Roles(NamedTuple):
    """What each face may do."""

    founders: Int64[np.ndarray, "f"]  # rows of the faces that may found a group
    joiners: Int64[np.ndarray, "j"]  # and of those that may but join one

    def order(self) -> Int64[np.ndarray, "n"]:
        """The rows of all faces, founders first."""
        return np.concatenate([self.founders, self.joiners])


def roles_of(qualities: Float32[np.ndarray, "n"], min_quality: float, links: Links) -> Roles:
    """Faces that are good enough found groups, and those that somebody named: they are known to be good."""
    good = (qualities >= min_quality) | (links.persons >= 0)
    return Roles(np.flatnonzero(good), np.flatnonzero(~good))


def edge_floor(prior: Calibration) -> float:
    """The least cosine of an edge of the graph."""
    return prior.impostor_median + EDGE_DEVIATIONS * prior.impostor_sd


def of_all(values: np.ndarray, founders: Int64[np.ndarray, "f"], n_faces: int, otherwise: float = -1) -> np.ndarray:
    """Values of the founders as values of all faces."""
    spread = np.full(n_faces, otherwise, values.dtype)
    spread[founders] = values
    return spread


def rows_of_all(roles: Roles, nearest: Nearest) -> Int32[np.ndarray, "n k"]:
    """The rows of the founders that are nearest to each face; -1: no more reach the floor.

    Args:
        roles: of the faces.
        nearest: of the faces, founders first.
    """
    rows = np.empty_like(nearest.rows)
    names = np.append(roles.founders, -1).astype(np.int32)  # the last stands for no more
    rows[roles.order()] = names[nearest.rows]
    return rows
