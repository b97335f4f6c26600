import pytest

from facecluster.people.statements import Name, NotAFace, Undo
from tests.pipeline.people_library import ANNA, BERTA, FACE, named, people_library, told
from tests.web.review.decider import Decider


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


@pytest.fixture
def page(library):
    return Decider(library)


def faces(*names):
    return {"faces": [FACE[name] for name in names]}


def unit(page, kind, **words):
    return page.say(kind, **words)["unit"]


def test_a_decision_about_one_person_is_seen_there(library, page):
    named(library, ANNA, "Anna", "a1", "a2")
    named(library, BERTA, "Berta", "b1")
    assert unit(page, "rename", person=ANNA, name="Anne") == {"person": ANNA}
    assert unit(page, "confirm", person=ANNA, faces=faces("a1"), but=[FACE["a3"]]) == {"person": ANNA}
    assert unit(page, "merge", units=[{"person": ANNA}, {"cluster": 2, "run": 1}]) == {"person": ANNA}
    assert unit(page, "split", person=ANNA, faces=faces("a2"), who={"person": BERTA}) == {"person": BERTA}
    assert unit(page, "merge", units=[{"person": BERTA}, {"person": ANNA}]) == {"person": BERTA}


def test_a_decision_about_faces_is_seen_in_their_group(page):
    assert unit(page, "not_a_face", faces=faces("a1", "a2")) == {"cluster": 0, "run": 1}
    assert unit(page, "not_a_face", faces=faces("a3", "b1")) is None, "of two groups"
    assert unit(page, "not_a_face", faces=faces("d1")) is None, "of none"


def test_a_decision_about_several_people_is_seen_nowhere(page):
    assert unit(page, "ignore", units=[{"cluster": 0, "run": 1}, {"cluster": 1, "run": 1}]) is None


def test_what_was_undone_is_seen_where_it_was(library, page):
    founded = named(library, ANNA, "Anna", "a1", "a2")
    named(library, ANNA, "Anna", "b1")
    renamed = page.say("rename", person=ANNA, name="Anne")
    assert unit(page, "undo", decision=renamed["decision"]) == {"person": ANNA}
    assert unit(page, "undo", decision=founded.id) == {"person": ANNA}, "she was named twice"
    undone = page.say("name", faces={"cluster": 1, "run": 1}, who={"new": "Berta"})
    assert unit(page, "undo", decision=undone["decision"]) == {"cluster": 1, "run": 1}, "there is no Berta any more"
    assert unit(page, "undo", decision=page.people.who.decisions[-1].id) == undone["unit"], "and here she is again"


def test_what_was_undone_of_several_people_is_seen_nowhere(library, page):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1")
    both = told(library, Name(ANNA, (FACE["a2"],)), Name(BERTA, (FACE["b2"],)))
    none = told(library, NotAFace((FACE["a3"], FACE["b3"])))
    assert unit(page, "undo", decision=both.id) is None
    assert unit(page, "undo", decision=none.id) is None


def test_an_undoing_of_what_is_lost_leads_nowhere(library, page):
    """As when the line of the journal is damaged that was undone."""
    lost = told(library, Undo("f" * 16))
    assert unit(page, "undo", decision=lost.id) is None
