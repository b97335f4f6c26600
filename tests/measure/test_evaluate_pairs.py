"""measure.evaluate_pairs: the cosine against labelled pairs."""

import json
from pathlib import Path

import numpy as np
import pytest

from facecluster.errors import UsageError
from facecluster.measure.evaluate_pairs import MissedPair, evaluate_pairs
from facecluster.measure.labels import Pair

from .library_tables import faces_table, photos_table

CENTRAL, LARGE = (180, 130, 220, 170), (0, 0, 170, 120)
N_PEOPLE = 12


@pytest.fixture
def library():
    """Two photos each of twelve people, p<person>_<photo>.jpg, every person a direction of their own."""
    names = [(person, number) for person in range(N_PEOPLE) for number in range(2)]
    photos = photos_table(*((f"p{person}_{number}.jpg", f"h{person}_{number}") for person, number in names))
    faces = faces_table(*((f"h{person}_{number}", CENTRAL, None) for person, number in names))
    return photos, faces, np.eye(N_PEOPLE, dtype=np.float32)[[person for person, _ in names]]


def all_pairs(folds=None):
    same = [Pair(f"p{i}_0.jpg", f"p{i}_1.jpg", same=True, fold=folds and str(i % folds)) for i in range(N_PEOPLE)]
    other = [
        Pair(f"p{i}_0.jpg", f"p{(i + 1) % N_PEOPLE}_1.jpg", same=False, fold=folds and str(i % folds))
        for i in range(N_PEOPLE)
    ]
    return same + other


def judge(library, pairs, pick="largest", archive=Path("/photos")):
    photos, faces, embeddings = library
    return evaluate_pairs(photos, faces, embeddings, pairs, archive=archive, label_folder=Path("/photos"), pick=pick)


@pytest.mark.parametrize("folds", [None, 2, 12])
def test_people_who_differ_are_told_apart(library, folds):
    found = judge(library, all_pairs(folds))
    assert (found.verification.accuracy, found.verification.equal_error, found.verification.true_accepts) == (1, 0, 1)
    assert found.verification.threshold == pytest.approx(0.5)
    assert (found.pairs, found.same, found.missed, found.outside) == (24, 12, (), 0)


def test_a_face_that_is_not_there_is_a_wrong_answer(library):
    photos, faces, embeddings = library
    gone = (faces["photo_hash"] != "h0_0").to_numpy()
    left = photos[photos["path"] != "p3_1.jpg"], faces[gone].reset_index(drop=True), embeddings[gone]
    found = judge(left, all_pairs(2))
    assert found.missed == (
        MissedPair("p0_0.jpg", "p0_1.jpg", "p0_0.jpg: no face found"),
        MissedPair("p3_0.jpg", "p3_1.jpg", "p3_1.jpg: not in the library"),
        MissedPair("p0_0.jpg", "p1_1.jpg", "p0_0.jpg: no face found"),
        MissedPair("p2_0.jpg", "p3_1.jpg", "p3_1.jpg: not in the library"),
    )
    assert found.verification.accuracy == pytest.approx(1 - 4 / 24)
    assert found.verification.true_accepts == pytest.approx(10 / 12)


def test_the_face_that_is_meant_is_picked(library):
    photos, faces, embeddings = library
    bystanders = faces_table(*((photo_hash, LARGE, None) for photo_hash in faces["photo_hash"]))
    crowded = faces_and(faces, bystanders)
    together = photos, crowded, np.concatenate([embeddings, np.tile(embeddings[:1], (len(embeddings), 1))])
    assert judge(together, all_pairs(), pick="center").verification.accuracy == 1
    assert judge(together, all_pairs(), pick="largest").verification.accuracy < 0.6


def faces_and(faces, more):
    return type(faces)({name: [*faces[name], *more[name]] for name in ("photo_hash", "x0", "y0", "x1", "y1")})


def test_pairs_of_other_archives_are_counted_not_judged(library):
    elsewhere = [Pair("../bench/a.jpg", "p0_0.jpg", same=True, fold=None)]
    found = judge(library, all_pairs() + elsewhere)
    assert (found.pairs, found.outside) == (24, 1)
    with pytest.raises(UsageError, match=r"found 1 pairs of other files, for example '\.\./bench/a\.jpg'"):
        judge(library, elsewhere)


def test_pairs_that_cannot_be_judged_are_refused(library):
    with pytest.raises(UsageError, match="cannot be judged: expected at least one pair of different people"):
        judge(library, all_pairs()[:N_PEOPLE])
    with pytest.raises(UsageError, match=r"cannot be judged: .*two folds"):
        judge(library, all_pairs(1))


def test_the_record_as_json(library):
    record = json.loads(json.dumps(judge(library, all_pairs()).to_json()))
    assert record["verification"]["accuracy"] == 1
    assert record["missed"] == []
