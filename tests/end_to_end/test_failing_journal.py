"""Any operation of a decision, or of packing, may fail or be the last: nothing is lost, nothing is there twice."""

import os
import shutil
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from facecluster.errors import StorageError
from facecluster.store import journal_files
from facecluster.store.journal import Journal
from tests.end_to_end.operations import FAULTS, Operations

SOME = 3
NO_LINKS = [False, True]  # whether the file system has none


def record(number):
    return {"say": f"decision {number}"}


def decide(folder):
    """One more decision."""
    journal = Journal(folder)
    journal.append(record("new"), journal.read().last)


def pack(folder):
    """Eight lines, one of which is torn, into packs of three."""
    Journal(folder).pack()


@pytest.fixture(autouse=True)
def few_lines_a_pack(monkeypatch):
    monkeypatch.setattr(journal_files, "PACKED_LINES", SOME)


@pytest.fixture
def before(tmp_path):
    """A journal of eight lines, the fourth of which was torn."""
    folder = tmp_path / "before"
    for number in range(8):
        Journal(folder).append(record(number), number)
        if number == 3:
            path = folder / "00000004.jsonl"
            path.write_bytes(path.read_bytes()[:-20])
    return folder


def said(folder):
    return [entry.record for entry in Journal(folder).read().entries]


def assert_whole(folder, before, action, *, must=False):
    """All that was there is there, once, and the new decision if it must; the same action goes on from there."""
    old = said(before)
    now = said(folder)
    more = [*old, record("new")]
    assert now in ([more] if must else [old, more])
    action(folder)
    expected = [*now, record("new")] if action is decide else now
    assert said(folder) == expected
    pack(folder)
    assert said(folder) == expected
    loose = [path.name for path in folder.glob("*.jsonl") if "-" not in path.name]
    assert len(loose) <= SOME + 1, "those that are not packed yet, and the torn one"
    Journal(folder).sweep(time.time() + 1)
    assert list(folder.glob(".staged-*")) == []


def copied(before, name):
    return shutil.copytree(before, before.with_name(name))


@pytest.mark.parametrize("no_links", NO_LINKS)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("action", [decide, pack])
def test_any_operation_may_fail(before, action, fault, no_links, monkeypatch):
    def fail(number):
        if number == failing:
            raise OSError(fault, os.strerror(fault))

    for failing in count(1):
        folder = copied(before, f"failing-{failing}")
        system, told = Operations(fail, no_links=no_links), ""
        with monkeypatch.context() as patch:
            system.installed(patch)
            try:
                action(folder)
            except StorageError as error:
                told = str(error)
        if len(system.done) < failing:
            break
        operation, path = system.done[failing - 1]
        harmless = (operation == "unlink" and ".staged-" in path) or (operation == "close" and path.endswith("lock"))
        assert (os.strerror(fault) in told) != harmless, "a failure is told, and told truly"
        assert_whole(folder, before, action, must=action is decide and not told)
    assert failing > (8 if action is decide else 20)


@pytest.mark.parametrize("no_links", NO_LINKS)
@pytest.mark.parametrize("action", [decide, pack])
def test_any_operation_may_be_the_last(before, action, no_links):
    script = (
        f"from tests.end_to_end.test_failing_journal import die, {action.__name__} as action\ndie(action, {no_links})"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", script, str(before)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    died = sorted(before.parent.glob("died-*"), key=lambda folder: int(folder.name.partition("-")[2]))
    assert len(died) > (8 if action is decide else 20)
    for folder in died:
        assert_whole(folder, before, action)
    counts = {len(said(folder)) - len(said(before)) for folder in died}
    assert counts == ({1, 2} if action is decide else {0}), "some ended before the decision was there, some after it"


def die(action, no_links):
    """Do something in copies of a folder, by processes of which the nth ends at its nth operation; to the last."""
    before = Path(sys.argv[1])
    journal_files.PACKED_LINES = SOME
    for last in count(1):
        folder = copied(before, f"died-{last}")
        child = os.fork()
        if not child:
            system = Operations(lambda number, last=last: number == last and os._exit(9), no_links=no_links)
            system.installed(pytest.MonkeyPatch())
            action(folder)
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
            shutil.rmtree(folder)
            return


def test_what_a_power_cut_may_take_is_on_disk_before_it_counts(before, monkeypatch):
    """A file is synced before it gets its name, the name before anybody hears of it, a pack before its lines go."""
    system = Operations(lambda number: None)
    with monkeypatch.context() as patch:
        system.installed(patch)
        decide(before)
        decided = [operation for operation, _ in system.done]
        system.done.clear()
        pack(before)
    assert decided.index("write") < decided.index("fsync") < decided.index("link")
    assert "fsync" in decided[decided.index("link") :]
    packs = [number for number, (operation, path) in enumerate(system.done) if operation == "link"]
    gone = [
        number
        for number, (operation, path) in enumerate(system.done)
        if operation == "unlink" and ".staged" not in path
    ]
    assert packs
    assert gone
    synced = [number for number, (operation, _) in enumerate(system.done) if operation == "fsync"]
    assert any(packs[0] < number < gone[0] for number in synced)
