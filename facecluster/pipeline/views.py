"""The people of a library -> what a reader is shown of some faces, and of those that nobody has named."""

from typing import Any

import numpy as np

from facecluster.people.who import NOBODY
from facecluster.pipeline.open_faces import free_faces
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.targets import Rows, is_target, person_meant, target_meant


def rows_shown(people: LibraryPeople, word: str) -> Rows:
    """The faces of a cluster, or of a person by decisions and by the machine, or one face.

    Raises:
        UsageError: there is no such cluster, person or face.
    """
    if is_target(word, people):
        return target_meant(word, people).rows
    return np.flatnonzero(people.faces["person"] == person_meant(word, people))


def face_records(people: LibraryPeople, rows: Rows) -> list[dict[str, Any]]:
    """What is known of faces, as plain values: by photo, then face id."""
    faces = people.faces.iloc[rows]
    ids = np.array([*(person.id for person in people.who.people), None], object)[faces["person"]]
    shown = faces[["face_id", "photo_path", "cluster_id", "provenance", "probability"]].astype(object)
    shown = shown.where(shown.notna(), None)
    shown = shown.assign(person=ids, name=people.names_of_faces()[rows], not_a_face=people.who.not_faces[rows])
    return shown.sort_values(["photo_path", "face_id"]).to_dict("records")


def unnamed_clusters(people: LibraryPeople) -> dict[int, int]:
    """By cluster, the faces that are nobody's, neither by decisions nor by the machine; the largest first."""
    free = free_faces(people) & (people.faces["person"] == NOBODY).to_numpy()
    clusters, counts = np.unique(people.faces.loc[free, "cluster_id"].dropna().to_numpy(np.int64), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return dict(zip(clusters[order].tolist(), counts[order].tolist(), strict=True))
