"""Whatever happens to a library, the fold of its journal says what the plain model says of what people decided."""

import contextlib
import itertools
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from facecluster.people.decisions import who_is_who
from facecluster.people.records import from_record, to_record
from facecluster.people.stand_ins import heirs_in
from facecluster.people.statements import Undo
from facecluster.schemas import HEIRS
from facecluster.store.journal import Journal
from tests.people.naive import told, told_naively
from tests.people.world import (
    FACES,
    MEANING,
    MODELS,
    PHOTOS,
    decision,
    first_version,
    id_of,
    in_version,
    sayings,
    statement,
)

EXAMPLES, STEPS = 130, 50  # an example may end early
MIN_STEPS = 5000
PACKED_LINES = 4  # so that short journals are packed, too
OPERATIONS = ("open", "fsync", "link", "unlink")
MAX_OPERATIONS = 9  # of one decision: none fails where fewer come

writers = st.integers(0, 1)
photos = st.integers(0, PHOTOS - 1)
versions = st.integers(0, 2)


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
        self.version = dict.fromkeys(range(PHOTOS), 0)
        self.heirs = []  # pairs of ids
        self.same = {}  # versions of a photo that are one picture, by photo and version; itself, if it is not here
        self.restart()

    def teardown(self):
        self.home.cleanup()

    def there(self):
        faces = (face for face in self.order if face[0] in self.photos and face not in self.left_out)
        return [in_version(id_of(face, self.model), self.version[face[0]]) for face in faces]

    def as_now(self, field):
        """A part of a plan, its faces by the ids that they have in the photos as they are."""
        if isinstance(field, tuple):
            return tuple(map(self.as_now, field))
        return in_version(field, self.version[MEANING[field][0]]) if field in MEANING else field

    def meaning(self, face_id):
        """The face that an id means: the same in all versions of one picture."""
        first, version = first_version(face_id)
        face = MEANING[first]
        return face, min(self.same.get((face[0], version), {version}))

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
        made = self.make(*map(statement, map(self.as_now, planned)))
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

    @rule(photo=photos, version=versions)
    def save_again(self, photo, version):
        before, self.version[photo] = self.version[photo], version
        theirs = [id_of(face, self.model) for face in FACES if face[0] == photo]
        self.heirs += [(in_version(face, before), in_version(face, version)) for face in theirs]
        one = self.same.get((photo, before), {before}) | self.same.get((photo, version), {version})
        self.same |= {(photo, member): one for member in one}

    @rule(photo=photos, version=versions)
    def replace_by_another_picture(self, photo, version):
        self.version[photo] = version

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
        columns = [*map(list, zip(*self.heirs, strict=True))] or [[], []]
        heirs = heirs_in(pa.table([*columns, [1.0] * len(self.heirs)], HEIRS))
        assert told(who_is_who(self.found, there, heirs), there) == told_naively(self.said, self.meaning, there)
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
