"""tests.benchmarks.scale: costs are those of the method, and the sentences say what was measured."""

import numpy as np
import pytest

from tests.benchmarks.scale import (
    OTHERS,
    OWN,
    Agreement,
    Case,
    Cost,
    Result,
    agreement,
    exponent,
    growth,
    in_own_process,
    measure,
    ratios,
    save_faces,
    table_row,
)
from tests.benchmarks.synthetic import SyntheticFaces


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faces")
    save_faces(folder, 700, 128, 1)
    return folder


@pytest.mark.parametrize("method", [*OWN, *OTHERS])
def test_every_method_is_measured(folder, method):
    result = measure(folder, Case(method, 700, 128, 1))
    assert min(result.cost.seconds, result.cost.cpu_seconds, result.cost.held_mb) > 0
    assert result.cost.memory_mb >= 1
    if method == "its neighbours":
        assert result.agreement is None
    else:
        assert result.agreement is not None
        assert all(0.4 < value <= 1 for value in result.agreement)


def test_agreement_of_perfect_and_of_no_groups():
    people = np.array([0, 0, 1, 2, 2, 3])
    faces = SyntheticFaces(*(np.zeros((6, 1), np.float32), people, people, people, people))
    assert agreement(faces, np.array([0, 0, -1, 1, 1, -1])) == (1, 1, 1)
    assert agreement(faces, np.array([0, 0, 0, 1, 1, -1])).singles_alone == 0.5


def test_a_process_of_its_own_gives_its_result_or_its_error(folder):
    result = in_own_process(measure, folder, Case("its neighbours", 700, 128, 1))
    assert result.case == Case("its neighbours", 700, 128, 1)
    with pytest.raises(KeyError, match="no such method"):
        in_own_process(measure, folder, Case("no such method", 700, 128, 1))


@pytest.mark.parametrize("power", [1, 1.5, 2])
def test_exponent(power):
    sizes = [10, 30, 100]
    assert exponent(sizes, [5 * size**power for size in sizes]) == pytest.approx(power)


def results(cpu_seconds, memory_mb):
    """Results whose costs are these, by method and number of faces."""
    return [
        Result(Case(method, faces, 128, 0), Cost(seconds, seconds, memory_mb[method], 9), None)
        for (method, faces), seconds in cpu_seconds.items()
    ]


def test_growth_is_told_where_there_are_several_sizes():
    measured = results(
        {("facecluster", 10): 1, ("facecluster", 100): 100, ("its neighbours", 10): 1},
        {"facecluster": 2, "its neighbours": 1},
    )
    assert list(growth(measured)) == ["facecluster: seconds grow as n^2.00, CPU seconds as n^2.00"]


def test_ratios_are_of_the_same_faces():
    memory = {"facecluster": 2.0, "its neighbours": 1.0, "hdbscan": 10.0}
    seconds = {("its neighbours", 10): 2, ("facecluster", 10): 3, ("hdbscan", 10): 12, ("facecluster", 20): 9}
    seconds["its neighbours", 20] = 5
    times = "{:.2f} of the seconds, {:.2f} of the CPU seconds, {:.2f} of the memory".format
    assert list(ratios(results(seconds, memory))) == [
        "facecluster / its neighbours, 10 x 128, seed 0: " + times(1.5, 1.5, 2),
        "hdbscan / facecluster, 10 x 128, seed 0: " + times(4, 4, 5),
        "facecluster / its neighbours, 20 x 128, seed 0: " + times(1.8, 1.8, 2),
    ]


def test_rows_have_the_cells_of_the_head():
    case, cost = Case("its neighbours", 1000, 128, 0), Cost(1, 2, 3, 4)
    full = table_row(Result(case, cost, Agreement(0.5, 0.25, 1)))
    assert full == "| its neighbours | 1,000 x 128 | 0 | 1.00 | 2.00 | 3 | 4 | 0.5000 | 0.2500 | 1.0000 |"
    assert table_row(Result(case, cost, None)).count("|") == full.count("|")
