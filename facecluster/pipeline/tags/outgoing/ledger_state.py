"""What of a file is ours <-> JSON, as the ledger keeps it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facecluster.metadata.words import NO_VALUES, Shown, Values
from facecluster.store.as_listed import digest_below
from facecluster.store.ledger import Ledger, Owned
from facecluster.store.library import Library


def ledger_of(library: Library, archive: Path) -> Ledger:
    """The ledger of a library, whose files are in this archive."""
    return Ledger(library.folder / "ledger", digest_below(archive))


def values_to_json(values: Values) -> dict[str, list[Any]]:
    """What is not empty of it."""
    return {field: _plain(entries) for field, entries in values._asdict().items() if entries}


def json_to_values(record: dict[str, list[Any]]) -> Values:
    """The values that were written as this record."""
    return Values(**{field: tuple(map(_entry, entries)) for field, entries in record.items()})


def values_owned(owned: Owned | None) -> Values:
    """What of a file is ours."""
    return json_to_values(owned.values) if owned else NO_VALUES


def _plain(entries: Sequence[Shown | str]) -> list[Any]:
    return [entry if isinstance(entry, str) else [entry.name, entry.box] for entry in entries]


def _entry(plain: Any) -> Any:
    if isinstance(plain, str):
        return plain
    name, box = plain
    return Shown(name, tuple(box) if box else None)
