"""Journals for tests: a few records, written, read, and where their lines lie."""

from facecluster.store.journal import Journal

SOME = 4


def record(number):
    return {"say": f"decision {number}"}


def written(folder, count):
    """A journal of so many records."""
    journal = Journal(folder)
    for number in range(journal.read().last, count):
        journal.append(record(number + 1), number)
    return journal


def read(folder):
    """All records, as a process sees them that comes anew; there is no damage."""
    found = Journal(folder).read()
    assert found.damage == ()
    assert [entry.number for entry in found.entries] == list(range(1, found.last + 1))
    return [entry.record for entry in found.entries]


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "lock")


def loose(number):
    return f"{number:08d}.jsonl"
