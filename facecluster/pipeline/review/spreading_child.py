"""The life of the process in which names spread: it tells what came of it, and ends with whoever started it."""

import json
import os
import sys
import threading
from pathlib import Path

from facecluster.errors import FaceclusterError, LibraryInUseError
from facecluster.pipeline.propagate import propagate_names
from facecluster.settings import NamesSettings

NICENESS = 10
"""The page comes first: so much less of a busy processor is asked for."""


def main(folder: str, settings: str) -> None:
    """Spread the names of a library, and write what came of it to standard output: JSON (spreading.Outcome).

    Args:
        folder: of the library.
        settings: NamesSettings, as JSON.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.nice(NICENESS)
    try:
        propagate_names(Path(folder), NamesSettings.model_validate_json(settings))
        outcome = {}
    except LibraryInUseError:
        outcome = {"in_use": True}
    except FaceclusterError as error:
        outcome = {"error": str(error)}
    sys.stdout.write(json.dumps(outcome))


def _end_with_parent() -> None:
    """Standard input holds nothing; it ends when the other process closes it, however that one ends."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)  # at once: what was not committed is garbage that is swept


if __name__ == "__main__":
    main(*sys.argv[1:])
