import json
import shlex

import pytest

from facecluster.cli.people_suggest import asked
from facecluster.people.questions import Question, Unit
from tests.pipeline.people_library import ANNA, BERTA, FACE, add_names, named, people_library

ANNAS = Unit("person", ANNA, "Anna", 2)
BERTAS = Unit("person", BERTA, "Berta", 2)
CLUSTER = Unit("cluster", "0", None, 3)
SIDES = ((FACE["a1"], FACE["a2"]), (FACE["a3"],))
QUESTIONS = [
    Question("same", (ANNAS, Unit("cluster", "2", None, 2)), (), ((), ()), 2, 0.5),
    Question("same", (Unit("cluster", "0", None, 3), Unit("face", FACE["d1"], None, 1)), (), ((), ()), 1, 0.5, True),
    Question("same", (ANNAS, BERTAS), (), ((), ()), 2, 0.5),
    Question("mixed", (CLUSTER,), SIDES, SIDES, 1, 0.5),
    Question("mixed", (ANNAS,), ((FACE["a1"],), (FACE["b1"],)), ((FACE["a1"],), (FACE["b1"],)), 1, 0.5),
    Question("mixed", (CLUSTER, ANNAS, BERTAS), SIDES, SIDES, 3, 0.9),
    Question("wrong", (ANNAS,), ((FACE["b1"],),), ((FACE["b1"],),), 0.5, 0.5),
    Question("uncertain", (ANNAS,), ((FACE["c1"], FACE["c2"]),), ((FACE["c1"], FACE["c2"]),), 1, 0.5),
    Question("who", (CLUSTER,), (), ((),), 3, None),
    Question("who", (Unit("person", ANNA, None, 2),), (), ((),), 2, None),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: f"{one.kind} {one.units[0].kind}")
def test_every_answer_is_a_command_that_is_taken(question, facecluster, tmp_path):
    library = people_library(tmp_path)
    named(library, ANNA, None if question.kind == "who" else "Anna", "b1", "e1")
    named(library, BERTA, "Berta", "d1" if len(question.units) == 1 else "b2")
    told = asked(question)
    assert told.sentence.endswith("?")
    assert "no name" not in told.sentence
    for answer in told.answers.values():
        words = ["Berta" if word == "NAME" else word for word in answer]
        dry_run = [] if words[0] == "rename" else ["--dry-run"]
        ended = facecluster("people", *words, "--library", library.folder, *dry_run)
        assert (ended.code, "would have" in ended.out or not dry_run) == (0, True), (words, ended.err)


def test_questions_come_with_the_commands_that_answer_them(facecluster, tmp_path):
    library = people_library(tmp_path)
    named(library, ANNA, "Anna", "a1")
    add_names(library, ("d1", ANNA, 0.8, False))
    out = facecluster("people", "suggest", "--library", library.folder).out
    assert "Do these 1 face really" not in out
    record = json.loads(facecluster("people", "suggest", "--limit", "2", "--json", "--library", library.folder).out)
    assert len(record["questions"]) == 2
    for question in record["questions"]:
        assert question["sentence"] in out
        for answer in question["answers"].values():
            assert shlex.split(answer)[:2] == ["facecluster", "people"]
            assert answer in out


def test_nothing_to_ask(facecluster, tmp_path):
    library = people_library(tmp_path)
    named(library, ANNA, "Anna", *FACE)
    assert facecluster("people", "suggest", "--library", library.folder).out.startswith("There is nothing to ask")


def test_there_is_nothing_to_ask_of_before_the_first_run(facecluster, tmp_path):
    ended = facecluster("people", "suggest", "--library", people_library(tmp_path, grouped=False).folder)
    assert (ended.code, "run `facecluster cluster` first" in ended.err) == (1, True)
