import json
import re

from facecluster.cli.evaluate_own import own_facts
from facecluster.clusters.score import Score
from facecluster.measure.own_names import MachineNames, OwnNames, PersonScore
from facecluster.people.statements import Name
from facecluster.pipeline.journal import decide
from tests.pipeline.made_up_library import face_ids, made_up_library

NAMES = MachineNames(0.995, 0.998, 0.9961, 0.9, 700, by_measure=True, automatic=1234, proposed=5, unheard=0)
PEOPLE = (PersonScore("p0", "Ada", 4, 2, 1, 0.5, 0.25, 0, 3), PersonScore("p1", None, 1, 0, 1, 1.0, 1.0, 0, 0))


def found(names=NAMES, confirmed_only=True, grouped=90):
    return OwnNames(Score(1, 1), Score(0.5, 0.5), 5, confirmed_only, PEOPLE, 90, grouped, names)


def test_what_is_said_of_a_grouping_and_its_people():
    facts = own_facts(found())
    assert facts["B-cubed"] == "F 0.5000, precision 0.5000, recall 0.5000"
    assert facts["scored"] == "5 faces of 2 people, each confirmed on its own"
    assert facts["grouping"].startswith("all 90 faces grouped anew without your decisions")
    scores = "precision 0.5000, recall 0.2500; 0 more automatic, 3 proposed"
    assert facts["person 1"] == f"Ada: 4 faces in 2 clusters and 1 alone; {scores}"
    assert facts["person 2"] == "p1: 1 face in 1 alone; precision 1.0000, recall 1.0000"
    part = own_facts(found(confirmed_only=False, grouped=50))
    assert "which flatters it" in part["scored"]
    assert part["grouping"].startswith("the named and others spread evenly, 50 of 90 faces, grouped anew")


def test_what_is_said_of_names_that_spread():
    told = "of 700 faces that somebody looked at, hidden in turn, 99.80% of the names were right (at least 99.61%)"
    given = "1,234 automatic, 5 proposed; target 99.50%"
    assert own_facts(found())["names"] == f"{given}; {told} and 90.0% of the faces named"
    few = MachineNames(0.995, None, None, None, 8, by_measure=False, automatic=0, proposed=1, unheard=2)
    assert own_facts(found(few))["names"] == (
        "0 automatic, 1 proposed; target 99.50%; of 8 faces that somebody looked at, hidden in turn, no name was sure "
        "enough; too few to show the target; 2 decisions since"
    )
    none = MachineNames(0.995, None, None, None, 0, by_measure=False, automatic=7, proposed=1, unheard=0)
    assert own_facts(found(none))["names"].endswith(
        "not measured, since nobody looked at faces on their own: `facecluster people confirm`"
    )
    assert "`facecluster propagate`" in own_facts(found(None))["names"]


def test_without_labels_your_own_names_judge(facecluster, tmp_path):
    library, _ = made_up_library(tmp_path, (4, 3))
    refused = facecluster("evaluate", "--library", library.folder)
    assert (refused.code, refused.out) == (1, "")
    assert "facecluster people suggest" in refused.err
    decide(library, lambda _: (Name("a" * 12, tuple(face_ids(4)), "Ada"),), "me")
    ended = facecluster("evaluate", "--library", library.folder)
    assert ended.out.startswith("B-cubed   F 1.0000, precision 1.0000, recall 1.0000\n")
    assert re.search(r"person 1 +Ada: 4 faces in 1 cluster; precision 1\.0000", ended.out)
    record = json.loads(facecluster("evaluate", "--library", library.folder, "--json").out)
    assert (record["bcubed"]["f"], record["people"][0]["name"]) == (1, "Ada")
