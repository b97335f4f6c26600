"""measure.calibrate: what cosines mean, on labelled faces."""

import numpy as np
import pandas as pd
import pytest

from facecluster.errors import UsageError
from facecluster.measure import calibrate
from facecluster.measure.calibrate import (
    MIN_PEOPLE,
    UNKNOWN_DAY,
    LabelledFaces,
    calibrate_on_labels,
    calibrate_on_names,
    measure_calibration,
)
from facecluster.people.statements import Confirm, Ignore, Name
from facecluster.pipeline.catalogue import latest_scan, vectors_of_faces
from facecluster.pipeline.journal import decide
from tests.pipeline.made_up_library import face_ids, made_up_library
from tests.pipeline.small_library import small_library
from tests.pipeline.unseen_faces import add_unseen

DIMENSION = 64


def labelled(sizes, alike=0.6, seed=0):
    """So many faces of each person, one a photo, of unknown days; two of one person have about this cosine."""
    random = np.random.default_rng(seed)
    people = np.repeat(np.arange(len(sizes)), sizes)
    directions = random.normal(size=(len(sizes), DIMENSION))[people], random.normal(size=(len(people), DIMENSION))
    person, photo = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True) for vectors in directions)
    vectors = np.sqrt(alike) * person + np.sqrt(1 - alike) * photo
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return LabelledFaces(vectors, people, np.arange(len(people)), np.full(len(people), UNKNOWN_DAY))


def test_strangers_and_one_person_are_measured():
    found = measure_calibration(labelled([3] * 200 + [1] * 100))
    assert (found.faces, found.people, found.repeated) == (700, 300, 200)
    median, sd, genuine = found.calibration
    # Of independent directions, nearly Gaussian around 0; their lower side is the upper one mirrored.
    assert median == pytest.approx(0, abs=0.01)
    assert sd == pytest.approx(1 / np.sqrt(DIMENSION), rel=0.05)
    assert genuine == pytest.approx(0.6, abs=0.02)


def test_a_person_of_many_photos_weighs_as_much_as_any_other():
    few, many = labelled([2] * 60, alike=0.5), labelled([2] * 60 + [1500], alike=0.5)
    closer = many._replace(vectors=many.vectors.copy())
    closer.vectors[many.people == 60] = closer.vectors[-1]  # one look, a thousand times
    difference = np.subtract(measure_calibration(closer).calibration, measure_calibration(few).calibration)
    np.testing.assert_allclose(difference, 0, atol=0.02)


def test_the_same_faces_give_the_same_numbers():
    faces = labelled([2] * 30)
    assert measure_calibration(faces) == measure_calibration(faces)


def test_strangers_are_the_median_and_lower_side_of_all_pairs(monkeypatch):
    """Another route: with one face a person, all pairs weigh alike."""
    faces = labelled([2] * 40, alike=0.5)
    monkeypatch.setattr(calibrate, "SAMPLED_PAIRS", 1 << 17)
    found = measure_calibration(faces).calibration
    one, other = np.triu_indices(80, 1)
    across = faces.people[one] != faces.people[other]
    cosines = np.einsum("pd,pd->p", faces.vectors[one[across]], faces.vectors[other[across]])
    assert found.impostor_median == pytest.approx(np.median(cosines), abs=0.003)
    assert found.impostor_sd == pytest.approx(np.median(cosines) - np.quantile(cosines, 0.158655), abs=0.003)


def test_photos_of_one_day_are_one_occasion():
    faces = labelled([3] * MIN_PEOPLE, alike=0.5)
    burst = faces._replace(vectors=faces.vectors.copy())
    burst.vectors[1::3] = burst.vectors[::3]  # the second photo of each is the first once more
    known_days = burst._replace(days=np.tile([7, 7, 8], MIN_PEOPLE))
    assert measure_calibration(burst).calibration.genuine_median == pytest.approx(0.5, abs=0.1)
    days_only = measure_calibration(known_days).calibration.genuine_median
    plain = measure_calibration(faces._replace(days=np.tile([7, 8, 9], MIN_PEOPLE))).calibration.genuine_median
    assert days_only == pytest.approx(plain, abs=0.05)
    with pytest.raises(UsageError, match=f"at least {MIN_PEOPLE} .* found 0 among {MIN_PEOPLE}"):
        measure_calibration(burst._replace(days=np.full(3 * MIN_PEOPLE, 7)))


def test_two_faces_of_one_photo_are_no_occasions():
    faces = labelled([2] * MIN_PEOPLE)
    with pytest.raises(UsageError, match="found 0 among"):
        measure_calibration(faces._replace(photos=faces.people))


@pytest.mark.parametrize("sizes", [[], [1], [2], [2] * (MIN_PEOPLE - 1) + [1] * 50])
def test_too_few_people_are_refused(sizes):
    with pytest.raises(UsageError, match=f"at least {MIN_PEOPLE} known people with two photos"):
        measure_calibration(labelled(sizes))


def test_labels_that_say_nothing_of_the_faces_are_refused():
    faces = labelled([2] * 40)
    with pytest.raises(UsageError, match="are these the labels of these photos"):
        measure_calibration(faces._replace(people=np.tile(np.arange(40), 2)))


def test_a_library_is_measured_on_the_faces_that_its_labels_name(tmp_path, monkeypatch):
    (tmp_path / "labels.csv").write_text("path,identity,x,y,w,h\na.jpg,A,10,20,20,20\nb.jpg,A,10,20,20,20\n")
    measured = []
    monkeypatch.setattr(calibrate, "measure_calibration", lambda faces: measured.append(faces) or faces)
    calibrate_on_labels(small_library(tmp_path, clusters=None), tmp_path / "labels.csv", "largest")
    (faces,) = measured
    assert (faces.people.tolist(), faces.photos.tolist(), faces.vectors.shape) == ([0, 0], [0, 1], (2, 4))
    assert faces.days.tolist() == [UNKNOWN_DAY, UNKNOWN_DAY]


def test_days_are_those_that_the_photos_say():
    taken = pd.to_datetime(["2020-05-01 08:00", "2020-05-01 22:00", None, None])
    photos = pd.DataFrame({"photo_hash": ["a", "b", "c", None], "taken_at": taken})
    numbers, days = calibrate._photos_and_days(pd.Series(["c", "a", "b", "a"]), photos)
    assert numbers.tolist() == [0, 1, 2, 1]
    assert days[0] == UNKNOWN_DAY
    assert days[1] == days[2] == days[3] == 18383


def test_the_names_of_faces_that_somebody_looked_at_are_labels_too(tmp_path):
    library, people = made_up_library(tmp_path, [3] * (MIN_PEOPLE + 5))
    ids = np.array(face_ids(len(people)))
    faces_of = {f"{person:012x}": tuple(ids[people == person].tolist()) for person in range(MIN_PEOPLE + 5)}
    named = tuple(Name(person, faces, person) for person, faces in faces_of.items())
    decide(library, lambda _: named, "me")
    with pytest.raises(UsageError, match="found 0 among 0"):  # whole clusters say nothing
        calibrate_on_names(library)
    confirmed = [Confirm(person, faces) for person, faces in faces_of.items()]
    decide(library, lambda _: (*confirmed[:MIN_PEOPLE], Ignore("f" * 12, faces_of[f"{MIN_PEOPLE:012x}"])), "me")
    found = calibrate_on_names(library)
    assert (found.faces, found.people, found.repeated) == (3 * MIN_PEOPLE, MIN_PEOPLE, MIN_PEOPLE)
    _, vectors = vectors_of_faces(library, latest_scan(library), ids[people < MIN_PEOPLE])
    labels = LabelledFaces(vectors, people[people < MIN_PEOPLE].astype(np.int64), *photos_of_unknown_days(len(vectors)))
    assert found == measure_calibration(labels)
    unseen = add_unseen(library, "0000.jpg")
    decide(library, lambda _: (Confirm(f"{1:012x}", (unseen,)),), "me")
    assert calibrate_on_names(library) == found, "of a face that no detector sees there is nothing to measure"


def photos_of_unknown_days(count):
    return np.arange(count), np.full(count, UNKNOWN_DAY)
