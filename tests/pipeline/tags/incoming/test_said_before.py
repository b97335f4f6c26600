"""What imports said of faces, by the names that people had then."""

import numpy as np
import pyarrow as pa

from facecluster.people.decisions import who_is_who
from facecluster.people.stand_ins import NO_HEIRS, Heirs
from facecluster.people.statements import Confirm, Decision, Merge, Name, Rename, Split, Undo
from facecluster.people.who import NOBODY
from facecluster.pipeline.tags.incoming.said_before import said_by_imports

FACES = [f"{'0' * 20}-{left}-0-{left + 10}-10" for left in (0, 20, 40)]
OTHER_BOX = f"{'0' * 20}-21-0-31-10"
ANNA, BERTA = "a" * 12, "b" * 12


def said(*made, heirs=NO_HEIRS, faces=FACES):
    """By face the name that imports gave it last, and whom they named."""
    decisions = [
        Decision(f"{number:016x}", "2026-01-01T00:00:00+00:00", "tester", provenance, (statement,))
        for number, (provenance, statement) in enumerate(made, 1)
    ]
    ids = pa.array(faces, pa.string())
    before = said_by_imports(who_is_who(decisions, ids, heirs), ids, heirs)
    return [None if place == NOBODY else before.keys[place] for place in before.of], before.people


def test_humans_are_no_imports():
    assert said() == ([None] * 3, {})
    assert said(("human", Name(ANNA, (FACES[0],), "Anna"))) == ([None] * 3, {})


def test_the_later_over_the_earlier_but_for_what_was_undone():
    made = [("imported", Name(ANNA, (FACES[0], FACES[1]), "Anna")), ("imported", Name(BERTA, (FACES[1],), "Berta"))]
    assert said(*made) == (["anna", "berta", None], {"anna": {ANNA}, "berta": {BERTA}})
    assert said(*made, ("human", Undo(f"{2:016x}"))) == (["anna", "anna", None], {"anna": {ANNA}})


def test_people_are_called_what_they_were_called_then():
    made = [
        ("human", Name(ANNA, (FACES[0],), "Anna")),
        ("imported", Name(ANNA, (FACES[1],))),
        ("human", Rename(ANNA, "Antonia")),
        ("imported", Name(ANNA, (FACES[2],))),
    ]
    assert said(*made) == ([None, "anna", "antonia"], {"anna": {ANNA}, "antonia": {ANNA}})


def test_names_come_by_splitting_and_merging_too():
    made = [
        ("human", Name(ANNA, (FACES[0], FACES[1]), "Anna")),
        ("human", Split(ANNA, BERTA, (FACES[1],), "Berta")),
        ("imported", Name(BERTA, (FACES[2],))),
    ]
    assert said(*made)[0] == [None, None, "berta"]
    nameless = [("human", Confirm(BERTA, (FACES[0],))), ("human", Name(ANNA, (FACES[1],), "Anna"))]
    assert said(*nameless, ("human", Merge(BERTA, (ANNA,))), ("imported", Name(BERTA, (FACES[2],))))[0][2] == "anna"
    assert said(*nameless, ("imported", Name(BERTA, (FACES[2],)))) == ([None] * 3, {})


def test_faces_that_are_drawn_otherwise_now_or_changed_or_gone():
    made = ("imported", Name(ANNA, (OTHER_BOX, f"{'1' * 20}-0-0-9-9"), "Anna"))
    assert said(made)[0] == [None, "anna", None]
    heirs = Heirs(pa.array([f"{'1' * 20}-0-0-9-9", FACES[2]]), np.array([0, 0]))
    assert said(made, heirs=heirs)[0] == [None, "anna", "anna"]
    assert said(made, faces=[])[1] == {"anna": {ANNA}}
