import pytest

from facecluster.people.statements import (
    Born,
    Confirm,
    Cover,
    Different,
    Ignore,
    Merge,
    Name,
    NotAFace,
    Reject,
    Rename,
    Split,
    Undo,
    Unignore,
)
from facecluster.web.review.deciding.meaning import Meaning
from tests.pipeline.people_library import ANNA, BERTA, CARL, CLUSTER, FACE, add_names, named, people_library, told
from tests.web.review.decider import Decider


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


@pytest.fixture
def page(library):
    return Decider(library)


def ids(*names):
    return tuple(sorted(FACE[name] for name in names))


def faces(*names):
    return {"faces": [FACE[name] for name in names]}


def group(number, run=1):
    return {"cluster": number, "run": run}


def said(page, kind, **words):
    """The statements that come of it, and the ids of the people whom it may found."""
    answer = page.say(kind, **words)
    meaning = Meaning(answer["decision"], page.people, page.opened.live)
    return page.people.who.decisions[-1].statements, [meaning.new_person(number) for number in range(3)]


def test_a_group_is_a_new_persons_but_for_what_was_left_out(page):
    statements, new = said(page, "name", faces=group(0), who={"new": " Anna "}, but=[FACE["a2"], FACE["a2"]])
    assert statements == (Name(new[0], ids("a1", "a3"), "Anna"), Reject(new[0], ids("a2")))


def test_a_group_is_a_known_persons(library, page):
    named(library, ANNA, "Anna", "d1")
    statements, _ = said(page, "name", faces=group(0), who={"person": ANNA})
    assert statements == (Name(ANNA, ids("a1", "a2", "a3")),)
    statements, _ = said(page, "name", faces=faces("e1"), who={"person": ANNA}, but=[])
    assert statements == (Name(ANNA, ids("e1")),)


def test_what_others_decided_of_a_group_meanwhile_stands(library, page):
    named(library, ANNA, "Anna", "a1")
    told(library, NotAFace((FACE["a2"],)))
    add_names(library, ("b1", ANNA, 0.99, True), ("b2", ANNA, 0.7, False))
    statements, new = said(page, "name", faces=group(0), who={"new": "Berta"}, but=[FACE["a1"], FACE["a2"]])
    assert statements == (Name(new[0], ids("a3"), "Berta"),), "neither taken from Anna nor said of her face"
    statements, new = said(page, "name", faces=group(1), who={"new": "Carl"})
    assert statements == (Name(new[0], ids("b2", "b3"), "Carl"),), "b1 has a sure name and was not in the group"


def test_a_face_that_is_chosen_is_taken_from_whoever_has_it(library, page):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1")
    assert said(page, "name", faces=faces("a1"), who={"person": BERTA})[0] == (Name(BERTA, ids("a1")),)


def test_nothing_is_left_to_name(library, page):
    assert "leave in at least one" in page.refused(400, "name", faces=faces("a1"), who={"new": "A"}, but=[FACE["a1"]])
    assert "Choose at least one face" in page.refused(400, "name", faces=faces(), who={"new": "A"})
    named(library, ANNA, "Anna", "a1", "a2", "a3")
    sentence = page.refused(409, "name", faces=group(0), who={"new": "A"})
    assert sentence == "Somebody has decided about all of these faces already: Anna (3). Nothing was changed."


def test_faces_are_confirmed_and_rejected_in_one_decision(library, page):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1")
    add_names(library, ("a2", ANNA, 0.7, False), ("a3", ANNA, 0.99, True))
    chosen = faces("a1", "a2", "a3", "b1", "b2")
    statements, _ = said(page, "confirm", person=ANNA, faces=chosen, but=[FACE["b1"], FACE["b2"]])
    assert statements == (Confirm(ANNA, ids("a1", "a2", "a3")), Reject(ANNA, ids("b2"))), (
        "b1 is Berta's: nothing to say"
    )
    statements, _ = said(page, "confirm", person=ANNA, faces=faces("a2"), but=[FACE["a2"]])
    assert statements == (Reject(ANNA, ids("a2")),)


def test_of_a_group_those_are_confirmed_that_the_machine_takes_for_the_person(library, page):
    named(library, ANNA, "Anna", "d1")
    add_names(library, ("a2", ANNA, 0.7, False))
    assert said(page, "confirm", person=ANNA, faces=group(0))[0] == (Confirm(ANNA, ids("a2")),)


def test_faces_are_rejected(library, page):
    named(library, ANNA, "Anna", "a1", "a2")
    named(library, BERTA, "Berta", "b1")
    assert said(page, "reject", person=ANNA, faces=faces("a1", "b1", "d1"))[0] == (Reject(ANNA, ids("a1", "d1")),)
    assert said(page, "reject", person=ANNA, faces=group(1))[0] == (Reject(ANNA, ids("b2", "b3")),)
    assert "already: Berta (1)" in page.refused(409, "reject", person=ANNA, faces=faces("b1"))


def test_faces_are_split_off(library, page):
    named(library, ANNA, "Anna", "a1", "a2", "a3", "c1")
    named(library, BERTA, "Berta", "b1")
    statements, new = said(page, "split", person=ANNA, faces=faces("a1", "b1"), who=None)
    assert statements == (Split(ANNA, new[0], ids("a1")),)
    assert said(page, "split", person=ANNA, faces=faces("a2"), who={"person": BERTA})[0] == (
        Split(ANNA, BERTA, ids("a2")),
    )
    statements, new = said(page, "split", person=ANNA, faces=faces("a3"), who={"new": "Carl"})
    assert statements == (Split(ANNA, new[0], ids("a3"), "Carl"),)
    assert "some faces of Anna" in page.refused(400, "split", person=ANNA, faces=faces("c1"), who=None)
    assert "somebody else than Berta" in page.refused(
        400, "split", person=BERTA, faces=faces("b1"), who={"person": BERTA}
    )


def test_faces_are_none(library, page):
    named(library, ANNA, "Anna", "a1")
    assert said(page, "not_a_face", faces=faces("a1", "d1"))[0] == (NotAFace(ids("a1", "d1")),)
    assert said(page, "not_a_face", faces=group(1))[0] == (NotAFace(CLUSTER[1]),)


def test_people_groups_and_faces_are_ignored_each_as_a_stranger(library, page):
    named(library, ANNA, "Anna", "a1")
    units = [{"person": ANNA}, group(0), {"face": FACE["d1"]}]
    statements, new = said(page, "ignore", units=units)
    assert statements == (Ignore(ANNA), Ignore(new[1], ids("a2", "a3")), Ignore(new[2], ids("d1")))
    assert said(page, "unignore", person=ANNA)[0] == (Unignore(ANNA),)


def test_faces_are_one_stranger(page):
    statements, new = said(page, "ignore_faces", faces=faces("c1", "d1"))
    assert statements == (Ignore(new[0], ids("c1", "d1")),)


def test_units_become_one(library, page):
    statements, new = said(page, "merge", units=[group(0), group(2), {"face": FACE["d1"]}])
    assert statements == (Name(new[0], ids("a1", "a2", "a3", "c1", "c2", "d1")),)
    named(library, ANNA, "Anna", "b1")
    statements, _ = said(page, "merge", units=[{"person": ANNA}, {"person": new[0]}])
    assert statements == (Merge(ANNA, (new[0],)),)
    assert "Anna and Anna" in page.refused(400, "merge", units=[{"person": new[0]}, {"person": ANNA}]), "one by now"


def test_units_are_two(library, page):
    assert said(page, "differ", one=group(0), other=group(2))[0] == (Different(CLUSTER[0], CLUSTER[2]),)
    named(library, ANNA, "Anna", "a1")
    assert said(page, "differ", one={"person": ANNA}, other=group(1))[0] == (Reject(ANNA, CLUSTER[1]),)
    assert "in common" in page.refused(400, "differ", one={"person": ANNA}, other={"person": ANNA})


def test_a_group_is_two_people(library, page):
    named(library, ANNA, "Anna", "b3")
    sides = [[FACE["b1"], FACE["b3"]], [FACE["b2"]]]
    statements, new = said(page, "two_people", unit=group(1), sides=sides)
    assert statements == (Name(new[0], ids("b1")), Name(new[1], ids("b2")))
    assert "already: somebody without a name (2), Anna (1)" in page.refused(
        409, "two_people", unit=group(1), sides=sides
    )
    assert "on both sides" in page.refused(
        400, "two_people", unit=group(0), sides=[[FACE["a1"]], [FACE["a1"], FACE["a2"]]]
    )


def test_a_person_is_two_and_keeps_the_side_that_more_was_said_of(library, page):
    named(library, ANNA, "Anna", "a1")
    add_names(library, *((face, ANNA, 0.99, True) for face in ("a2", "a3", "c1", "c2")))
    sides = [[FACE["a1"]], [FACE["a2"], FACE["a3"]]]
    statements, new = said(page, "two_people", unit={"person": ANNA}, sides=sides)
    assert statements == (Split(ANNA, new[0], ids("a2", "a3")),)
    page.say("undo", decision=page.people.who.decisions[-1].id)
    named(library, ANNA, "Anna", "a2")
    statements, new = said(page, "two_people", unit={"person": ANNA}, sides=sides)
    assert statements == (Split(ANNA, new[0], ids("a1")),), "as much was said of either: that with fewer faces goes"


def test_a_unit_is_one_person(library, page):
    statements, new = said(page, "one_person", unit=group(0))
    assert statements == (Name(new[0], CLUSTER[0]),)
    named(library, ANNA, "Anna", "b1")
    add_names(library, ("b2", ANNA, 0.99, True), ("b3", ANNA, 0.7, False))
    assert said(page, "one_person", unit={"person": ANNA})[0] == (Name(ANNA, ids("b2")),)
    assert "every face of this person already" in page.refused(409, "one_person", unit={"person": ANNA})


def test_what_is_said_of_a_person(library, page):
    named(library, ANNA, "Anna", "a1")
    assert said(page, "rename", person=ANNA, name="Anne")[0] == (Rename(ANNA, "Anne"),)
    assert said(page, "born", person=ANNA, day="2001-02-03")[0] == (Born(ANNA, "2001-02-03"),)
    assert said(page, "born", person=ANNA, day=None)[0] == (Born(ANNA, None),)
    assert said(page, "cover", person=ANNA, face=FACE["a1"])[0] == (Cover(ANNA, FACE["a1"]),)
    assert "no face of Anne: choose another" in page.refused(400, "cover", person=ANNA, face=FACE["a2"])
    assert "1066" in page.refused(400, "born", person=ANNA, day="1066-10-14")


def test_a_face_that_the_machine_named_becomes_the_picture_and_is_confirmed_by_that(library, page):
    named(library, ANNA, "Anna", "a1")
    add_names(library, ("a2", ANNA, 0.99, True), ("a3", ANNA, 0.7, False))
    for name in ("a2", "a3"):
        statements, _ = said(page, "cover", person=ANNA, face=FACE[name])
        assert statements == (Confirm(ANNA, ids(name)), Cover(ANNA, FACE[name]))
        assert page.people.known[0].cover == FACE[name]


def test_a_group_that_was_said_not_to_be_the_person_is_not_named_so(library, page):
    named(library, ANNA, "Anna", "a1")
    page.say("reject", person=ANNA, faces=group(1))
    assert "said not to be Anna" in page.refused(400, "name", faces=group(1), who={"person": ANNA})
    assert said(page, "name", faces=faces("b1"), who={"person": ANNA})[0] == (Name(ANNA, ids("b1")),)
    assert said(page, "name", faces=group(1), who={"new": "Berta"})[0][0].faces == ids("b2", "b3")


def test_who_was_merged_away_is_meant_by_the_old_id(library, page):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1")
    told(library, Merge(ANNA, (BERTA,)))
    assert said(page, "rename", person=BERTA, name="Anne")[0] == (Rename(ANNA, "Anne"),)


def test_an_id_of_another_writing_is_taken_as_it_is(library, page):
    named(library, "1234", "Anna", "a1")
    named(library, "X", "Berta", "b1")
    statements, _ = said(page, "merge", units=[{"person": "X"}, {"person": "1234"}])
    assert statements == (Merge("X", ("1234",)),)


def test_a_decision_is_undone_once(library, page):
    first = named(library, ANNA, "Anna", "a1")
    assert said(page, "undo", decision=first.id)[0] == (Undo(first.id),)
    assert page.refused(409, "undo", decision=first.id).startswith("Decision 1 was undone already")
    undoing = page.people.who.decisions[-1].id
    page.say("undo", decision=undoing)
    assert page.people.known[0].human == 1
    assert "no such decision" in page.refused(409, "undo", decision="f" * 16)
    assert "no such decision" in page.refused(409, "undo", decision="1"), "by its id, not by its number"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("confirm", {"faces": faces("a1")}),
        ("reject", {"faces": faces("a1")}),
        ("split", {"faces": faces("a1"), "who": None}),
        ("unignore", {}),
        ("rename", {"name": "A"}),
        ("born", {"day": None}),
        ("cover", {"face": FACE["a1"]}),
    ],
)
def test_a_person_who_is_no_more(page, kind, words):
    assert "is no more" in page.refused(409, kind, person=CARL, **words)
