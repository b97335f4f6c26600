import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facecluster.faces.embed import NetworkEmbedder, unit_vectors


class MeanColours:
    """A network whose vector is the mean of each colour."""

    def __init__(self):
        self.batches = []

    def run(self, batch):
        self.batches.append(len(batch))
        return (batch.mean(axis=(2, 3)),)


@given(
    arrays(np.float32, (4, 3), elements=st.floats(-100, 100, width=32)).filter(
        lambda a: (np.abs(a) > 0.01).any(axis=1).all()
    )
)
def test_rows_keep_their_direction_and_get_length_one(raw):
    units = unit_vectors(raw)
    np.testing.assert_allclose(np.linalg.norm(units, axis=1), 1, rtol=1e-5)
    assert (np.sum(units * raw, axis=1) > 0).all()
    assert units.dtype == np.float32


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf, 1e-9])
def test_a_row_without_a_direction_is_refused_by_its_number(bad):
    raw = np.ones((3, 2), np.float32)
    raw[1] = bad
    with pytest.raises(ValueError, match="row 1"):
        unit_vectors(raw)


@pytest.mark.parametrize(
    ("n", "batch", "runs"), [(0, 4, []), (1, 4, [1]), (4, 4, [4]), (9, 4, [4, 4, 1]), (3, 1, [1, 1, 1])]
)
def test_crops_run_in_batches_and_come_back_in_order(n, batch, runs):
    crops = np.random.default_rng(0).integers(1, 255, (n, 112, 112, 3)).astype(np.uint8)
    network = MeanColours()
    vectors = NetworkEmbedder(network, 3, batch=batch).embed(crops)
    assert network.batches == runs
    assert vectors.shape == (n, 3)
    means = crops.mean(axis=(1, 2))
    np.testing.assert_allclose(vectors, means / np.linalg.norm(means, axis=1, keepdims=True), rtol=1e-5)
