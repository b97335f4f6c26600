import errno
import getpass
import json
import logging
import os
import re
from threading import Barrier, Thread

import pytest

from facecluster.errors import LibraryError, StorageError, UsageError
from facecluster.people.records import backup, to_record
from facecluster.people.statements import Confirm, Decision, Ignore, Name, Rename, Undo
from facecluster.pipeline.journal import decide, decisions_of, import_decisions, who_is_who_in, whoami
from facecluster.store import files
from facecluster.store.journal import Journal
from facecluster.store.library import create_library, open_library
from tests.pipeline.small_library import PACK

ANNA, ZOE = "a" * 12, "b" * 12
FACES = [f"0123456789abcdef0123-{10 * at}-0-{10 * at + 9}-9" for at in range(3)]
NAMED = Name(ANNA, (FACES[0],), "Anna")


@pytest.fixture
def library(tmp_path):
    return create_library(tmp_path / "library", PACK)


def say(*statements):
    return lambda decisions: statements


def names(library):
    """The name of the person of each face."""
    who = who_is_who_in(library, FACES)
    return [who.people[person].name if person >= 0 else None for person in who.persons]


def test_a_decision_is_there_for_all(library):
    assert decisions_of(library) == ()
    assert names(library) == [None, None, None]
    decision = decide(library, say(NAMED, Confirm(ANNA, (FACES[1],))), "me")
    assert re.fullmatch("[0-9a-f]{16}", decision.id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", decision.time)
    assert (decision.who, decision.provenance) == ("me", "human")
    for one in (library, open_library(library.folder)):
        assert decisions_of(one) == (decision,)
        assert names(one) == ["Anna", "Anna", None]


def test_whoever_decides_sees_all_decisions_so_far(library):
    other = open_library(library.folder)
    seen = []
    for number, one in enumerate([library, other, other, library]):
        made = decide(one, lambda decisions: seen.append(decisions) or (Rename(ANNA, "Anna"),), "me", "imported")
        assert made.provenance == "imported"
        assert len(seen[-1]) == number
    assert len({decision.id for decision in decisions_of(other)}) == 4


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ((), "Nothing is left to decide"),
        ((Rename(ANNA, " "),), "at least one letter"),
        ((Rename(ANNA, "A\nb"),), "a control character"),
        ((Ignore("x" * 999),), "expected an id"),
    ],
)
def test_what_must_not_be_decided_is_not_written(library, statements, why):
    with pytest.raises(UsageError, match=why):
        decide(library, say(*statements), "me")
    with pytest.raises(UsageError):
        decide(library, say(NAMED), "")
    assert decisions_of(library) == ()
    assert not (library.folder / "journal").exists()


def test_a_decision_that_was_made_is_not_made_again(library):
    def not_asked(decisions):
        raise AssertionError("it was decided already")

    first = decide(library, say(NAMED), "me", id_="f" * 16)
    assert first.id == "f" * 16
    for one in (library, open_library(library.folder)):
        assert decide(one, not_asked, "me", id_="f" * 16) == first
    assert decide(library, say(Rename(ANNA, "Anne")), "me", id_="e" * 16).id == "e" * 16
    assert decisions_of(library)[0] == first
    assert len(decisions_of(library)) == 2


def test_an_id_that_is_none_is_refused(library):
    with pytest.raises(UsageError, match="expected an id"):
        decide(library, say(NAMED), "me", id_="x" * 101)


def test_an_error_of_whoever_decides_writes_nothing(library):
    def refuse(decisions):
        raise UsageError("no")

    with pytest.raises(UsageError, match="no"):
        decide(library, refuse, "me")
    assert decisions_of(library) == ()


def test_whoever_was_slower_is_asked_again(library):
    other = open_library(library.folder)
    asked = []

    def slow(decisions):
        if not asked:
            decide(other, say(NAMED), "other")
        asked.append(decisions)
        return (Rename(ANNA, "Anne"),)

    decide(library, slow, "me")
    assert [len(decisions) for decisions in asked] == [0, 1]
    assert [decision.who for decision in decisions_of(other)] == ["other", "me"]
    assert names(library) == ["Anne", None, None]


@pytest.mark.parametrize("shared", [True, False])
def test_threads_may_decide_at_once(library, shared):
    start, made = Barrier(4), []

    def work():
        mine = library if shared else open_library(library.folder)
        start.wait()
        made.extend(decide(mine, say(NAMED), "me").id for _ in range(10))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [decision.id for decision in decisions_of(open_library(library.folder))]
    assert sorted(ids) == sorted(made)
    assert len(set(ids)) == 40
    assert [decision.id for decision in decisions_of(library)] == ids


def test_after_a_failure_of_the_disk_whatever_is_there_counts(library, monkeypatch):
    def fail(folder):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    decide(library, say(NAMED), "me")
    with monkeypatch.context() as patch:
        patch.setattr(files, "_sync_folder", fail)
        with pytest.raises(StorageError, match="Input/output error"):
            decide(library, say(Rename(ANNA, "Anne")), "me")
    assert names(library) == ["Anne", None, None]
    decide(library, say(Rename(ANNA, "Annie")), "me")
    assert [len(decisions_of(one)) for one in (library, open_library(library.folder))] == [3, 3]


# Export and import ---------------------------------------------------------------------------------------------------


def exported(library):
    return json.loads(json.dumps(backup(decisions_of(library))))


@pytest.fixture
def other(tmp_path):
    return create_library(tmp_path / "other", PACK)


def test_what_was_exported_can_be_imported_once(library, other):
    decision = decide(library, say(NAMED), "me")
    for _ in range(2):
        decision = decide(library, say(Undo(decision.id)), "you")
    assert import_decisions(other, exported(library)) == (3, 0)
    assert decisions_of(other) == decisions_of(library)
    assert import_decisions(other, exported(library)) == (0, 3)
    assert import_decisions(library, exported(other)) == (0, 3)
    assert import_decisions(library, backup([])) == (0, 0)
    assert len(decisions_of(library)) == 3


def test_what_is_imported_comes_after_what_is_there(library, other):
    shared = decide(library, say(NAMED), "me")
    import_decisions(other, exported(library))
    here = decide(library, say(Rename(ANNA, "Anne")), "me")
    there = decide(other, say(Rename(ANNA, "Annie")), "you")
    assert import_decisions(library, exported(other)) == (1, 1)
    assert decisions_of(library) == (shared, here, there)
    assert names(library) == ["Annie", None, None]


def test_a_backup_that_contradicts_the_journal_is_refused(library):
    decision = decide(library, say(NAMED), "me")
    changed = exported(library)
    changed["decisions"][0]["statements"][0]["name"] = "Zoe"
    changed["decisions"].insert(0, to_record(Decision("f" * 16, decision.time, "me", "human", (NAMED,))))
    with pytest.raises(UsageError, match=f"Decision {decision.id} of the backup is not the one that the journal has"):
        import_decisions(library, changed)
    with pytest.raises(UsageError, match="no backup of people"):
        import_decisions(library, {})
    assert decisions_of(library) == (decision,)


# Damage --------------------------------------------------------------------------------------------------------------


def test_damage_is_told_once_and_written_past(library, caplog):
    first = decide(library, say(NAMED), "me")
    decide(library, say(Rename(ANNA, "Anne")), "me")
    path = library.folder / "journal" / "00000002.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    again = open_library(library.folder)
    with caplog.at_level(logging.WARNING):
        assert decisions_of(again) == (first,)
        third = decide(again, say(Rename(ANNA, "Annie")), "me")
        assert decisions_of(again) == (first, third)
    (told,) = caplog.messages
    assert f"{path} is damaged" in told
    caplog.clear()
    assert decisions_of(open_library(library.folder)) == (first, third)
    assert caplog.messages == [told]


@pytest.mark.parametrize(
    "record", [{"say": "what"}, to_record(Decision("1" * 16, "now", "me", "human", (NAMED,))) | {"mood": "good"}]
)
def test_a_decision_of_a_newer_facecluster_is_told_and_not_written_past(library, record):
    decide(library, say(NAMED), "me")
    Journal(library.folder / "journal").append(record, 1)
    for _ in range(2):
        with pytest.raises(LibraryError, match=r"Line 2 of .*journal cannot be read: .*A newer facecluster may have"):
            decide(library, say(NAMED), "me")
    assert Journal(library.folder / "journal").read().last == 2


# Who -----------------------------------------------------------------------------------------------------------------


def test_whoever_runs_this_has_a_name(monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "maria")
    assert whoami() == "maria"
    monkeypatch.setattr(getpass, "getuser", lambda: "ma\x1bria")
    assert whoami() == "unknown"


@pytest.mark.parametrize("error", [KeyError, OSError, ImportError])
def test_whoever_has_no_login_is_unknown(monkeypatch, error):
    def nobody():
        raise error

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert whoami() == "unknown"
