"""Any operation of a run, of names or of a choice among runs may fail or be the last: the old counts, or the new."""

import os
import shutil
from itertools import count
from pathlib import Path

import pytest

from facecluster.errors import StorageError
from facecluster.people.statements import Name, Reject
from facecluster.pipeline.group import group_library
from facecluster.pipeline.journal import decide, decisions_of
from facecluster.pipeline.people import people_of
from facecluster.pipeline.propagate import propagate_names
from facecluster.pipeline.runs import diff, list_runs, prune, roll_back
from facecluster.pipeline.status import library_status
from facecluster.settings import ClusterSettings, NamesSettings
from facecluster.store import library as store
from facecluster.store.library import open_library
from tests.end_to_end.operations import FAULTS, Operations
from tests.pipeline.made_up_library import face_ids, made_up_library

PEOPLE = [8, 6, 5, 4, 3, 2, 1, 1]
NEW = 2  # faces that come after the first runs
ANNA, BERTA = "a" * 12, "b" * 12


def warm(folder):
    """A few new faces, grouped in the light of decisions."""
    assert group_library(folder, ClusterSettings()).kind == "warm"


def full(folder):
    assert group_library(folder, ClusterSettings(), full=True).kind == "full"


def names(folder):
    """The third table of names, which drops the first."""
    propagate_names(folder, NamesSettings())


def back(folder):
    roll_back(open_library(folder), 1)


def pruned(folder):
    prune(open_library(folder), 1)


ACTIONS = [warm, full, names, back, pruned]


@pytest.fixture(scope="module")
def libraries(tmp_path_factory):
    """The folders of a library with a run and two tables of names that has grown since, and of one with three runs."""
    library, people = made_up_library(tmp_path_factory.mktemp("runs"), PEOPLE)
    ids, scan = face_ids(len(people)), library.latest_scan()
    listing = library.listing(scan)
    library.add_scan(listing.slice(NEW), scan.archive, scan.fingerprint, scan.listed_at)
    group_library(library.folder, ClusterSettings())
    for statements in (
        [Name(ANNA, (ids[3],), "Anna"), Reject(ANNA, (ids[4],))],
        [Name(BERTA, (ids[8], ids[14]), "Berta")],
    ):
        decide(library, lambda _, statements=statements: statements, "me")
        propagate_names(library.folder, NamesSettings())
    library.add_scan(listing, scan.archive, scan.fingerprint, scan.listed_at)
    grown = library.folder
    several = shutil.copytree(grown, grown.with_name("several"))
    for action in (warm, full):
        action(several)
    return {action: several if action in (back, pruned) else grown for action in ACTIONS}


class Told:
    """What a library holds; whatever is half there cannot be read."""

    def __init__(self, folder):
        library = open_library(folder)
        self.runs = {run: library.clusters(run) for run in library.run_numbers()}
        for run in self.runs:
            library.check_run(run)
        self.choice = library.current_run()
        self.current = self.runs[self.choice]
        self.tree = library.tree(self.choice)
        self.names = {number: library.names(number) for number in library.names_numbers()}
        self.newest_names = list(self.names.values())[-1]
        self.decisions = decisions_of(library)

    def same(self, other):
        """Whether clusters, their numbers, names and how many runs there are, are the same."""
        return len(self.runs) == len(other.runs) and all(
            getattr(self, name).equals(getattr(other, name)) for name in ("current", "tree", "newest_names")
        )

    @property
    def state(self):
        return (*self.runs, "current", self.choice, "names", *self.names)


def everybody_reads(folder):
    """What people are shown of a library."""
    library = open_library(folder)
    assert library_status(library)["people"]["named"] == 2
    assert {"Anna", "Berta"} <= set(people_of(library).names_of_faces())
    assert [row.current for row in list_runs(library)].count(True) == 1
    for run in library.run_numbers():
        diff(library, library.current_run(), run)


@pytest.fixture(scope="module")
def undisturbed(libraries):
    """What the libraries tell before each action, and after it."""
    told = {}
    for action, folder in libraries.items():
        copy = shutil.copytree(folder, folder.with_name(f"{folder.name}-{action.__name__}"))
        action(copy)
        told[action] = Told(folder), Told(copy)
        assert not told[action][0].same(told[action][1])
    return told


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("disaster", [*FAULTS, "crash"])
def test_any_operation_may_fail_or_be_the_last(disaster, action, libraries, undisturbed, tmp_path, monkeypatch):
    before, after = undisturbed[action]
    seen = set()
    for failing in count(1):
        folder = shutil.copytree(libraries[action], tmp_path / str(failing))
        done, operations = ended(action, folder, failing, disaster, monkeypatch)
        if operations < failing:
            break
        now = Told(folder)
        assert now.decisions == before.decisions
        assert any(now.current.equals(either.current) for either in (before, after))
        assert any(now.newest_names.equals(either.newest_names) for either in (before, after))
        assert now.runs.keys() <= {*before.runs, *after.runs}
        assert now.same(after) or not done
        if now.state not in seen:
            everybody_reads(folder)
        seen.add(now.state)
        action(folder)
        again = Told(folder)
        assert again.decisions == before.decisions
        assert again.same(after)
    assert failing > 10
    assert before.state in seen
    assert len(seen) > 1, "some ended before it counted, some after"


class Died(BaseException):
    """The process is no more."""


def ended(action, folder, failing, disaster, monkeypatch):
    """Do something with the nth operation failing, or the last that has an effect.

    Whether nothing was told of it, and how many operations there were.
    """

    def happen(number):
        if disaster == "crash" and number >= failing:
            raise Died("killed")
        if number == failing:
            raise OSError(disaster, os.strerror(disaster))

    system = Operations(happen)
    with monkeypatch.context() as patch:
        system.installed(patch)
        try:
            action(folder)
            told = ""
        except (StorageError, Died) as error:
            told = str(error)
    assert not told or disaster == "crash" or os.strerror(disaster) in told, "a failure is told, and told truly"
    return not told, len(system.done)


RECORDS = {warm: "runs", full: "runs", names: "names", back: "current"}


@pytest.mark.parametrize("action", RECORDS)
def test_what_a_power_cut_may_take_is_on_disk_before_it_counts(action, libraries, tmp_path, monkeypatch):
    """A file is synced before it gets its name, and its name and the tables' before anybody hears of the record."""
    folder = shutil.copytree(libraries[action], tmp_path / "library")
    system = Operations(lambda number: None)
    with monkeypatch.context() as patch:
        system.installed(patch)
        action(folder)
    done = [(name, Path(path)) for name, path in system.done if path.startswith(str(folder / RECORDS[action]))]
    links = [place for place, (name, _) in enumerate(done) if name == "link"]
    assert len(links) == {"runs": 4, "names": 2, "current": 1}[RECORDS[action]]
    for link in links:
        assert ("fsync", done[link][1]) in done[:link]
    ends = [*links[-2:-1], links[-1]]  # the last of the tables, and the record
    for end, following in zip(ends, [*ends[1:], len(done)], strict=True):
        assert ("fsync", done[end][1].parent) in done[end:following]


@pytest.mark.parametrize("action", ACTIONS)
def test_what_a_crash_leaves_is_swept(action, libraries, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "GARBAGE_SECONDS", -1)
    folder = shutil.copytree(libraries[action], tmp_path / "library")
    for failing in count(1):
        _, operations = ended(action, folder, failing, "crash", monkeypatch)
        if operations < failing:
            break
    assert list(folder.rglob(".staged-*")) or action is pruned
    open_library(folder).sweep()
    assert list(folder.rglob(".staged-*")) == []
