"""Whatever happens to a library, the fold of its journal says what the plain model says of what people decided."""

import contextlib
import itertools
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from facecluster.people.decisions import who_is_who
from facecluster.people.records import from_record, to_record
from facecluster.people.statements import Undo
from facecluster.store.journal import Journal
from tests.people.naive import told, told_naively
from tests.people.world import FACES, MEANING, MODELS, PHOTOS, decision, id_of, sayings, statement

EXAMPLES, STEPS = 130, 50  # an example may end early
MIN_STEPS = 5000
PACKED_LINES = 4  # so that short journals are packed, too
OPERATIONS = ("open", "fsync", "link", "unlink")
MAX_OPERATIONS = 9  # of one decision: none fails where fewer come

writers = st.integers(0, 1)
photos = st.integers(0, PHOTOS - 1)


class PowerCut(BaseException):
    """Nothing after it is done, no clearing up either."""


@contextlib.contextmanager
def power_cut_at(operation):
    """The so-manyeth operation on files does not happen, nor any after it; the first is 0."""
    done = itertools.count()

    def until_then(real):
        def call(*arguments, **options):
            if next(done) >= operation:
                raise PowerCut
            return real(*arguments, **options)

        return call

    with contextlib.ExitStack() as patches, contextlib.suppress(PowerCut):
        for name in OPERATIONS:
            patches.enter_context(patch.object(os, name, until_then(getattr(os, name))))
        yield


class LibraryOfPeople(RuleBasedStateMachine):
    """Two writers, a reader, photos that come and go, models that follow each other, and power cuts."""

    steps = 0  # of all examples

    def __init__(self):
        super().__init__()
        self.home = tempfile.TemporaryDirectory()
        self.folder = Path(self.home.name) / "journal"
        self.said = []  # what the journal has to hold
        self.made = 0  # decisions, those lost in a power cut too
        self.photos, self.order, self.left_out, self.model = {0}, FACES, set(), 0
        self.restart()

    def teardown(self):
        self.home.cleanup()

    def there(self):
        faces = (face for face in self.order if face[0] in self.photos and face not in self.left_out)
        return [id_of(face, self.model) for face in faces]

    def read(self):
        """What the reader, who knows what it has read so far, finds in the journal."""
        read = self.reader.read(self.last)
        self.found += [from_record(entry.record) for entry in read.entries]
        self.last = read.last
        return self.found

    def make(self, *said):
        self.made += 1
        return decision(self.made, *said)

    def write(self, writer, made):
        """One writer's decision; where the other was faster, after reading what that said."""
        journal, after = self.writers[writer]
        try:
            number = journal.append(to_record(made), after).number
        except FileExistsError:
            assert after < self.last
            number = journal.append(to_record(made), journal.read(after).last).number
        self.writers[writer] = journal, number

    # what people do --------------------------------------------------------------------------------------------------

    @rule(planned=sayings, writer=writers)
    def decide(self, planned, writer):
        made = self.make(*map(statement, planned))
        self.write(writer, made)
        self.said.append(made)

    @rule(which=st.integers(0, 999), writer=writers)
    def undo(self, which, writer):
        if self.said:
            made = self.make(Undo(self.said[which % len(self.said)].id))
            self.write(writer, made)
            self.said.append(made)

    # what happens to the photos --------------------------------------------------------------------------------------

    @rule(order=st.permutations(FACES), left_out=st.sets(st.sampled_from(FACES), max_size=2))
    def group_anew(self, order, left_out):
        self.order, self.left_out = order, left_out

    @rule(photo=photos)
    def add_photo(self, photo):
        self.photos.add(photo)

    @rule(photo=photos)
    def remove_photo(self, photo):
        self.photos.discard(photo)

    @rule(model=st.integers(0, MODELS - 1))
    def change_model(self, model):
        self.model = model

    # what happens to the journal -------------------------------------------------------------------------------------

    @rule()
    def restart(self):
        self.writers = [(Journal(self.folder), len(self.said) and self.last) for _ in range(2)]
        self.reader, self.found, self.last = Journal(self.folder), [], 0

    @rule(planned=sayings, writer=writers, operation=st.integers(0, MAX_OPERATIONS))
    def lose_power(self, planned, writer, operation):
        made = self.make(*map(statement, planned))
        with power_cut_at(operation):
            self.write(writer, made)
        self.restart()
        if self.read() != self.said:  # the decision was there before the power went
            self.said.append(made)

    @rule()
    def tear_a_line(self):
        self.folder.mkdir(exist_ok=True)
        (self.folder / f"{self.last + 1:08d}.jsonl").write_bytes(b'{"number": ')

    @rule()
    def pack(self):
        journal, _ = self.writers[0]
        journal.pack()

    # what holds ------------------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost(self):
        assert self.read() == self.said

    @invariant()
    def who_is_who_is_the_plain_model(self):
        there = self.there()
        assert told(who_is_who(self.found, there), there) == told_naively(self.said, MEANING.__getitem__, there)
        LibraryOfPeople.steps += 1


@pytest.mark.slow
def test_after_any_steps_the_fold_of_the_journal_is_the_plain_model(monkeypatch):
    monkeypatch.setattr("facecluster.store.journal_files.PACKED_LINES", PACKED_LINES)
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)  # the power is not really cut, and disks are slow
    LibraryOfPeople.steps = 0
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    often = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=quiet)
    run_state_machine_as_test(LibraryOfPeople, settings=often)
    assert LibraryOfPeople.steps >= MIN_STEPS
