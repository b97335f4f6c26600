"""The made-up library is one that every reader of libraries accepts."""

import numpy as np

from facecluster.pipeline.people import people_of
from facecluster.pipeline.suggest import suggestions
from tests.benchmarks.large_library import large_library


def test_a_large_library_has_the_faces_and_clusters_asked_for(tmp_path):
    library = large_library(tmp_path / "library", 400, 30)
    faces = people_of(library).faces
    assert len(faces) == 400
    sizes = np.bincount(faces["cluster_id"].dropna().to_numpy(np.int64))
    assert len(sizes) == 30
    assert sizes.min() >= 2
    assert faces["taken_at"].notna().all()


def test_it_has_something_to_ask(tmp_path):
    library = large_library(tmp_path / "library", 400, 30)
    assert {"who", "same"} <= {question.kind for question in suggestions(library, 100)}


def test_its_first_cluster_can_be_as_large_as_wanted(tmp_path):
    faces = people_of(large_library(tmp_path / "library", 400, 30, largest=150)).faces
    sizes = np.bincount(faces["cluster_id"].dropna().to_numpy(np.int64))
    assert len(faces) == 400
    assert len(sizes) == 30
    assert sizes[0] == max(sizes) >= 150
    assert sizes.min() >= 2
