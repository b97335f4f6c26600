from dataclasses import asdict

import pytest

from facecluster.people.decisions import who_is_who
from facecluster.people.statements import (
    KINDS,
    Born,
    Confirm,
    Cover,
    Decision,
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
from facecluster.pipeline.history import Teller, history

ANNA, BERTA = "a" * 12, "b" * 12
SENTENCES = [
    (Name(ANNA, ("f", "g"), "Anna"), "named 2 faces Anna"),
    (Name(ANNA, ("f",)), "named 1 face Anna"),
    (Name(BERTA, ("f",)), f"said of 1 face: the person {BERTA}"),
    (Confirm(ANNA, ("f",)), "confirmed 1 face of Anna"),
    (Rename(ANNA, "Anne"), "renamed Anna to Anne"),
    (Rename(BERTA, "Berta"), f"renamed the person {BERTA} to Berta"),
    (Merge(ANNA, (BERTA,)), f"made the person {BERTA} one with Anna"),
    (Split(ANNA, BERTA, ("f",), "Berta"), "took 1 face from Anna for Berta"),
    (Split(ANNA, BERTA, ("f",)), f"took 1 face from Anna for the person {BERTA}"),
    (Reject(ANNA, ("f",)), "said of 1 face: not Anna"),
    (NotAFace(("f", "g")), "said of 2 faces: not a face"),
    (Ignore(BERTA, ("f",)), f"ignored 1 face as the person {BERTA}"),
    (Ignore(ANNA), "ignored Anna"),
    (Unignore(ANNA), "no longer ignored Anna"),
    (Different(("f",), ("g", "h")), "said of 1 face and 2 faces: two people"),
    (Cover(ANNA, "f"), "chose a picture for Anna"),
    (Cover(ANNA, None), "no longer chose a picture for Anna"),
    (Born(ANNA, "2001-02-03"), "said when Anna was born: 2001-02-03"),
    (Born(ANNA, None), "said when Anna was born: not known"),
    (Undo("d" * 16), "undid decision 4"),
    (Undo("e" * 16), f"undid decision {'e' * 16}"),
]


@pytest.mark.parametrize(("said", "sentence"), SENTENCES)
def test_every_statement_is_a_sentence(said, sentence):
    assert Teller({"d" * 16: 4}, {ANNA: "Anna"}).told([said]) == sentence


def test_no_kind_of_statement_is_without_a_sentence():
    assert {type(said) for said, _ in SENTENCES} == set(KINDS.values())


def decided(*acts):
    return [
        Decision(f"{number:016x}", f"2026-01-01T00:00:0{number}+00:00", "tester", "human", said)
        for number, said in enumerate(acts, 1)
    ]


def test_people_are_called_as_they_were_then():
    acts = [
        (Name(ANNA, ("f",), "Anna"), Born(ANNA, "2001-02-03")),
        (Rename(ANNA, "Anne"),),
        (Reject(ANNA, ("f",)),),
        (Split(ANNA, BERTA, ("g",), "Berta"),),
        (Merge("c" * 12, (ANNA, BERTA)),),
        (Confirm("c" * 12, ("f",)),),
    ]
    assert [event.said for event in history(who_is_who(decided(*acts), []))] == [
        "named 1 face Anna; said when Anna was born: 2001-02-03",
        "renamed Anna to Anne",
        "said of 1 face: not Anne",
        "took 1 face from Anne for Berta",
        "made Anne and Berta one with the person cccccccccccc",
        "confirmed 1 face of Anne",
    ]


def test_what_was_undone_and_what_came_back():
    acts = [(Name(ANNA, ("f",), "Anna"),), (Undo(f"{1:016x}"),), (Undo(f"{2:016x}"),), (Undo(f"{3:016x}"),)]
    for upto, undone in [(1, [None]), (2, [2, None]), (3, [None, 3, None]), (4, [2, None, 4, None])]:
        events = history(who_is_who(decided(*acts[:upto]), []))
        assert [event.undone_by for event in events] == undone
        assert [event.in_force for event in events] == [one is None for one in undone]
    assert asdict(events[0]) | {"said": ""} == events[0].to_json() | {"said": ""}
    assert events[0].people == (ANNA,)


def test_nobody_has_decided_anything():
    assert history(who_is_who([], [])) == []


def test_some_decisions_alone_are_told_as_all_are():
    acts = [(Name(ANNA, ("f",), "Anna"),), (Rename(ANNA, "Anne"),), (Confirm(ANNA, ("f",)),), (Undo("0" * 15 + "2"),)]
    who = who_is_who(decided(*acts), [])
    assert history(who, {2, 3}) == history(who)[1:3]
    assert history(who, range(0)) == []


def test_many_strangers_are_told_as_one():
    said = [Ignore(ANNA), *(Ignore(f"{number:012x}", ("f", "g")) for number in range(1000)), Ignore(BERTA)]
    told = Teller({}, {ANNA: "Anna", BERTA: "Berta"}).told(said)
    assert told == "ignored 2,000 faces as 1,000 strangers; ignored Anna; ignored Berta"


def test_of_many_parts_the_first_are_told():
    said = [Confirm(f"{number:012x}", ("f",)) for number in range(9)]
    names = {f"{number:012x}": f"P{number}" for number in range(9)}
    told = Teller({}, names).told(said)
    assert told.startswith("confirmed 1 face of P0; ")
    assert told.endswith("confirmed 1 face of P5; and 3 more")
    assert told.count(";") == 6
