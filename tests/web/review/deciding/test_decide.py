import errno
import os
import shutil
from threading import Barrier, Thread

import pytest

from facecluster.people.statements import Name
from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.review.live import Live
from facecluster.store import files
from facecluster.store.library import open_library
from facecluster.web.review.deciding.decide import MAX_SHOWN
from tests.pipeline.people_library import ANNA, BERTA, FACE, named, people_library
from tests.web.review.decider import Decider

ID = "0123456789abcdef"


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


@pytest.fixture
def page(library):
    return Decider(library)


def lines(library):
    return sorted(path.name for path in (library.folder / "journal").glob("*.jsonl"))


def test_what_is_decided_is_told_with_the_state_after_it(library, page):
    answer = page.say("name", faces={"cluster": 0, "run": 1}, who={"new": "Anna"})
    (decision,) = decisions_of(open_library(library.folder))
    assert answer == {
        "said": "named 3 faces Anna",
        "number": 1,
        "decision": decision.id,
        "state": page.state,
        "unit": {"person": decision.statements[0].person},
    }
    assert (decision.who, decision.provenance) == ("tester", "human")


def test_what_is_asked_twice_is_decided_once_and_told_as_it_was(library, page):
    first = page.ask("name", id_=ID, faces={"cluster": 0, "run": 1}, who={"new": "Anna"})
    person = first.json()["unit"]["person"]
    page.say("rename", person=person, name="Berta")
    again = page.ask("name", id_=ID, faces={"cluster": 0, "run": 1}, who={"new": "Anna"})
    assert again.status_code == first.status_code == 200
    assert again.json() == first.json()
    restarted = Decider(open_library(library.folder))
    assert restarted.ask("name", id_=ID, faces={"cluster": 7, "run": 9}, who={"new": "X"}).json() == first.json()
    assert len(lines(library)) == 2


def test_two_who_ask_the_same_at_once_are_told_the_same(library):
    servers = [Decider(open_library(library.folder)) for _ in range(2)]
    for round_ in range(3):
        start, answers = Barrier(4), []

        def ask(server, start=start, answers=answers, round_=round_):
            start.wait()
            words = {"faces": {"faces": [FACE["a1"]]}, "who": {"new": "Anna"}}
            answers.append(server.ask("name", id_=f"{round_:016x}", **words))

        threads = [Thread(target=ask, args=(server,)) for server in servers * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.text for answer in answers}) == 1
        assert len(lines(library)) == round_ + 1


def test_eight_threads_lose_no_decision(library):
    page, start, answers = Decider(library), Barrier(8), []
    names = sorted(FACE)

    def work(thread):
        start.wait()
        for number in range(25):
            words = {"faces": {"faces": [FACE[names[(thread + number) % 10]]]}, "who": {"new": f"{thread} {number}"}}
            answers.append(page.ask("name", id_=f"{thread:08x}{number:08x}", **words).json())

    threads = [Thread(target=work, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    decisions = decisions_of(open_library(library.folder))
    assert len(lines(library)) == len(decisions) == 200
    assert {answer["decision"]: answer["number"] for answer in answers} == {
        decision.id: number for number, decision in enumerate(decisions, 1)
    }
    assert {answer["said"] for answer in answers} == {f"named 1 face {said.statements[0].name}" for said in decisions}


def test_two_servers_lose_no_decision(library):
    servers, start = [Decider(open_library(library.folder)) for _ in range(2)], Barrier(2)

    def work(number, server):
        start.wait()
        for name in ("a1", "a2", "a3", "b1", "b2"):
            server.ask("name", id_=f"{number:08x}000000{name}", faces={"faces": [FACE[name]]}, who={"new": name})

    threads = [Thread(target=work, args=numbered) for numbered in enumerate(servers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines(library)) == len(decisions_of(open_library(library.folder))) == 10
    assert servers[0].state == servers[1].state


def test_the_command_line_and_the_page_see_each_others_decisions(library, page):
    named(open_library(library.folder), ANNA, "Anna", "a1")
    page.say("rename", person=ANNA, name="Anne")
    assert [type(one.statements[0]).__name__ for one in decisions_of(library)] == ["Name", "Rename"]


NAME = {"kind": "name", "faces": {"faces": [FACE["a1"]]}, "who": {"new": "Anna"}}


def with_words(**words):
    return {"id": ID, "say": NAME | words}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"name"',
        b"{",
        b"\xff\xfe",
        b'{"id": NaN}',
        b'{"id": "%s", "id": "%s", "say": {}}' % (ID.encode(), ID.encode()),
        b'{"id": "%s", "say": {"kind": "undo", "kind": "undo", "decision": "1"}}' % ID.encode(),
        b"[" * 100_000,
        b'{"a":' * 5_000,
        b'{"id": ' + b"9" * 10_000 + b"}",
        {"say": NAME},
        {"id": ID},
        {"id": ID.upper(), "say": NAME},
        {"id": ID + "0", "say": NAME},
        {"id": ID + "\n", "say": NAME},
        {"id": 1, "say": NAME},
        {"id": ID, "say": []},
        {"id": ID, "say": {}},
        {"id": ID, "say": {"kind": "rob"}},
        {"id": ID, "say": {"kind": ["name"]}},
        {"id": ID, "say": NAME, "who": "somebody else"},
        with_words(more=1),
        with_words(faces=None),
        with_words(faces=[]),
        with_words(faces={}),
        with_words(faces={"faces": "a"}),
        with_words(faces={"faces": [1]}),
        with_words(faces={"faces": [None]}),
        with_words(faces={"faces": [FACE["a1"]], "cluster": 1}),
        with_words(faces={"cluster": 0}),
        with_words(faces={"cluster": "0", "run": 1}),
        with_words(faces={"cluster": 0.0, "run": 1}),
        with_words(faces={"cluster": True, "run": 1}),
        with_words(faces={"cluster": -1, "run": 1}),
        with_words(faces={"cluster": 10**30, "run": 1}),
        with_words(faces={"list": "alone", "state": "1-1-0-0-1-0", "ranges": []}),
        with_words(faces={"list": "alone", "state": "1-1-0-0-1-0", "ranges": [[0]]}),
        with_words(faces={"list": "alone", "state": "1-1-0-0-1-0", "ranges": [[0, 1, 2]]}),
        with_words(faces={"list": "alone", "state": "1-1-0-0-1-0", "ranges": [[-1, 0]]}),
        with_words(faces={"list": "alone", "state": "1-1-0-0-1-0", "ranges": [[0, 1e300]]}),
        with_words(faces={"of_list": "alone", "state": "1-1-0-0-1-0", "ranges": [[0, 1]]}),
        with_words(who={"new": None}),
        with_words(who={"new": 3}),
        with_words(who={"person": ANNA, "new": "Anna"}),
        with_words(who={"person": ""}),
        with_words(but=None),
        with_words(but={"0": FACE["a1"]}),
        {"id": ID, "say": {"kind": "merge", "units": [{"cluster": 0, "run": 1}]}},
        {"id": ID, "say": {"kind": "ignore", "units": []}},
        {"id": ID, "say": {"kind": "two_people", "unit": {"cluster": 0, "run": 1}, "sides": [[FACE["a1"]]]}},
        {"id": ID, "say": {"kind": "two_people", "unit": {"cluster": 0, "run": 1}, "sides": [[FACE["a1"]], []]}},
    ],
)
def test_what_is_no_decision_is_refused_with_a_sentence(library, page, body):
    answer = page.post(body)
    assert answer.status_code == 400
    sentence = answer.json()["error"]
    assert sentence.isprintable()
    assert 10 < len(sentence) <= MAX_SHOWN + 60
    assert not lines(library)


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options"])
def test_a_decision_is_posted(library, page, method):
    assert getattr(page.client, method)("/decide").status_code == 405


def test_a_disk_that_is_full_is_told_and_the_same_asked_again_is_decided_once(library, page, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(files, "_sync_folder", full)  # the line is there by then
        answer = page.ask("name", id_=ID, faces={"faces": [FACE["a1"]]}, who={"new": "Anna"})
    assert answer.status_code == 503
    sentence = (
        "This could not be written: No space left on device. Nothing is lost: this page tries again until it can."
    )
    assert answer.json() == {"error": sentence}
    assert page.ask("name", id_=ID, faces={"faces": [FACE["a1"]]}, who={"new": "Anna"}).json()["number"] == 1
    assert len(decisions_of(open_library(library.folder))) == 1


def test_a_damaged_journal_is_told(library, page):
    page.say("not_a_face", faces={"faces": [FACE["a1"]]})
    page.say("not_a_face", faces={"faces": [FACE["a2"]]})
    (library.folder / "journal" / "00000001.jsonl").unlink()
    answer = Decider(page.opened.library, Live(open_library(library.folder))).ask("unignore", person=ANNA)
    assert answer.status_code == 503
    assert "Put the file back" in answer.json()["error"]


def test_a_library_that_is_gone_is_told(library, page):
    assert page.state
    shutil.rmtree(library.folder)
    answer = page.ask("not_a_face", faces={"faces": [FACE["a1"]]})
    assert answer.status_code in {409, 503}
    assert not library.folder.exists()


def test_a_decision_of_20_000_faces_takes_what_is_there(library, page):
    faces = [FACE["a1"], *(f"{number:020x}-1-2-3-4" for number in range(20_000))]
    assert page.refused(409, "not_a_face", faces={"faces": faces}).startswith("The photos of 20,000 faces")


def test_who_decided_meanwhile_is_taken_into_account(library, page):
    """The people are looked at again when another writer was faster than the page."""
    moment = page.opened.live.now()
    named(open_library(library.folder), BERTA, "Berta", "a1")
    behind = page.opened._replace(live=Behind(library, moment))
    late = Decider(library, behind.live)
    late.say("name", faces={"cluster": 0, "run": 1}, who={"new": "Anna"})
    assert isinstance(decisions_of(library)[-1].statements[0], Name)
    assert set(decisions_of(library)[-1].statements[0].faces) == {FACE["a2"], FACE["a3"]}


class Behind(Live):
    """A library whose people were looked at before the last decision."""

    def __init__(self, library, moment):
        super().__init__(library)
        self._then = moment

    def now(self):
        return self._then
