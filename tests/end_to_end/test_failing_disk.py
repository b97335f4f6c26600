"""A disk that is full, or fails at any one operation: a clear sentence, and nothing that a re-run does not mend."""

import errno
import os
import shutil
import subprocess
from functools import partial
from itertools import count

import pytest

from facecluster.errors import StorageError
from facecluster.pipeline.group import group_library
from facecluster.pipeline.index import index_archive
from facecluster.pipeline.worker import ShardWorker
from facecluster.settings import ClusterSettings
from facecluster.store import files
from facecluster.store.library import open_library
from tests.end_to_end.album import DEMO_ALBUM, quick_settings
from tests.end_to_end.contents import assert_same, commit_count, contents_of
from tests.pipeline.troubled import plan_for

FAULTS = [errno.ENOSPC, errno.EIO]


def silent(done, total):
    """No progress."""


# A full disk --------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 160 kB, and a function that makes it larger."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=160k", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("mounting a file system takes root")
    yield folder, lambda: subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_told_and_a_larger_one_goes_on(small_disk, archive, expected):
    disk, grow = small_disk
    library = disk / "library"
    settings = quick_settings(runner={"workers": 2}, index={"photos_per_shard": 1})
    with pytest.raises(StorageError, match="The disk is full: free some space"):
        index_archive(archive, library, settings, silent)
    assert 0 < commit_count(library) < 29
    grow()
    index_archive(archive, library, settings, silent)
    assert_same(contents_of(library), expected)


# Every operation may fail -------------------------------------------------------------------------------------------


class FaultyOs:
    """The operating system as store.files sees it; its nth operation that can fail does."""

    def __init__(self, failing, fault):
        self.failing = failing
        self.fault = fault
        self.calls = 0

    def __getattr__(self, name):
        real = getattr(os, name)
        return self.counted(real) if name in {"open", "fsync", "link", "close"} else real

    def fdopen(self, descriptor, mode):
        return FaultyFile(os.fdopen(descriptor, mode), self)

    def counted(self, function):
        def call(*arguments):
            self.calls += 1
            result = function(*arguments) if self.calls != self.failing or function is os.close else None
            if self.calls == self.failing:
                raise OSError(self.fault, os.strerror(self.fault))
            return result

        return call


class FaultyFile:
    """A file whose writes may fail."""

    def __init__(self, file, system):
        self.file = file
        self.write = system.counted(file.write)
        self.flush = system.counted(file.flush)
        self.fileno = file.fileno

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()


def fails(action, failing, fault, monkeypatch):
    """Do something with the nth operation failing; whether there were so many."""
    system = FaultyOs(failing, fault)
    with monkeypatch.context() as patch:
        patch.setattr(files, "os", system)
        try:
            action()
        except StorageError as error:
            told = str(error)
        else:
            told = ""
    assert (os.strerror(fault) in told) == (system.calls >= failing), "a failure is told, and told truly"
    return bool(told)


@pytest.fixture(scope="module")
def one_photo(tmp_path_factory):
    """An archive of one photo with two faces, a worker, and what it finds."""
    archive = tmp_path_factory.mktemp("one") / "photos"
    archive.mkdir()
    shutil.copy(DEMO_ALBUM / "collins-and-hopper.jpg", archive)
    plan = plan_for(archive, tmp_path_factory.mktemp("plan"), quick_settings())
    with ShardWorker(plan.job) as worker:
        worker.work(plan.shards[0])
        yield archive, worker, contents_of(plan.library.folder)


def work_off(worker, plan):
    worker.job, worker.library = plan.job, plan.library
    for shard in plan.shards:
        worker.work(shard)


@pytest.mark.parametrize("fault", FAULTS)
def test_any_operation_of_a_shards_commit_may_fail(fault, one_photo, tmp_path, monkeypatch):
    archive, worker, expected = one_photo
    for failing in count(1):
        folder = tmp_path / str(failing)
        plan = plan_for(archive, folder, quick_settings())
        if not fails(partial(work_off, worker, plan), failing, fault, monkeypatch):
            break
        for commit in (library := open_library(plan.library.folder)).commits():
            assert library.photos(commit).num_rows == commit.photos.rows
        work_off(worker, plan_for(archive, folder, quick_settings()))
        assert_same(contents_of(library.folder), expected)
    assert failing > 20


@pytest.mark.parametrize("fault", FAULTS)
def test_any_operation_of_a_runs_commit_may_fail(fault, one_photo, tmp_path, monkeypatch):
    archive, worker, _ = one_photo
    plan = plan_for(archive, tmp_path / "first", quick_settings())
    work_off(worker, plan)
    for failing in count(1):
        folder = shutil.copytree(plan.library.folder, tmp_path / str(failing))
        if not fails(partial(group_library, folder, ClusterSettings()), failing, fault, monkeypatch):
            break
        library = open_library(folder)
        assert all(library.clusters(number).num_rows == 2 for number in library.run_numbers())
        again = group_library(folder, ClusterSettings())
        assert (again.faces, again.alone) == (2, 2)
        assert library.clusters(again.run).num_rows == 2
        assert library.run_numbers() == [again.run]
    assert failing > 10
