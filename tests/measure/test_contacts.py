"""measure.contacts: how alike two parts are, and what spoke for or against joining them."""

import numpy as np
import pandas as pd
import pytest

from facecluster.measure.contacts import Contact, Contacts, RunEvidence
from facecluster.schemas import SUGGESTIONS

from .library_tables import faces_table

BOX = (0, 0, 9, 9)


def vectors_by_angle(*degrees):
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def evidence(vectors, suggestions=(), min_quality=0.4):
    """Of faces f0, f1, ... with these vectors."""

    def vectors_of(ids):
        found = sorted(set(ids))
        return found, vectors[[int(face_id[1:]) for face_id in found]]

    table = pd.DataFrame(suggestions, columns=SUGGESTIONS.names)
    return RunEvidence(vectors_of, table, min_quality, 0.5)


def test_cosines_are_of_all_pairs_across():
    faces = faces_table(*((f"h{i}", BOX, i // 2) for i in range(3)))
    contact = Contacts(faces, [0, 1, 2], evidence(vectors_by_angle(0, 30, 90))).between([0, 1], [2])
    assert contact == Contact(pytest.approx(0.5), pytest.approx(0.25), None, 0, 0)


def test_blurred_faces_of_the_part_and_photos_of_both_are_counted():
    faces = faces_table(("a", BOX, 0), ("b", BOX, 0), ("a", BOX, 0), ("b", BOX, 0), ("c", BOX, 0))
    faces["quality"] = np.float32([0.1, 0.9, 0.3, 0.9, 0.4])
    contact = Contacts(faces, range(5), evidence(vectors_by_angle(0, 0, 0, 0, 0))).between([0, 1], [2, 3, 4])
    assert (contact.too_blurred, contact.shared_photos) == (1, 2)


def test_a_suggestion_is_about_clusters_or_faces_alone_in_any_order():
    faces = faces_table(("a", BOX, 5), ("b", BOX, 7), ("c", BOX, None), ("d", BOX, None))
    suggestions = [("f9", "f0", 7, 5, -0.25), ("f0", "f2", 5, None, -0.5)]
    contacts = Contacts(faces, range(4), evidence(vectors_by_angle(0, 0, 0, 0), suggestions))
    found = [contacts.between([one], [other]).evidence for one, other in [(0, 1), (1, 0), (0, 2), (1, 2), (0, 3)]]
    assert found == [-0.25, -0.25, -0.5, None, None]


def test_only_the_vectors_that_are_asked_for_are_loaded():
    asked = []
    faces = faces_table(*((f"h{i}", BOX, 0) for i in range(4)))
    of_all = evidence(vectors_by_angle(0, 10, 20, 30))
    Contacts(faces, [1, 3], of_all._replace(vectors_of=lambda ids: asked.extend(ids) or of_all.vectors_of(ids)))
    assert asked == ["f1", "f3"]
