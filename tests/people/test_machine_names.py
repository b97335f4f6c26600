import pyarrow as pa

from facecluster.people.diff import diff_runs
from facecluster.people.machine_names import NameChange
from facecluster.schemas import NAMES
from tests.people.letters import PEOPLE, face, run, who_is_who


def names(*rows):
    found = [{"face_id": face(row), "person": person, "probability": 0.9, "automatic": True} for row, person in rows]
    return pa.Table.from_pylist(found, NAMES)


def test_names_that_change_are_counted():
    one = run("a" * 6)
    before, after = names((0, "A"), (1, "A"), (2, "A"), (4, "B")), names((0, "A"), (1, "B"), (2, "B"), (3, "C"))
    found = diff_runs(one, one, who_is_who("......"), before, after)
    assert found.names == (NameChange("A", "B", 2), NameChange(None, "C", 1), NameChange("B", None, 1))
    assert found.changes["face_id"].to_pylist() == [face(row) for row in (1, 2, 3, 4)]
    assert found.changes["name_before"].to_pylist() == ["A", "A", None, "B"]
    assert found.changes["name_after"].to_pylist() == ["B", "B", "C", None]
    assert set(found.changes["change"].to_pylist()) == {"stayed"}
    assert not found.empty


def test_names_count_as_far_as_nobody_said_otherwise_since():
    one = run("a" * 5)
    before, after = names(*((row, "A") for row in range(5))), names(*((row, "C") for row in range(4)), (4, "B"))
    who = who_is_who("B....", not_faces=[1], rejected=[(2, PEOPLE.index("C"))], merged={"B": "A"})
    found = diff_runs(one, one, who, before, after)
    assert found.names == (NameChange("A", None, 1), NameChange("A", "C", 1))


def test_names_of_one_run_alone_are_no_change():
    one = run("aa")
    found = diff_runs(one, one, who_is_who(".."), None, names((0, "A")))
    assert found.names is None
    assert found.empty
