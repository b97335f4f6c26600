"""Two parts of a wrong result -> how alike they are, and what spoke for or against joining them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from facecluster.clusters.score import ALONE
from facecluster.types import Embeddings


@dataclass(frozen=True)
class Contact:
    """A part, held against the largest part of the same cluster or person. Only labelled faces are looked at."""

    best_cosine: float  # of all pairs across
    mean_cosine: float
    evidence: float | None  # of the run's suggestion to join them: deviations short of enough; None: it made none
    too_blurred: int  # faces of the part that are not good enough to found a cluster
    shared_photos: int  # photos that both are on


class RunEvidence(NamedTuple):
    """What is known of a run beyond its clusters."""

    vectors_of: Callable[[Sequence[str]], tuple[list[str], Embeddings]]  # face ids -> ids found, and their vectors
    suggestions: pd.DataFrame  # schemas.SUGGESTIONS
    min_quality: float  # faces below it found no cluster
    pair_cosine: float | None  # about what two single faces need to be joined; None: nothing was joined


class Contacts:
    """Contacts between some of the faces of a library.

    Args:
        faces: face_id, photo_hash, quality (schemas.faces_schema) and cluster_id, null where alone (schemas.CLUSTERS).
        rows: of all faces that may be asked for; the vectors of these alone are loaded.
        evidence: of the run.
    """

    def __init__(self, faces: pd.DataFrame, rows: Iterable[int], evidence: RunEvidence) -> None:
        self._ids = faces["face_id"].tolist()
        self._photos = faces["photo_hash"].tolist()
        self._blurred = (faces["quality"] < evidence.min_quality).tolist()
        self._clusters = faces["cluster_id"].astype("Int64").fillna(ALONE).tolist()
        found, self._vectors = evidence.vectors_of([self._ids[row] for row in rows])
        self._places = {face_id: place for place, face_id in enumerate(found)}
        self._suggested = _suggested(evidence.suggestions)

    def between(self, largest: Sequence[int], part: Sequence[int]) -> Contact:
        """The contact of a part with the largest one; each is rows of one cluster, or the row of a face alone."""
        cosines = self._vectors_of(part) @ self._vectors_of(largest).T
        return Contact(
            best_cosine=float(cosines.max()),
            mean_cosine=float(cosines.mean()),
            evidence=self._suggested.get(frozenset({self._place_of(part[0]), self._place_of(largest[0])})),
            too_blurred=sum(self._blurred[row] for row in part),
            shared_photos=len({self._photos[row] for row in part} & {self._photos[row] for row in largest}),
        )

    def _vectors_of(self, rows: Sequence[int]) -> Embeddings:
        return self._vectors[np.array([self._places[self._ids[row]] for row in rows])]

    def _place_of(self, row: int) -> int | str:
        """What suggestions are about: the cluster of a face, or the face itself where it is alone."""
        return self._clusters[row] if self._clusters[row] != ALONE else self._ids[row]


def _suggested(suggestions: pd.DataFrame) -> dict[frozenset[int | str], float]:
    """The evidence for each suggested pair of clusters or faces alone."""
    ones, others = (
        suggestions[cluster].astype("object").where(suggestions[cluster].notna(), suggestions[face])
        for cluster, face in (("cluster_a", "face_a"), ("cluster_b", "face_b"))
    )
    pairs = zip(ones, others, suggestions["evidence"].tolist(), strict=True)
    return {frozenset({one, other}): evidence for one, other, evidence in pairs}
