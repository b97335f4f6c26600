"""store.journal_files, by the journal: many small files become one, and nobody notices."""

from threading import Thread

import pytest

from facecluster.store import journal_files
from facecluster.store.files import held
from facecluster.store.journal import Journal
from tests.store.journals import SOME, loose, names, read, record, written


@pytest.fixture(autouse=True)
def few_lines_a_pack(monkeypatch):
    """Packs of four lines instead of a thousand."""
    monkeypatch.setattr(journal_files, "PACKED_LINES", SOME)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "library" / "journal"


@pytest.mark.parametrize(
    ("count", "packs", "left"),
    [(0, [], 0), (4, [], 4), (5, ["1-4"], 1), (8, ["1-4"], 4), (9, ["1-4", "5-8"], 1), (14, ["1-4", "5-8", "9-12"], 2)],
)
def test_packs_hold_the_same_lines(folder, count, packs, left):
    journal = written(folder, count)
    before = b"".join((folder / name).read_bytes() for name in names(folder)) if count else b""
    journal.pack()
    expected = ["-".join(f"{int(end):08d}" for end in pack.split("-")) + ".jsonl" for pack in packs]
    if count:
        assert names(folder) == sorted([*expected, *(loose(number) for number in range(count - left + 1, count + 1))])
        assert b"".join((folder / name).read_bytes() for name in names(folder)) == before
    assert read(folder) == [record(number + 1) for number in range(count)]
    journal.append(record(count + 1), journal.read(count).last)
    assert read(folder)[count:] == [record(count + 1)]


def test_damaged_lines_stay_out_of_packs(folder):
    for number in (3, 4, 7):
        written(folder, number)
        path = folder / loose(number)
        path.write_bytes(path.read_bytes()[:-1])
    written(folder, 11)
    before = Journal(folder).read()
    Journal(folder).pack()
    packs = ["00000001-00000002.jsonl", "00000005-00000006.jsonl", "00000008-00000008.jsonl"]
    assert names(folder) == sorted([*packs, *map(loose, (3, 4, 7, 9, 10, 11))])
    assert Journal(folder).read() == before
    for number in range(11, 30):
        Journal(folder).append(record(number + 1), number)
        Journal(folder).pack()
    after = Journal(folder).read()
    assert (after.entries[:8], after.damage, after.last) == (before.entries, before.damage, 30)


def test_whoever_is_behind_a_pack_reads_on(folder):
    behind = Journal(folder)
    written(folder, 2)
    behind.read()
    written(folder, 11).pack()
    assert [entry.number for entry in behind.read(2).entries] == list(range(3, 12))
    assert behind.append(record(12), 11).number == 12


def test_whoever_writes_a_number_that_a_pack_has_taken_is_told(folder):
    late, third = Journal(folder), Journal(folder)
    written(folder, 2)
    late.read()
    third.read()
    written(folder, 11).pack()
    before = names(folder)
    assert loose(3) not in before, "its name is free"
    with pytest.raises(FileExistsError):
        late.append({"say": "too late"}, 2)
    assert names(folder) == before
    assert [entry.number for entry in third.read(2).entries] == list(range(3, 12))
    assert [entry.number for entry in late.read(2).entries] == list(range(3, 12))
    assert late.append(record(12), 11).number == 12


def test_nobody_packs_while_somebody_writes_nor_the_other_way_round(folder):
    journal = written(folder, 9)
    before = names(folder)
    with held(folder / "lock", alone=False):
        journal.pack()
        assert names(folder) == before
        journal.append(record(10), 9)
    with held(folder / "lock", alone=True):
        journal.pack()
        writer = Thread(target=journal.append, args=(record(11), 10))
        writer.start()
        assert journal.read(10) == ([], (), 10)
        assert names(folder) == [*before, loose(10)]
    writer.join()
    journal.pack()
    assert names(folder)[2:] == [loose(9), loose(10), loose(11)]
    assert read(folder) == [record(number + 1) for number in range(11)]


def test_whoever_listed_before_a_pack_was_made_lists_again(folder, monkeypatch):
    written(folder, 11)
    reader, real = Journal(folder), journal_files.read_file

    def packed_meanwhile(path):
        if path.name == loose(2):
            monkeypatch.setattr(journal_files, "read_file", real)
            Journal(folder).pack()
        return real(path)

    monkeypatch.setattr(journal_files, "read_file", packed_meanwhile)
    assert [entry.number for entry in reader.read().entries] == list(range(1, 12))
    assert loose(2) not in names(folder)


def test_a_listing_that_misses_a_file_is_made_again(folder, monkeypatch):
    written(folder, 5)
    reader, real, listings = Journal(folder), journal_files.file_names, []

    def moment(path):
        """The folder as it is listed while the second file is made."""
        listings.append(path)
        return [name for name in real(path) if len(listings) > 2 or name != loose(2)]

    monkeypatch.setattr(journal_files, "file_names", moment)
    assert len(reader.read().entries) == 5


def test_what_was_never_finished_is_swept(folder):
    journal = written(folder, 1)
    staged = folder / ".staged-1"
    staged.write_bytes(b"")
    journal.sweep(staged.stat().st_mtime - 1)
    assert staged.exists()
    journal.sweep(staged.stat().st_mtime + 1)
    assert names(folder) == [loose(1)]
