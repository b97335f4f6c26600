"""measure.evaluate: clusters against labels."""

import json
from pathlib import Path

import pytest

from facecluster.clusters.score import Score
from facecluster.errors import UsageError
from facecluster.measure.evaluate import (
    FalseDetections,
    MissedLabel,
    MixedCluster,
    SplitName,
    evaluate_labels,
)
from facecluster.measure.labels import NOBODY, Box, Label

from .library_tables import faces_table, photos_table

LEFT, RIGHT = (40, 60, 120, 160), (180, 60, 260, 160)
LEFT_BOX, RIGHT_BOX = Box(*map(float, LEFT)), Box(*map(float, RIGHT))


def evaluate(photos, faces, *labels, pick="largest", archive=Path("/photos")):
    made = [Label(*(*label, None)[:3]) for label in labels]
    return evaluate_labels(photos, faces, made, archive=archive, label_folder=Path("/photos"), pick=pick)


def photos_and_faces(*clusters):
    """Photos 0.jpg, 1.jpg, ... of one face each, in these clusters."""
    photos = photos_table(*((f"{i}.jpg", f"h{i}") for i in range(len(clusters))))
    return photos, faces_table(*((f"h{i}", LEFT, cluster) for i, cluster in enumerate(clusters)))


def test_right_clusters_are_perfect_and_list_nothing():
    found = evaluate(*photos_and_faces(0, 0, 1, None), ("0.jpg", "A"), ("1.jpg", "A"), ("2.jpg", "B"), ("3.jpg", "C"))
    assert (found.pairwise, found.bcubed) == (Score(1.0, 1.0), Score(1.0, 1.0))
    assert (found.scored, found.people) == (4, 3)
    assert (found.missed, found.mixed, found.split, found.false_detections) == ((), (), (), ())
    assert (found.left_out, found.outside) == (0, 0)


def test_mixed_clusters_and_split_people_are_listed_by_name():
    photos, faces = photos_and_faces(7, 7, 7, 2, None, None)
    labels = [(f"{i}.jpg", name) for i, name in enumerate(["Ada", "Ada", "Bob", "Bob", "Bob", "Cy"])]
    found = evaluate(photos, faces, *labels)
    assert found.mixed == (MixedCluster(7, (("Ada", 2), ("Bob", 1))),)
    assert found.split == (SplitName("Bob", ((2, 1), (7, 1)), 1),)
    assert found.pairwise == Score(1 / 3, 1 / 4)


def test_faces_that_nobody_labelled_do_not_count():
    photos, faces = photos_and_faces(0, 0, 0)
    found = evaluate(photos, faces, ("0.jpg", "A"), ("1.jpg", "A"), ("2.jpg", ""))
    assert (found.scored, found.bcubed) == (2, Score(1.0, 1.0))


def test_a_label_whose_face_was_not_found_is_missed_not_scored():
    photos = photos_table(
        ("a.jpg", "h0"), ("b.jpg", "h1"), ("c.jpg", "h2", "corrupt: cut"), ("d.jpg", None, "unreadable")
    )
    faces = faces_table(("h0", LEFT, 0))
    labels = [("a.jpg", "A", RIGHT_BOX), ("b.jpg", "B"), ("c.jpg", "C"), ("d.jpg", "D"), ("e.jpg", "E")]
    found = evaluate(photos, faces, *labels)
    assert found.scored == 0
    assert found.missed == (
        MissedLabel("a.jpg", "A", "no face in the labelled box"),
        MissedLabel("b.jpg", "B", "no face found"),
        MissedLabel("c.jpg", "C", "corrupt: cut"),
        MissedLabel("d.jpg", "D", "unreadable"),
        MissedLabel("e.jpg", "E", "not in the library"),
    )
    assert found.bcubed == Score(1.0, 1.0)


def test_boxes_name_each_face_of_a_group_photo():
    photos = photos_table(("a.jpg", "h0"), ("b.jpg", "h1"))
    faces = faces_table(("h0", RIGHT, 1), ("h0", LEFT, 0), ("h1", LEFT, 0))
    found = evaluate(photos, faces, ("a.jpg", "A", LEFT_BOX), ("a.jpg", "B", RIGHT_BOX), ("b.jpg", "A"))
    assert (found.scored, found.people, found.bcubed) == (3, 2, Score(1.0, 1.0))


def test_several_names_without_boxes_are_left_out_and_counted():
    photos = photos_table(("a.jpg", "h0"), ("b.jpg", "h1"), ("copy of b.jpg", "h1"))
    faces = faces_table(("h0", RIGHT, 0), ("h0", LEFT, 1), ("h1", LEFT, 1))
    labels = [("a.jpg", "A"), ("a.jpg", "B", LEFT_BOX), ("b.jpg", "B"), ("copy of b.jpg", "C")]
    found = evaluate(photos, faces, *labels)
    assert (found.scored, found.people, found.left_out) == (1, 1, 3)


def test_copies_and_repeated_rows_count_once():
    photos = photos_table(("a.jpg", "h0"), ("copy.jpg", "h0"), ("b.jpg", "h1"))
    faces = faces_table(("h0", LEFT, 0), ("h1", LEFT, 0))
    found = evaluate(photos, faces, ("a.jpg", "A"), ("copy.jpg", "A"), ("a.jpg", "A", LEFT_BOX), ("b.jpg", "A"))
    assert (found.scored, found.missed, found.left_out) == (2, (), 0)


def test_of_two_people_with_one_face_the_nearer_box_has_it():
    photos, faces = photos_and_faces(0)
    near, far = LEFT_BOX, Box(50, 80, 140, 200)
    for order in ([("0.jpg", "A", near), ("0.jpg", "B", far)], [("0.jpg", "B", far), ("0.jpg", "A", near)]):
        found = evaluate(photos, faces, *order)
        assert found.missed == (MissedLabel("0.jpg", "B", "its face is nearer to the box of A"),)
        assert found.scored == 1


def test_faces_on_photos_of_nobody_are_false_detections():
    photos = photos_table(("a.jpg", "h0"), ("b.jpg", "h1"), ("c.jpg", "h2"))
    faces = faces_table(("h0", LEFT, None), ("h0", RIGHT, None), ("h2", LEFT, None))
    found = evaluate(photos, faces, *((path, NOBODY) for path in ("a.jpg", "a.jpg", "b.jpg", "gone.jpg")))
    assert found.false_detections == (FalseDetections("a.jpg", 2),)
    assert (found.scored, found.missed) == (0, ())


def test_the_central_face_is_picked_where_asked():
    photos = photos_table(("a.jpg", "h0"), ("b.jpg", "h1"))
    faces = faces_table(("h0", (0, 0, 150, 150), 0), ("h0", (190, 140, 220, 170), 1), ("h1", (150, 100, 250, 200), 1))
    labels = [("a.jpg", "A"), ("b.jpg", "A")]
    assert evaluate(photos, faces, *labels, pick="center").pairwise.recall == 1
    assert evaluate(photos, faces, *labels).pairwise.recall == 0


def test_labels_of_other_archives_are_counted_not_missed():
    photos, faces = photos_and_faces(0, 0)
    labels = [("quick/0.jpg", "A"), ("quick/1.jpg", "A"), ("bench/2.jpg", "B"), ("bench/3.jpg", "")]
    found = evaluate(photos, faces, *labels, archive=Path("/photos/quick"))
    assert (found.scored, found.outside, found.missed) == (2, 2, ())


def test_labels_of_other_archives_only_are_refused():
    photos, faces = photos_and_faces(0)
    with pytest.raises(UsageError, match=r"found 1 labels of other files, for example 'bench/2\.jpg'"):
        evaluate(photos, faces, ("bench/2.jpg", "B"), archive=Path("/photos/quick"))
    with pytest.raises(UsageError, match=r"found 0 labels of other files$"):
        evaluate(photos, faces)


def test_a_library_without_faces_misses_every_label():
    found = evaluate(photos_table(("a.jpg", "h0")), faces_table(), ("a.jpg", "A"))
    assert (found.scored, len(found.missed)) == (0, 1)


def test_the_record_as_json():
    photos, faces = photos_and_faces(0, 0, 0, None)
    found = evaluate(photos, faces, ("0.jpg", "A"), ("1.jpg", "B"), ("2.jpg", "B"), ("3.jpg", "B"), ("4.jpg", "C"))
    record = json.loads(json.dumps(found.to_json()))
    assert record["pairwise"] == {
        "precision": pytest.approx(1 / 3),
        "recall": pytest.approx(1 / 3),
        "f": pytest.approx(1 / 3),
    }
    assert record["mixed"] == [{"cluster_id": 0, "people": [["B", 2], ["A", 1]]}]
    assert record["split"] == [{"name": "B", "clusters": [[0, 2]], "alone": 1}]
    assert record["missed"] == [{"path": "4.jpg", "identity": "C", "problem": "not in the library"}]
