import json
import stat
import time
from itertools import islice

import pytest

from facecluster.errors import LibraryError, StorageError
from facecluster.store import journal_files
from facecluster.store.journal import Journal
from facecluster.store.journal_line import Line, digest, line_to_bytes
from tests.store.journals import SOME, loose, names, read, record, written


@pytest.fixture(autouse=True)
def few_lines_a_pack(monkeypatch):
    """Packs of four lines instead of a thousand."""
    monkeypatch.setattr(journal_files, "PACKED_LINES", SOME)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "library" / "journal"


# One writer ----------------------------------------------------------------------------------------------------------


def test_a_journal_that_is_not_there_is_empty(folder):
    assert Journal(folder).read() == ([], (), 0)
    assert Journal(folder).read(5) == ([], (), 0)
    Journal(folder).pack()
    Journal(folder).sweep(time.time())
    assert not folder.exists()


@pytest.mark.parametrize("count", [1, 2, 9])
def test_what_is_written_is_read(folder, count):
    written(folder, count)
    assert read(folder) == [record(number + 1) for number in range(count)]
    assert names(folder) == [loose(number + 1) for number in range(count)]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_each_line_names_the_one_before_it(folder):
    written(folder, 3)
    lines = [(folder / loose(number)).read_bytes() for number in (1, 2, 3)]
    assert [json.loads(line)["previous"] for line in lines] == ["", digest(lines[0]), digest(lines[1])]


def test_only_what_is_new_is_read_again(folder, monkeypatch):
    journal = written(folder, 20)
    other = Journal(folder)
    assert len(other.read().entries) == 20
    opened = []
    real = journal_files.read_file
    monkeypatch.setattr(journal_files, "read_file", lambda path: opened.append(path.name) or real(path))
    assert other.read(20) == ([], (), 20)
    journal.append(record(21), 20)
    assert other.read(20).entries == [(21, record(21))]
    assert set(opened) <= {loose(19), loose(20), loose(21), loose(22)}
    other.append(record(22), 21)
    assert set(opened) <= {loose(19), loose(20), loose(21), loose(22)}


def test_what_follows_any_number_can_be_read(folder):
    journal = written(folder, 6)
    for after in (3, 0, 6, 5, 7, 6):
        assert [entry.number for entry in journal.read(after).entries] == list(range(after + 1, 7))


def test_a_record_must_follow_the_last(folder):
    journal = written(folder, 2)
    with pytest.raises(LibraryError, match="ends with line 2, not 5"):
        journal.append(record(6), 5)
    with pytest.raises(FileExistsError):
        journal.append(record(2), 1)
    with pytest.raises(FileExistsError):
        Journal(folder).append(record(1), 0)
    assert read(folder) == [record(1), record(2)]
    assert Journal(folder).append(record(3), 2) == (3, record(3))


def test_a_journal_that_was_taken_away_or_changed_is_not_written_on(folder):
    journal = written(folder, 3)
    (folder / loose(3)).rename(folder / "kept")
    with pytest.raises(
        LibraryError, match="Line 3 .* was changed or taken away since it was read. Nothing was written"
    ):
        journal.append(record(4), 3)
    (folder / "kept").rename(folder / loose(3))
    (folder / loose(3)).write_bytes(b"x" + (folder / loose(3)).read_bytes())
    with pytest.raises(LibraryError, match="Line 3 .* was changed"):
        journal.append(record(4), 3)
    folder.rename(folder.with_name("away"))
    with pytest.raises(LibraryError, match="Line 3 .* taken away"):
        journal.append(record(4), 3)
    assert names(folder) == []


def test_a_folder_that_cannot_be_read_is_not_taken_for_empty(folder):
    folder.parent.mkdir()
    folder.write_bytes(b"a file")
    with pytest.raises(StorageError, match="Cannot read"):
        Journal(folder).read()


# Damage --------------------------------------------------------------------------------------------------------------


def damaged(line):
    """All ways in which a line may be damaged: every byte with a bit flipped, every cut."""
    for place in range(len(line)):
        yield line[:place] + bytes([line[place] ^ 1 << place % 8]) + line[place + 1 :]
        yield line[:place]
    yield line + b"\n"


def test_a_damaged_last_line_is_told_and_written_on(folder):
    written(folder, 3)
    path = folder / loose(3)
    whole = path.read_bytes()
    for number, data in enumerate(damaged(whole)):
        path.write_bytes(data)
        found = Journal(folder).read()
        assert ([entry.record for entry in found.entries], found.last) == ([record(1), record(2)], 3)
        (sentence,) = found.damage
        assert str(path) in sentence
        assert f"({len(data)} bytes)" in sentence
        assert "does not count" in sentence
        if number % 97 == 0:
            Journal(folder).append(record(4), 3)
            found = Journal(folder).read()
            assert [entry.number for entry in found.entries] == [1, 2, 4]
            assert found.damage == (sentence,)
            (folder / loose(4)).unlink()


@pytest.mark.parametrize("number", [1, 2])
def test_an_earlier_line_that_was_damaged_ends_the_reading(folder, number):
    written(folder, 3)
    path = folder / loose(number)
    for data in damaged(path.read_bytes()):
        path.write_bytes(data)
        with pytest.raises(LibraryError, match=f"Line {number} of .*people import"):
            Journal(folder).read()


def test_any_damage_of_a_pack_is_detected(folder):
    written(folder, 9).pack()
    (folder / loose(9)).unlink()
    path = folder / "00000005-00000008.jsonl"
    data = path.read_bytes()
    for changed in islice(damaged(data), 0, None, 3):
        path.write_bytes(changed)
        try:
            found = Journal(folder).read()
        except LibraryError:
            continue
        assert len(found.damage) == 1
        assert [entry.number for entry in found.entries] == [1, 2, 3, 4, 5, 6, 7]


def test_torn_lines_one_after_another_are_told_each(folder):
    written(folder, 1)
    for number in (2, 3):
        (folder / loose(number)).write_bytes(b"")
    assert len(Journal(folder).read().damage) == 2
    Journal(folder).append(record(4), 3)
    found = Journal(folder).read()
    assert [entry.number for entry in found.entries] == [1, 4]
    assert len(found.damage) == 2


def test_a_torn_line_that_is_put_back_after_its_successor_is_told(folder):
    written(folder, 2)
    path = folder / loose(2)
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    Journal(folder).append(record(3), 2)
    path.write_bytes(whole)
    with pytest.raises(LibraryError, match="Line 2 of .* is not what it was when 00000003.jsonl was written"):
        Journal(folder).read()


@pytest.mark.parametrize("number", [1, 2, 3, 6, 7, 8])
def test_a_missing_line_is_told(folder, number):
    journal = written(folder, 5)
    journal.pack()
    written(folder, 9)
    path = folder / loose(number)
    if number < 5:
        path = folder / "00000001-00000004.jsonl"
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[: number - 1] + lines[number:]))
    else:
        path.unlink()
    with pytest.raises(LibraryError, match=f"no line {number}|holds 3 lines"):
        Journal(folder).read()
    with pytest.raises(LibraryError):
        Journal(folder).append(record(10), 9)


def test_the_first_line_must_not_be_missing(folder):
    written(folder, 2)
    (folder / loose(1)).unlink()
    with pytest.raises(LibraryError, match="no line 1"):
        Journal(folder).read()


def test_a_line_of_another_journal_is_told(folder):
    written(folder, 3)
    other = Journal(folder.with_name("other"))
    for number in range(3):
        other.append({"say": "something else"}, number)
    (folder / loose(3)).write_bytes((other.folder / loose(3)).read_bytes())
    with pytest.raises(LibraryError, match="is of another journal"):
        Journal(folder).read()
    (folder / loose(3)).write_bytes((folder / loose(2)).read_bytes())
    with pytest.raises(LibraryError, match="should hold line 3, it holds 2"):
        Journal(folder).read()


def test_a_first_line_that_names_one_before_it_is_of_another_journal(folder):
    folder.mkdir(parents=True)
    (folder / loose(1)).write_bytes(line_to_bytes(Line(1, "a" * 64, 1, {})))
    with pytest.raises(LibraryError, match="The beginning of this journal"):
        Journal(folder).read()


def test_a_line_of_a_newer_format_is_told_and_not_written_on(folder):
    journal = written(folder, 1)
    data = line_to_bytes(Line(2, digest((folder / loose(1)).read_bytes()), 2, {}))
    (folder / loose(2)).write_bytes(data)
    with pytest.raises(LibraryError, match="format 2, this facecluster reads format 1: a newer one"):
        Journal(folder).read()
    with pytest.raises(LibraryError, match="format 2"):
        Journal(folder).append({}, 2)
    with pytest.raises(FileExistsError):
        journal.append({}, 1)
    assert names(folder) == [loose(1), loose(2)]


def test_a_line_with_other_fields_is_told(folder):
    folder.mkdir(parents=True)
    body = b'{"number": 1'
    (folder / loose(1)).write_bytes(body + b', "sha256": "%s"}\n' % digest(body + b"}").encode())
    with pytest.raises(LibraryError, match="no line of a journal: expected the fields"):
        Journal(folder).read()


def test_copies_of_conflicts_are_told_and_other_files_left_alone(folder):
    written(folder, 1)
    for name in ("00000002 (conflicted copy).jsonl", "notes.txt", ".staged-1"):
        (folder / name).write_bytes(b"")
    found = Journal(folder).read()
    assert [entry.number for entry in found.entries] == [1]
    (sentence,) = found.damage
    assert "00000002 (conflicted copy).jsonl is not read" in sentence
