"""Which ExifTool is installed, and whether it is one that may be let at files of strangers."""

import functools
import re
import shutil
import subprocess
from pathlib import Path

from facecluster.errors import UsageError

OLDEST_VERSION = (12, 24)  # those before run programs that a file brings along (CVE-2021-22204)
_START_SECONDS = 60.0  # for `exiftool -ver`: 0.06 on an idle machine

_INSTALL = (
    "Install it: `apt install libimage-exiftool-perl` on Debian and Ubuntu, `brew install exiftool` on a Mac, "
    "https://exiftool.org elsewhere. Without it, `facecluster tags import --no-embedded` reads what stands beside the "
    "photos."
)


def find_exiftool() -> Path:
    """Where ExifTool is.

    Raises:
        UsageError: it is not installed, does not run, or is too old to be let at files of strangers.
    """
    program = shutil.which("exiftool")
    if program is None:
        raise UsageError(f"Expected ExifTool, which reads what stands inside photos, found none on PATH. {_INSTALL}")
    version = version_of(program)
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < OLDEST_VERSION:
        oldest = ".".join(map(str, OLDEST_VERSION))
        raise UsageError(f"Expected ExifTool {oldest} or newer, found {version or 'none that runs'}. {_INSTALL}")
    return Path(program).absolute()


@functools.lru_cache
def version_of(program: str) -> str:
    """What a program says its version is; empty where it does not run."""
    command = [program, "-config", "", "-ver"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_START_SECONDS, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("ascii", "replace").strip()
