"""The benchmark of growth, small: what it promises of large libraries holds here too, but for the time."""

import numpy as np
import pytest

from tests.benchmarks.growth import growths, numbers_kept


@pytest.mark.parametrize("dimension", [128, 512])
def test_a_library_that_grows_keeps_its_numbers_and_is_as_right_as_a_full_run(dimension):
    found = dict(growths(4000, dimension, [0.01, 0.1], seed=1))
    assert list(found) == [40, 400]
    for growth in found.values():
        assert growth.kept_warm >= 0.995
        assert growth.bcubed_warm >= growth.bcubed_full - 0.005
        assert growth.bcubed_full > 0.9
        assert min(growth.warm_cpu_seconds, growth.full_cpu_seconds) > 0


def test_numbers_are_kept_where_a_group_stays_mostly_itself():
    before = np.array([0, 0, 0, 1, 1, -1, -1], np.int32)
    assert numbers_kept(before, before) == 1
    assert numbers_kept(before, np.array([1, 1, 1, 0, 0, 2, 2], np.int32)) == 1
    assert numbers_kept(before, np.array([0, 0, 0, 0, 0, -1, -1], np.int32)) == pytest.approx(0.6)
    assert numbers_kept(before, np.array([0, 0, 1, 2, -1, -1, -1], np.int32)) == pytest.approx(0.6)
