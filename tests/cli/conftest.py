"""The command line, run in this process as a shell would run it."""

import os
import sys
from typing import NamedTuple

import pytest

from facecluster.cli.main import main


class Ended(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def facecluster(monkeypatch, capfd, tmp_path):
    """A function from arguments to exit code, output and error output; it works in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("FACECLUSTER_")]:
        monkeypatch.delenv(name)

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["facecluster", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        return Ended(end.value.code or 0, *capfd.readouterr())

    return run
