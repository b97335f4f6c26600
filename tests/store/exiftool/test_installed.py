import os
import subprocess

import pytest

from facecluster.errors import UsageError
from facecluster.store.exiftool.installed import find_exiftool, version_of


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Puts a program on the path that is this script."""

    def put_on_path(script):
        program = tmp_path / "exiftool"
        program.write_text(script)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        version_of.cache_clear()
        return program

    yield put_on_path
    version_of.cache_clear()


def test_the_program_that_the_tests_need_is_there():
    program = find_exiftool()
    assert program.is_absolute()
    assert version_of(os.fspath(program)) == subprocess.check_output([program, "-ver"], text=True).strip()


@pytest.mark.parametrize(
    ("version", "is_enough"), [("12.23", False), ("12.24", True), ("9.99", False), ("13.00", True)]
)
def test_old_versions_are_refused(installed, version, is_enough):
    program = installed(f"#!/bin/sh\necho {version}\n")
    if is_enough:
        assert find_exiftool() == program
    else:
        with pytest.raises(UsageError, match=rf"Expected ExifTool 12.24 or newer, found {version}. Install it: "):
            find_exiftool()


@pytest.mark.parametrize("script", ["#!/nowhere\n", "#!/bin/sh\nexit 1\n", "#!/bin/sh\necho what?\n"])
def test_a_program_that_does_not_run(installed, script):
    installed(script)
    with pytest.raises(UsageError, match=r"found (none that runs|what\?)\. Install it"):
        find_exiftool()


def test_no_program_at_all(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="found none on PATH.*libimage-exiftool-perl"):
        find_exiftool()
