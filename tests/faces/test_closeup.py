import numpy as np
import pytest

from facecluster.faces.closeup import CLOSE_UP_PX, CloseUpDetector, cut_close_up, the_proposed_face
from facecluster.faces.detect import NO_FACES, centerface_faces
from facecluster.types import Detections


def one_face(box, score=0.9):
    box = np.array(box, np.float32)
    return Detections(box[None], np.tile((box[:2] + box[2:]) / 2, (1, 5, 1)), np.array([score], np.float32))


class Proposer:
    """A detector that proposes the same boxes on every image."""

    def __init__(self, *boxes):
        self.boxes = boxes

    def detect(self, images, min_score):
        boxes = np.array(self.boxes, np.float32).reshape(-1, 4)
        return [
            Detections(boxes, np.zeros((len(boxes), 5, 2), np.float32), np.full(len(boxes), 0.4, np.float32))
        ] * len(images)


class RedSeer:
    """A CenterFace-like network that sees a face, three quarters of the frame wide, where the middle is red."""

    def __init__(self):
        self.batches = []

    def run(self, batch):
        self.batches.append(len(batch))
        n, _, height, width = batch.shape
        rows, cols = height // 4, width // 4
        heat = np.zeros((n, 1, rows, cols), np.float32)
        heat[:, 0, rows // 2, cols // 2] = batch[:, 0, height // 2, width // 2] / 255
        sizes = np.full((n, 2, rows, cols), np.log(rows * 0.75), np.float32)
        return heat, sizes, np.full((n, 2, rows, cols), -0.5, np.float32), np.full((n, 10, rows, cols), 0.5, np.float32)


def picture(*red_boxes, shape=(300, 400)):
    image = np.zeros((*shape, 3), np.uint8)
    for x0, y0, x1, y1 in red_boxes:
        image[y0:y1, x0:x1, 0] = 255
    return image


@pytest.mark.parametrize(
    "box", [(100, 50, 180, 150), (0, 0, 60, 40), (-20, -30, 90, 70), (350, 250, 420, 330), (10, 10, 11, 11)]
)
def test_a_close_up_is_centred_on_its_box_and_black_beyond_the_image(box):
    image = np.full((300, 400, 3), 200, np.uint8)
    close_up = cut_close_up(3, image, np.array(box, np.float32))
    assert close_up.image == 3
    assert close_up.pixels.shape == (CLOSE_UP_PX, CLOSE_UP_PX, 3)
    middle = np.array([close_up.left, close_up.top]) + close_up.scale * CLOSE_UP_PX / 2
    np.testing.assert_allclose(middle, [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], atol=1)
    inside = close_up.left >= 0 and close_up.top >= 0
    assert close_up.pixels[0, 0, 0] == (200 if inside else 0)


def test_a_face_seen_close_up_is_found_where_it_is_in_the_image():
    image = picture((120, 90, 160, 130))
    close_up = cut_close_up(0, image, np.array([110, 80, 170, 140], np.float32))
    columns = np.nonzero(close_up.pixels[:, :, 0].max(axis=0) > 127)[0]
    seen = one_face([columns[0], columns[0], columns[-1] + 1, columns[-1] + 1])
    found = the_proposed_face(close_up, seen)
    np.testing.assert_allclose(found.boxes, [[120, 90, 160, 130]], atol=1)
    np.testing.assert_allclose(found.landmarks[0], np.tile([140, 110], (5, 1)), atol=1)


def test_a_neighbour_in_the_close_up_is_not_the_proposed_face():
    close_up = cut_close_up(0, picture(), np.array([100, 100, 200, 200], np.float32))
    assert len(the_proposed_face(close_up, one_face([0, 0, 30, 30])).scores) == 0
    assert len(the_proposed_face(close_up, NO_FACES).scores) == 0


def detect(images, *boxes, min_score=0.5):
    network = RedSeer()
    detector = CloseUpDetector(Proposer(*boxes), network, centerface_faces)
    return detector.detect(images, min_score), network


def test_only_what_the_second_look_confirms_is_a_face():
    red, dull = (100, 100, 160, 160), (200, 100, 260, 160)
    found, _ = detect([picture(red)], red, dull)
    assert len(found[0].scores) == 1
    np.testing.assert_allclose((found[0].boxes[0, :2] + found[0].boxes[0, 2:]) / 2, [130, 130], atol=1)
    np.testing.assert_allclose(found[0].scores, [1.0])  # of the second look, not the proposal's .4


def test_two_proposals_of_one_face_are_one_face():
    found, _ = detect([picture((100, 100, 160, 160))], (100, 100, 160, 160), (102, 101, 162, 161))
    assert len(found[0].scores) == 1


def test_close_ups_of_several_images_share_batches_and_keep_their_images():
    boxes = [(100, 100, 160, 160), (200, 100, 260, 160), (20, 20, 80, 80)]
    images = [picture(boxes[0]), picture(), picture(*boxes), picture(boxes[2])]
    found, network = detect(images, *boxes)
    assert [len(one.scores) for one in found] == [1, 0, 3, 1]
    assert sum(network.batches) == 12
    assert len(network.batches) == 2
    for image, together in zip(images, found, strict=True):
        np.testing.assert_array_equal(detect([image], *boxes)[0][0].boxes, together.boxes)


@pytest.mark.parametrize("images", [[], [picture()]])
def test_nothing_proposed_is_nothing_run(images):
    found, network = detect(images)
    assert [len(one.scores) for one in found] == [0] * len(images)
    assert network.batches == []
