"""store.journal: several who write at once."""

import os
import re
import subprocess
import sys

import pytest

from facecluster.store import journal_files
from tests.store.journals import SOME, names, read


@pytest.fixture(autouse=True)
def few_lines_a_pack(monkeypatch):
    """Packs of four lines instead of a thousand."""
    monkeypatch.setattr(journal_files, "PACKED_LINES", SOME)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "library" / "journal"


WRITERS = """
import json, os, sys
from pathlib import Path
from facecluster.store import journal_files
from facecluster.store.journal import Journal

folder, rounds, writers, each = Path(sys.argv[1]), *map(int, sys.argv[2:5])
journal_files.PACKED_LINES = 4

def write(name):
    journal, after = Journal(folder), 0
    seen = journal.read()
    for number in range(each):
        while True:
            try:
                journal.append({"by": name, "number": number}, seen.last)
                break
            except FileExistsError:
                seen = journal.read(seen.last)
        seen = journal.read(seen.last + 1)

def child(work):
    pid = os.fork()
    if not pid:
        try:
            os.read(gate, 1)
            work()
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    return pid

for round in range(rounds):
    gate, opener = os.pipe()
    pids = [child(lambda name=f"{round}.{writer}": write(name)) for writer in range(writers)]
    os.write(opener, b"." * writers)
    while pids:
        if each > 1:
            Journal(folder).read()
            Journal(folder).pack()
        pid, status = os.waitpid(-1, os.WNOHANG if each > 1 else 0)
        if pid:
            assert status == 0
            pids.remove(pid)
    os.close(gate), os.close(opener)
"""


def write_at_once(folder, rounds, writers, each):
    """Let processes write records at once, round after round."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-c", WRITERS, str(folder), str(rounds), str(writers), str(each)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_of_two_who_start_at_once_one_wins_each_number(folder):
    write_at_once(folder, rounds=100, writers=2, each=1)
    by = [one["by"] for one in read(folder)]
    assert sorted(by) == sorted(f"{number}.{writer}" for number in range(100) for writer in range(2))
    assert [int(name.split(".")[0]) for name in by] == [number for number in range(100) for _ in range(2)]
    assert [name for name in names(folder) if not re.fullmatch(r"\d{8}\.jsonl", name)] == []


def test_nothing_is_lost_or_there_twice_while_lines_are_packed(folder):
    write_at_once(folder, rounds=1, writers=4, each=40)
    found = read(folder)
    for writer in range(4):
        numbers = [one["number"] for one in found if one["by"] == f"0.{writer}"]
        assert numbers == list(range(40))
    assert len(found) == 160
