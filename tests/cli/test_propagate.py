import json
import shutil

import pytest

from facecluster.cli.propagate import names_facts
from facecluster.people.precision import Threshold
from facecluster.people.statements import Ignore, Name
from facecluster.pipeline.journal import decide
from facecluster.pipeline.propagate import NamesSummary
from facecluster.store.library import open_library

MEASURED = Threshold(0.95, True, 0.9987, 0.9951, 0.9123, 700, 1300)


@pytest.fixture
def library(demo_library, tmp_path):
    """A copy of the demo library in which a face of its largest cluster has a name, and one of the next is ignored."""
    opened = open_library(shutil.copytree(demo_library, tmp_path / "library"))
    clusters = opened.clusters(1).to_pandas().sort_values("face_id").set_index("cluster_id")["face_id"]
    statements = (Name("a" * 12, (clusters[0].iloc[0],), "Grace"), Ignore("b" * 12, (clusters[1].iloc[0],)))
    decide(opened, lambda _: statements, "me")
    return opened


def facts(threshold, **counts):
    told = {"undecided": 1200, "automatic": 1000, "proposed": 30, "nameless": 0, "ignored": 0} | counts
    return names_facts(NamesSummary(3, True, 2, 7, **told, threshold=threshold, seconds=0.1))


def test_a_name_spreads_over_its_cluster(facecluster, library):
    told = json.loads(facecluster("propagate", "--library", library.folder, "--json").out)["names"]
    given = library.names(told["names"]).to_pandas()
    clusters = library.clusters(1).to_pandas().set_index("face_id")["cluster_id"]
    assert set(clusters[given.loc[given["person"] == "a" * 12, "face_id"]]) == {0}
    assert told["automatic"] + told["proposed"] == (given["person"] == "a" * 12).sum() > 0
    assert told["ignored"] == (given["person"] == "b" * 12).sum() > 0
    assert told["fresh"] is True
    assert told["threshold"]["precision"] is None


def test_the_same_again_is_as_before(facecluster, library):
    first = facecluster("propagate", "--library", library.folder)
    assert "(run 1)" in first.out
    assert "by the model alone" in first.out
    assert "of people who are not asked about" in first.out
    again = facecluster("propagate", "--library", library.folder)
    assert "(run 1, as before)" in again.out
    assert "(run 1)" in facecluster("propagate", "--library", library.folder, "--precision", "0.9").out


@pytest.mark.parametrize("precision", ["1", "0.2", "nan"])
def test_a_precision_that_cannot_be_is_refused(precision, facecluster, library):
    ended = facecluster("propagate", "--library", library.folder, "--precision", precision)
    assert ended.code == 2
    assert "names.precision" in ended.err
    assert library.names_numbers() == []


def test_an_empty_library_says_what_to_do(facecluster):
    ended = facecluster("propagate")
    assert ended.code == 1
    assert "facecluster run ARCHIVE" in ended.err


def test_a_summary_says_how_right_names_are_and_on_how_many_faces():
    told = facts(MEASURED, nameless=5)
    assert told["names"] == "1,200 faces that nobody decided on: 1,000 named, 30 proposed (run 2)"
    assert told["nameless"] == "5 faces of people without a name"
    assert "ignored" not in told
    assert told["precision"] == (
        "named from a probability of 0.95 on; asked of 700 faces that somebody looked at, 99.87% of names were right "
        "(at least 99.51%); 91.2% of known faces were named"
    )


def test_a_summary_says_when_the_faces_were_too_few_or_too_often_wrong():
    assert facts(MEASURED._replace(by_measure=False))["precision"].endswith("too few to decide, so it is by the model")
    nothing = Threshold(None, True, None, None, 0.0, 700, 0)
    assert facts(nothing)["precision"].startswith("no name is sure enough")
    unmeasured = Threshold(0.9, False, None, None, None, 0, 0)
    assert "by the model alone" in facts(unmeasured)["precision"]
