"""Whatever pages ask for, in whatever order: the people are what the plain model says, and undoing undoes it."""

import itertools
import os
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facecluster.store.library import open_library
from facecluster.web.review.deciding.meaning import Meaning
from tests.people.naive import told, told_naively
from tests.pipeline.people_library import FACE, people_library
from tests.web.review.decider import Decider
from tests.web.review.naive_pages import Plain

faces = st.lists(st.sampled_from(sorted(FACE.values())), min_size=1, max_size=4, unique=True)
groups = st.integers(0, 2).map(lambda number: {"cluster": number, "run": 1})
crowds = st.one_of(faces.map(lambda ids: {"faces": ids}), groups)
people = st.integers(0, 3)
"""Which of those there are, modulo their number."""
known = people.map(lambda number: {"person": number})
somebody = st.one_of(st.none(), st.sampled_from(["Anna", "Berta", "Anna"]).map(lambda name: {"new": name}), known)
units = st.one_of(groups, known, faces.map(lambda ids: {"face": ids[0]}))


def asked(kind, **words):
    return st.fixed_dictionaries({"kind": st.just(kind), **words})


SAYS = st.one_of(
    asked("name", faces=crowds, who=somebody, but=st.one_of(st.just([]), faces)),
    asked("confirm", person=people, faces=faces.map(lambda ids: {"faces": ids}), but=st.one_of(st.just([]), faces)),
    asked("reject", person=people, faces=crowds),
    asked("split", person=people, faces=faces.map(lambda ids: {"faces": ids}), who=somebody),
    asked("not_a_face", faces=crowds),
    asked("ignore", units=st.lists(units, min_size=1, max_size=2, unique_by=str)),
    asked("ignore_faces", faces=crowds),
    asked("unignore", person=people),
    asked("merge", units=st.lists(units, min_size=2, max_size=3, unique_by=str)),
    asked("differ", one=units, other=units),
    asked("one_person", unit=groups),
    asked("two_people", unit=groups, sides=st.tuples(faces, faces).map(list)),
    asked("rename", person=people, name=st.sampled_from(["Anna", "Zoë"])),
    asked("born", person=people, day=st.sampled_from([None, "1999-01-02"])),
    asked("cover", person=people, face=faces.map(lambda ids: ids[0])),
)
NOT_PLAIN = {"merge", "differ", "unignore", "rename", "born", "cover"}
"""What the plain model leaves to that of the decisions: they give no face to anybody, or to whom is told elsewhere."""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return people_library(tmp_path_factory.mktemp("people")).folder


def meant(words, ids):
    """The words of a page with people who are there in the place of their numbers; None: there are none."""
    match words:
        case {"person": int(number), **others}:
            return None if not ids else {"person": ids[number % len(ids)], **(meant(others, ids) or {})}
        case dict():
            parts = {name: meant(value, ids) for name, value in words.items()}
            lost = [name for name, value in parts.items() if value is None and words[name] is not None]
            return None if lost else parts
        case list():
            parts = [meant(part, ids) for part in words]
            return None if None in parts else parts
        case _:
            return words


def folded(page):
    """Who is who, but for which decisions count."""
    there = page.people.faces["face_id"].tolist()
    return {name: value for name, value in told(page.people.who, there).items() if name != "in_force"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(says=st.lists(SAYS, min_size=1, max_size=8))
def test_any_sequence_of_decisions(template, says):
    home = Path(tempfile.mkdtemp())
    try:
        with patch.object(os, "fsync"):  # what survives a crash is tried elsewhere
            page = Decider(open_library(shutil.copytree(template, home / "library")))
            for say in says:
                words = meant(say, [person.id for person in page.people.who.people])
                if words is not None:
                    _decide(page, words)
    finally:
        shutil.rmtree(home)


def _decide(page, words):
    """Decide it, or be refused; see that it is as the models say; undo it, and bring it back."""
    before, decisions = folded(page), page.people.who.decisions
    answer = page.ask(**words)
    if answer.status_code != 200:
        assert answer.status_code in {400, 409}, answer.text
        assert page.people.who.decisions == decisions
        assert answer.json()["error"].endswith((".", "!"))
        return
    after, made = folded(page), answer.json()["decision"]
    there = page.people.faces["face_id"].tolist()
    naive = told_naively(page.people.who.decisions, lambda face: face, there)
    assert after == {name: value for name, value in naive.items() if name != "in_force"}
    _check_plainly(page, words, Plain(decisions), made)
    undoing = page.say("undo", decision=made)
    assert folded(page) == before
    page.say("undo", decision=undoing["decision"])
    assert folded(page) == after


def _check_plainly(page, words, plain, made):
    if words["kind"] in NOT_PLAIN:
        return
    meaning = Meaning(made, page.people, page.opened.live)
    new = [meaning.new_person(number) for number in range(2)]
    (whose, none, rejected), changed = plain.after(words, new)
    now = Plain(page.people.who.decisions).state
    assert (now.whose, now.no_faces, now.rejected) == (whose, none, rejected)
    assert changed or words["kind"] in {"confirm", "ignore", "name", "not_a_face", "reject"}, "said again"


def test_ids_of_the_people_a_page_founds_differ(template):
    library = open_library(template)
    page = Decider(library)
    meanings = [Meaning(f"{number:016x}", page.people, page.opened.live) for number in range(50)]
    ids = [meaning.new_person(number) for meaning, number in itertools.product(meanings, range(20))]
    assert len(set(ids)) == 1000
    assert all(len(id_) == 12 and int(id_, 16) >= 0 for id_ in ids)
