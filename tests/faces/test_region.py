"""faces.region: the face that is meant by a region, as a detector sees it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.faces.detect import NO_FACES, overlaps_with
from facecluster.faces.region import MIN_SCORE, face_in_region
from facecluster.types import Detections

WIDTH, HEIGHT = 400, 300
NONE = np.empty((0, 4), np.float32)


class WhiteSeer:
    """A detector that takes each run of bright columns for a face; a darker one scores less."""

    def __init__(self):
        self.shown = []

    def detect(self, images, min_score):
        self.shown += [image.shape[:2] for image in images]
        return [self._faces(image, min_score) for image in images]

    def _faces(self, image, min_score):
        bright = image[..., 0].max(axis=0, initial=0) > 0
        edges = np.flatnonzero(np.diff(np.r_[False, bright, False].astype(int))).reshape(-1, 2)
        faces = [self._face(image, left, right) for left, right in edges.tolist()]
        faces = [face for face in faces if face[2] >= min_score]
        return Detections(*map(np.stack, zip(*faces, strict=True))) if faces else NO_FACES

    def _face(self, image, left, right):
        rows = np.flatnonzero(image[:, left, 0])
        box = np.array([left, rows[0], right, rows[-1] + 1], np.float32)
        return box, np.tile(box[:2], (5, 1)), np.float32(image[:, left, 0].max() / 255)


def picture(*faces, light=255):
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for x0, y0, x1, y1 in faces:
        image[y0:y1, x0:x1] = light
    return image


def seen(image, region, others=NONE):
    return face_in_region(WhiteSeer(), image, np.array(region, np.float32), np.array(others, np.float32))


@given(
    st.tuples(st.integers(0, WIDTH - 20), st.integers(0, HEIGHT - 20), st.integers(20, 90), st.integers(20, 90)),
    st.tuples(*[st.integers(-4, 4)] * 4),
)
def test_a_face_is_found_where_it_is_wherever_in_the_image_that_is(place, off):
    x, y, width, height = place
    face = (x, y, min(x + width, WIDTH), min(y + height, HEIGHT))
    found = seen(picture(face), np.clip(np.add(face, off), 0, [WIDTH, HEIGHT] * 2))
    assert found.boxes.tolist() == [list(face)]
    assert found.landmarks.tolist() == [[list(face[:2])] * 5]
    assert found.scores.tolist() == [1]


def test_where_no_face_is_seen_there_is_none():
    found = seen(picture(), (100, 100, 150, 160))
    assert [column.shape for column in found] == [(0, 4), (0, 5, 2), (0,)]


def test_a_face_that_hardly_looks_like_one_is_none():
    face, level = (100, 100, 150, 160), MIN_SCORE * 255
    assert len(seen(picture(face, light=int(level) + 2), face).scores) == 1
    assert len(seen(picture(face, light=int(level) - 2), face).scores) == 0


def test_of_faces_side_by_side_the_one_that_overlaps_most_is_meant():
    one, other = (100, 100, 140, 150), (145, 100, 185, 150)
    image = picture(one, other)
    assert seen(image, (105, 100, 150, 150)).boxes.tolist() == [list(one)]
    assert seen(image, (130, 100, 185, 150)).boxes.tolist() == [list(other)]


def test_faces_beside_a_region_are_not_meant():
    assert len(seen(picture((160, 100, 200, 150)), (100, 100, 150, 150)).scores) == 0


def test_a_face_that_is_known_as_another_is_not_meant():
    face = (100, 100, 150, 160)
    assert len(seen(picture(face), face, others=[(102, 98, 150, 160)]).scores) == 0
    assert len(seen(picture(face), face, others=[(150, 98, 190, 160), (0, 0, 20, 20)]).scores) == 1


@pytest.mark.parametrize(("times", "meant"), [(0.65, True), (1.0, True), (2.3, True), (2.6, False)])
def test_a_region_may_be_drawn_wide_or_narrow_around_the_middle_of_the_face(times, meant):
    centre, half = np.array([200, 150]), np.array([25, 25]) * times
    region = np.concatenate([centre - half, centre + half])
    assert len(seen(picture((175, 125, 225, 175)), region).scores) == meant


def test_the_detector_is_shown_what_is_around_the_region_and_no_more_than_there_is():
    seer = WhiteSeer()
    face_in_region(seer, picture(), np.array([180, 140, 220, 170], np.float32), NONE)
    assert seer.shown == [(64, 64), (160, 160)] * 4
    seer = WhiteSeer()
    face_in_region(seer, picture(), np.array([380, 0, 400, 20], np.float32), NONE)
    assert seer.shown == [(26, 26), (50, 50)] * 4
    seer = WhiteSeer()
    face_in_region(seer, picture(), np.array([0, 0, WIDTH, HEIGHT], np.float32), NONE)
    assert seer.shown == ([(HEIGHT, WIDTH)] * 2 + [(WIDTH, HEIGHT)] * 2) * 2


def test_a_region_on_the_last_pixel_of_an_image_is_looked_at():
    seer = WhiteSeer()
    face_in_region(seer, picture(), np.array([399.9, 299.9, 400, 300], np.float32), NONE)
    assert min(min(shape) for shape in seer.shown) >= 1


def test_of_two_looks_the_surer_one_counts():
    class Wavering(WhiteSeer):
        def _face(self, image, left, right):
            box, landmarks, score = super()._face(image, left, right)
            return box, landmarks, score * np.float32(0.5 if len(image) < 100 else 0.9)

    face = np.array([180, 130, 220, 170], np.float32)
    found = face_in_region(Wavering(), picture((180, 130, 220, 170)), face, NONE)
    assert found.scores.tolist() == pytest.approx([0.9])
    assert overlaps_with(face, found.boxes).tolist() == [1]


@pytest.mark.parametrize("turns", range(4))
def test_a_face_that_lies_on_its_side_is_seen_as_it_is(turns):
    class TopSeer(WhiteSeer):
        """Is surer of a face the brighter its top is; the landmarks are its left upper corner."""

        def _face(self, image, left, right):
            box, landmarks, _ = super()._face(image, left, right)
            return box, landmarks, np.float32(image[int(box[1]), int(box[0]) : int(box[2]), 0].mean() / 255)

    x0, y0, x1, y1 = face = (150, 60, 200, 120)
    image = picture(face, light=200)
    image[y0, x0:x1] = 255
    corner = [(x0, y0), (y0, WIDTH - x0), (WIDTH - x0, HEIGHT - y0), (HEIGHT - y0, x0)][turns]
    end = [(x1, y1), (y1, WIDTH - x1), (WIDTH - x1, HEIGHT - y1), (HEIGHT - y1, x1)][turns]
    region = np.concatenate([np.minimum(corner, end), np.maximum(corner, end)]).astype(np.float32)
    found = face_in_region(TopSeer(), np.rot90(image, turns), region, NONE)
    assert found.scores.tolist() == [1]
    assert found.boxes.tolist() == [region.tolist()]
    assert found.landmarks.tolist() == [[list(corner)] * 5]


@pytest.mark.parametrize(
    ("scores", "score"), [((0.5, 0.6, 0.7, 0.43), 0.6), ((0.5, 0.6, 0.7, 0.47), 0.7), ((0.9, 0.0, 0.6, 0.5), 0.6)]
)
def test_a_face_is_taken_for_upright_unless_it_is_clearly_surer_turned(scores, score):
    """The scores are of two looks upright, then of two that are turned by a quarter."""

    class Giddy(WhiteSeer):
        def _face(self, image, left, right):
            box, landmarks, _ = super()._face(image, left, right)
            return box, landmarks, np.float32(next(given))

    face = (180, 130, 220, 170)
    given = iter([*scores, *[0.0] * 4])
    found = face_in_region(Giddy(), picture(face), np.array(face, np.float32), NONE)
    assert found.scores.tolist() == pytest.approx([score])
