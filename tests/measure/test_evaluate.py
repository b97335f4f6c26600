"""measure.evaluate: clusters against labels."""

import json
from pathlib import Path

import numpy as np
import pytest

from facecluster.clusters.score import Score
from facecluster.measure.contacts import Contact
from facecluster.measure.evaluate import MixedCluster, SplitName, evaluate_labels
from facecluster.measure.known_people import known_people
from facecluster.measure.labels import Label

from .library_tables import faces_table, photos_table
from .test_contacts import evidence, vectors_by_angle

BOX = (40, 60, 120, 160)


def evaluate(clusters, names, vectors=None, suggestions=()):
    """Photos 0.jpg, 1.jpg, ... of one face each, in these clusters, of these people."""
    photos = photos_table(*((f"h{i}.jpg", f"h{i}") for i in range(len(clusters))))
    faces = faces_table(*((f"h{i}", BOX, cluster) for i, cluster in enumerate(clusters)))
    labels = [Label(f"h{i}.jpg", name, None) for i, name in enumerate(names)]
    known = known_people(photos, faces, labels, archive=Path("/photos"), label_folder=Path("/photos"))
    vectors = np.ones((len(clusters), 1), np.float32) if vectors is None else vectors
    return evaluate_labels(faces, known, evidence(vectors, suggestions))


def test_right_clusters_are_perfect_and_list_nothing():
    found = evaluate([0, 0, 1, None], ["A", "A", "B", "C"])
    assert (found.pairwise, found.bcubed) == (Score(1.0, 1.0), Score(1.0, 1.0))
    assert (found.scored, found.people) == (4, 3)
    assert (found.missed, found.mixed, found.split, found.false_detections) == ((), (), (), ())
    assert (found.left_out, found.outside) == (0, 0)


def test_mixed_clusters_and_split_people_are_listed_with_their_contacts():
    vectors = vectors_by_angle(0, 60, 90, 90, 30, 0)
    suggestions = [("f2", "f4", 7, None, -0.3)]
    found = evaluate([7, 7, 7, 2, None, None], ["Ada", "Ada", "Bob", "Bob", "Bob", "Cy"], vectors, suggestions)
    half = pytest.approx(0.5)
    across = Contact(pytest.approx(np.sqrt(0.75), abs=1e-6), pytest.approx(np.sqrt(0.75) / 2, abs=1e-6), None, 0, 0)
    assert found.mixed == (MixedCluster(7, (("Ada", 2), ("Bob", 1)), (across,)),)
    contacts = (Contact(pytest.approx(1), pytest.approx(1), None, 0, 0), Contact(half, half, None, 0, 0))
    assert found.split == (SplitName("Bob", ((2, 1), (7, 1)), ("h4.jpg",), contacts),)
    assert found.pairwise == Score(1 / 3, 1 / 4)


def test_a_part_that_was_nearly_joined_has_its_evidence():
    found = evaluate([3, 3, None], ["A", "A", "A"], suggestions=[("f2", "f0", None, 3, -0.3)])
    assert [contact.evidence for contact in found.split[0].contacts] == [-0.3]


def test_a_person_whose_faces_are_all_alone_is_held_against_the_first():
    found = evaluate([None, None, None], ["A", "A", "A"], vectors_by_angle(0, 60, 90))
    assert found.split[0].alone == ("h0.jpg", "h1.jpg", "h2.jpg")
    assert [contact.best_cosine for contact in found.split[0].contacts] == pytest.approx([0.5, 0], abs=1e-6)


def test_faces_that_nobody_labelled_do_not_count():
    found = evaluate([0, 0, 0], ["A", "A", ""])
    assert (found.scored, found.bcubed) == (2, Score(1.0, 1.0))


def test_no_faces_are_not_wrong():
    found = evaluate([], ["A"])
    assert (found.scored, len(found.missed), found.bcubed) == (0, 1, Score(1.0, 1.0))


def test_the_record_as_json():
    found = evaluate([0, 0, 0, None], ["A", "B", "B", "B", "C"])
    record = json.loads(json.dumps(found.to_json()))
    third = pytest.approx(1 / 3)
    assert record["pairwise"] == {"precision": third, "recall": third, "f": third}
    contact = {"best_cosine": 1, "mean_cosine": 1, "evidence": None, "too_blurred": 0, "shared_photos": 0}
    assert record["mixed"] == [{"cluster_id": 0, "people": [["B", 2], ["A", 1]], "contacts": [contact]}]
    assert record["split"] == [{"name": "B", "clusters": [[0, 2]], "alone": ["h3.jpg"], "contacts": [contact]}]
    assert record["missed"] == [{"path": "h4.jpg", "identity": "C", "problem": "not in the library"}]
    assert record["pair_cosine"] == 0.5
