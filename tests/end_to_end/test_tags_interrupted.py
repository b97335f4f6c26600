"""Whatever ends or fails while tags are written: each file is the old or the new one, and the ledger knows which."""

import ctypes
import errno
import multiprocessing
import os
import shutil
import signal
from itertools import count
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import canonicalize

import pytest

from facecluster.errors import StorageError
from facecluster.metadata.xmp.packet import read_packet
from facecluster.metadata.xmp.reading import tags_in
from facecluster.pipeline.catalogue import latest_scan
from facecluster.pipeline.tags.outcomes import Status
from facecluster.pipeline.tags.outgoing import write_tools
from facecluster.pipeline.tags.outgoing.ledger_state import ledger_of, values_owned
from facecluster.pipeline.tags.outgoing.shown import ShownPeople, Which, no_people, shown_people
from facecluster.pipeline.tags.outgoing.write_job import How, WriteJob, plan_writing
from facecluster.pipeline.tags.outgoing.write_worker import WriteWorker
from facecluster.pipeline.tags.outgoing.written import parts_of
from facecluster.store import beside
from facecluster.store.ledger import bucket_of
from tests.end_to_end.operations import Operations, Written
from tests.pipeline.tags.tagged_library import ANNA, BERTA, NAMES, ONE_WORKER, Tagged, tagged_library

FOREIGN = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>
"""

FAULTS = [errno.ENOSPC, errno.EIO, errno.EROFS]


class Killed(BaseException):
    """The process is no more."""


class Machine(Operations):
    """The operating system, with the operations that only metadata needs."""

    def installed(self, patch):
        super().installed(patch)
        real_open, real_library = Path.open, ctypes.CDLL

        def opened(path, mode="r", *more, **options):
            if mode != "xb":
                return real_open(path, mode, *more, **options)
            self.did("open", path)
            return Written(real_open(path, mode), self)

        class Library:
            def __init__(self, *_, **__):
                real = real_library(None, use_errno=True)
                self.renameat2 = lambda *given: machine.did("renameat2", given[1]) or real.renameat2(*given)

        machine = self
        patch.setattr(Path, "open", opened)
        patch.setattr(beside.ctypes, "CDLL", Library)

    def did(self, name, what):
        self.done.append((name, str(what)))
        self.happen(len(self.done))


class Scene(NamedTuple):
    """A library and its archive as they were before, and the work to be done."""

    tagged: Tagged
    kept: Path  # the archive and the ledger as they were
    job: WriteJob
    shown: ShownPeople
    old: dict[str, bytes]
    new: dict[str, bytes]  # what an undisturbed run makes of it

    def restore(self):
        """All as it was before."""
        for folder in (self.tagged.archive, self.tagged.library.folder / "ledger"):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(self.kept / folder.name, folder)
        parts_of(self.tagged.library).clear()

    def write(self, shown=None):
        """Plan and do the work; rows of what became of it."""
        parts_of(self.tagged.library).clear()
        shown = shown or self.shown
        job = self.job if len(shown.table) else self.job.__class__(**{**vars(self.job), "reverting": True})
        with WriteWorker(job) as worker:
            for shard in plan_writing(job, self.tagged.library, shown):
                worker.work(shard)
        return [row for table in parts_of(self.tagged.library).tables() for row in table.to_pylist()]

    def files(self):
        """What is in the archive, but for what is still being written."""
        files = (path for path in self.tagged.archive.rglob("*") if path.is_file())
        return {path.name: path.read_bytes() for path in files if not path.name.startswith(".staged-")}

    def assert_agrees(self):
        """Every file is old or new, and what the ledger says is ours stands in it."""
        files = self.files()
        ledger = ledger_of(self.tagged.library, self.tagged.archive)
        owned = {}
        for number in ledger.numbers():
            owned |= ledger.bucket(number).owned()
        for name in self.old.keys() | self.new.keys():
            assert files.get(name) in {self.old.get(name), self.new.get(name)}
            if name.endswith(".xmp"):
                stand = _names(files[name]) if name in files else set()
                assert {shown.name for shown in values_owned(owned.get(name)).regions} == stand
        assert set(files) <= self.old.keys() | self.new.keys()


def _names(data):
    return {tag.name for tag in tags_in(read_packet(data)) if tag.box}


@pytest.fixture
def scene(tmp_path, kept_exiftool, monkeypatch):
    """A file to be made, one to be added to, one to be changed, one to be removed, and one to be left alone."""
    monkeypatch.setattr(write_tools, "ExifTool", lambda: kept_exiftool)
    photos = [f"a.{word}.jpg" for word in ("made", "added", "changed", "removed", "left")]  # of one bucket
    assert len({bucket_of(path) for path in photos}) == 1
    tagged = tagged_library(tmp_path, photos)
    made, added, changed, removed, left = photos
    (tagged.archive / f"{added}.xmp").write_bytes(FOREIGN)
    tagged.name(ANNA, changed, removed, left)
    job = WriteJob(tagged.archive, tagged.library.folder, 1, "tags", ONE_WORKER, How(), reverting=False)
    scene = Scene(tagged, tmp_path / "kept", job, shown(tagged), {}, {})
    scene.write()
    scene = scene._replace(old=scene.files())
    for folder in (tagged.archive, tagged.library.folder / "ledger"):
        shutil.copytree(folder, scene.kept / folder.name)
    tagged.name(ANNA, made, added)
    tagged.name(BERTA, changed, removed, name=NAMES[BERTA])
    tagged.unname(ANNA, removed)
    tagged.unname(BERTA, removed)
    scene = scene._replace(shown=shown(tagged))
    rows = scene.write()
    assert sorted(row["status"] for row in rows) == ["removed", "unchanged", "written", "written", "written"]
    return scene._replace(new=scene.files())


@pytest.fixture
def many(tmp_path, kept_exiftool, monkeypatch):
    """Two hundred photos without sidecars."""
    monkeypatch.setattr(write_tools, "ExifTool", lambda: kept_exiftool)
    photos = [f"a.{number}.jpg" for number in range(200)]
    tagged = tagged_library(tmp_path, photos)
    tagged.name(ANNA, *photos)
    job = WriteJob(tagged.archive, tagged.library.folder, 1, "tags", ONE_WORKER, How(), reverting=False)
    (tagged.library.folder / "ledger").mkdir()
    for folder in (tagged.archive, tagged.library.folder / "ledger"):
        shutil.copytree(folder, tmp_path / "kept" / folder.name)
    scene = Scene(tagged, tmp_path / "kept", job, shown(tagged), {}, {})
    scene = scene._replace(old=scene.files())
    scene.write()
    return scene._replace(new=scene.files())


def shown(tagged):
    return shown_people(tagged.library, latest_scan(tagged.library), Which())


def disturbed(scene, happen, monkeypatch):
    """Do the work while something happens; the operations that were done, and how it ended."""
    scene.restore()
    machine, ended = Machine(happen), None
    with monkeypatch.context() as patch:
        machine.installed(patch)
        try:
            rows = scene.write()
        except (Killed, StorageError) as error:
            ended, rows = error, []
    return machine.done, ended, rows


def assert_mended(scene):
    """The same command again does the rest."""
    scene.assert_agrees()
    rows = scene.write()
    assert not [row for row in rows if row["status"] == Status.FAILED]
    assert scene.files() == scene.new
    scene.assert_agrees()


def test_it_may_be_killed_at_any_operation(scene, monkeypatch):
    for last in count(1):

        def happen(done, last=last):
            if done >= last:
                raise Killed

        _, ended, _ = disturbed(scene, happen, monkeypatch)
        if ended is None:
            break
        assert_mended(scene)
    assert last > 60


def test_any_operation_may_fail(scene, monkeypatch):
    for failing in count(1):
        fault = FAULTS[failing % len(FAULTS)]

        def happen(done, failing=failing, fault=fault):
            if done == failing:
                raise OSError(fault, os.strerror(fault))

        done, _, rows = disturbed(scene, happen, monkeypatch)
        if len(done) < failing:
            break
        assert all(os.strerror(fault) in row["reason"] for row in rows if row["status"] == Status.FAILED)
        assert_mended(scene)
    assert failing > 60


def killed_at(last, job, shards):
    """The life of a process that is killed at an operation."""

    def happen(done):
        if done >= last:
            os.kill(os.getpid(), signal.SIGKILL)

    Machine(happen).installed(pytest.MonkeyPatch())
    with WriteWorker(job) as worker:
        for shard in shards:
            worker.work(shard)


def test_a_process_may_be_killed_again_and_again(many):
    context = multiprocessing.get_context("forkserver")  # loads all of it once, not for every process
    context.set_forkserver_preload([__name__])
    many.restore()
    finished = []
    for last in (5, 250, 250, 250, 20):
        process = context.Process(
            target=killed_at, args=(last, many.job, plan_writing(many.job, many.tagged.library, many.shown))
        )
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        many.assert_agrees()
        finished.append(len(many.files()) - len(many.old))
    assert finished == sorted(finished)
    assert 0 < finished[1] < finished[-1] < 200, "each goes on where the one before was killed"
    assert_mended(many)
    many.write(no_people())
    assert many.files() == many.old


def test_all_is_taken_back_after_a_kill(scene, monkeypatch):
    def happen(done):
        if done >= 40:
            raise Killed

    _, ended, _ = disturbed(scene, happen, monkeypatch)
    assert ended
    scene.write(no_people())
    left = scene.files()
    assert canonicalize(left.pop("a.added.jpg.xmp").decode()) == canonicalize(FOREIGN.decode())
    assert left == {name: data for name, data in scene.old.items() if name.endswith(".jpg")}
