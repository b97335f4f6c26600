"""pipeline.spreading: names spread in a process of their own, which leaves nothing behind, however things end."""

import os
import subprocess
import sys
import textwrap
import threading
import time

import psutil
import pytest

from facecluster.errors import LibraryError
from facecluster.people.statements import Name
from facecluster.pipeline.propagate import propagate_names
from facecluster.pipeline.review import spreading as spreading_module
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.review.spreading import LastSpread, Spreading
from facecluster.settings import NamesSettings
from tests.pipeline.asked_library import tell
from tests.pipeline.made_up_library import grouped

ADA, BO = "a" * 12, "b" * 12


@pytest.fixture
def named(tmp_path):
    """A grouped library of people with 8, 6 and 1 faces, of whom two have a name, and its faces."""
    library, ids, people = grouped(tmp_path, (8, 6, 1))
    tell(library, Name(ADA, tuple(ids[people == 0][:2]), "Ada"))
    tell(library, Name(BO, tuple(ids[people == 1][:2]), "Bo"))
    return library


@pytest.fixture
def spreading_of(monkeypatch):
    """Spreads the names of libraries, and looks often; in the end, nothing is left of it."""
    monkeypatch.setattr(spreading_module, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(spreading_module, "IN_USE_SECONDS", 0.02)
    opened, before = [], set(psutil.Process().children())

    def open_one(library):
        opened.append(Spreading(Live(library)))
        return opened[-1]

    yield open_one
    for spreading in opened:
        spreading.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("facecluster-spreading")]
    assert set(psutil.Process().children()) <= before


def until(is_so, seconds=60):
    """Wait for what another thread or process does."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


def settled(spreading):
    """How it stands once nothing is under way."""
    until(lambda: spreading.state().status not in {"running", "waiting"})
    return spreading.state()


def test_nothing_happens_until_somebody_asks_or_enough_was_decided(named, spreading_of):
    state = spreading_of(named).state()
    assert (state.status, state.since, state.error, state.last, state.behind) == ("idle", None, None, None, 2)
    assert named.names_numbers() == []


def test_names_spread_when_somebody_asks_as_on_the_command_line(named, spreading_of):
    propagate_names(named.folder, NamesSettings(precision=0.9))
    tell(named, Name(ADA, (), "Ada B."))
    spreading = spreading_of(named)
    assert (spreading.state().behind, spreading._live.now().state.names) == (1, 1)
    spreading.ask()
    assert spreading.state().status == "running"
    state = settled(spreading)
    assert (state.status, state.error, state.behind) == ("idle", None, 0)
    assert named.names_numbers() == [1, 2]
    record = named.names_record(2)
    assert record["settings"] == {"precision": 0.9}  # as sure as they were asked to be
    assert state.last == LastSpread(record["created_at"], record["automatic"], record["proposed"])
    assert record["automatic"] + record["proposed"] == 10
    moment = spreading._live.now()
    assert (moment.state.names, (moment.people.faces["person"] >= 0).sum()) == (2, 14)
    assert not propagate_names(named.folder, NamesSettings(precision=0.9)).fresh


def test_names_spread_by_themselves_once_enough_was_decided(named, spreading_of, monkeypatch):
    monkeypatch.setattr(spreading_module, "ENOUGH_DECISIONS", 3)
    spreading = spreading_of(named)
    assert named.names_numbers() == []
    tell(named, Name(ADA, (), "Ada B."))
    until(lambda: spreading.state().last)
    assert spreading.state().behind == 0


def test_they_rest_before_they_spread_again_unless_somebody_asks(named, spreading_of, monkeypatch):
    monkeypatch.setattr(spreading_module, "ENOUGH_DECISIONS", 1)
    monkeypatch.setattr(spreading_module, "REST", 10**6)
    spreading = spreading_of(named)
    until(lambda: spreading.state().last and spreading.state().status == "idle")
    tell(named, Name(ADA, (), "Ada B."))
    assert not spreading._is_due()
    assert settled(spreading).behind == 1
    spreading.ask()
    until(lambda: not spreading.state().behind)


def test_a_library_that_is_in_use_is_waited_for(named, spreading_of):
    spreading = spreading_of(named)
    with named.locked():
        spreading.ask()
        until(lambda: spreading.state().status == "waiting")
        assert spreading.state().error is None
    assert settled(spreading).last


def test_a_process_that_is_killed_is_told_of_and_may_be_tried_again(named, spreading_of):
    spreading = spreading_of(named)
    spreading.ask()
    until(lambda: spreading._child)
    spreading._child.kill()
    state = settled(spreading)
    assert (state.status, state.last, state.behind) == ("failed", None, 2)
    assert "SIGKILL" in state.error
    spreading.ask()
    assert (spreading.state().status, spreading.state().error) == ("running", None)
    assert settled(spreading).status == "idle"


def test_what_failed_is_not_tried_again_until_more_was_decided(named, spreading_of, monkeypatch):
    monkeypatch.setattr(spreading_module, "ENOUGH_DECISIONS", 2)
    monkeypatch.setattr(spreading_module, "REST", 0.0)
    (named.folder / "names").write_bytes(b"in the way")
    spreading = spreading_of(named)
    until(lambda: spreading.state().status == "failed")
    assert "names" in spreading.state().error
    assert str(named.folder) not in spreading.state().error
    tell(named, Name(ADA, (), "Ada B."))
    assert not spreading._is_due()
    tell(named, Name(ADA, (), "Ada C."))
    assert spreading._is_due() or spreading.state().status == "running"


def test_a_full_disk_is_told(named, spreading_of, monkeypatch):
    spreading = spreading_of(named)
    monkeypatch.setattr(
        spreading_module, "_child", lambda *arguments: python(FULL_DISK, *arguments, stdin=subprocess.PIPE)
    )
    spreading.ask()
    state = settled(spreading)
    assert (state.status, state.last) == ("failed", None)
    assert "The disk is full" in state.error


def test_where_no_process_can_be_started_that_is_told(named, spreading_of, monkeypatch):
    def no_more(*_args):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(spreading_module, "_child", no_more)
    spreading = spreading_of(named)
    spreading.ask()
    assert "No process can be started: Resource temporarily unavailable." in settled(spreading).error


def test_a_damaged_library_is_told_to_who_asks_how_it_stands(named, spreading_of):
    propagate_names(named.folder, NamesSettings())
    spreading = spreading_of(named)
    (named.folder / "names" / "000001" / "names.json").write_bytes(b"{")
    with pytest.raises(LibraryError, match="is damaged"):
        spreading.state()


def test_the_end_breaks_off_what_is_under_way(named, spreading_of):
    spreading = spreading_of(named)
    spreading.ask()
    until(lambda: spreading._child)
    child = psutil.Process(spreading._child.pid)
    until(lambda: child.nice() > psutil.Process().nice())
    spreading.close()
    assert not child.is_running()
    assert named.names_numbers() == []
    spreading.close()  # once more does no harm


def python(script, *arguments, **options):
    """A process that runs a script; its standard output is a pipe."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, **options)


FULL_DISK = """
    import errno, os, sys
    from facecluster.pipeline.review.spreading_child import main

    def no_space(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    os.fsync = no_space
    main(*sys.argv[1:])
"""

SERVER = """
    import sys, threading
    from pathlib import Path
    from facecluster.pipeline.review.live import Live
    from facecluster.pipeline.review.spreading import Spreading
    from facecluster.store.library import open_library
    spreading = Spreading(Live(open_library(Path(sys.argv[1]))))
    spreading.ask()
    while not spreading._child:
        threading.Event().wait(0.001)
    print(spreading._child.pid, flush=True)
    threading.Event().wait()
"""


def test_the_process_ends_with_its_server_however_that_ends(named):
    with python(SERVER, str(named.folder)) as server:
        child = psutil.Process(int(server.stdout.readline()))
        server.kill()
        server.wait()
        until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
    with named.locked():
        assert named.names_numbers() in ([], [1])  # whole or not at all
