"""ExifTool: the metadata inside photos, of any format, as it stands there.

It is another program, by Phil Harvey, which everybody in this field relies on. One stays open for many photos, with
commands sent ahead: 2 ms a photo instead of the 80 that starting it for each would take.
"""

# Paths are bytes here, as the operating system has them; pathlib knows none.
# ruff: noqa: PTH116

import base64
import binascii
import contextlib
import functools
import json
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from facecluster.errors import MetadataError, MetadataFault, UsageError
from facecluster.store.exiftool_process import Answer, ExifToolProcess, as_line

OLDEST_VERSION = (12, 24)  # those before run programs that a file brings along (CVE-2021-22204)
TIMEOUT_SECONDS = 20.0  # for one file; the slowest of our samples takes 0.2
_START_SECONDS = 60.0  # for `exiftool -ver`: 0.06 on an idle machine
_AHEAD = 6  # commands sent before they are asked for; more is no faster
_BATCH = 48  # photos whose answers are held at once

_READ = (b"-j", b"-b", b"-charset", b"iptc=UTF8", b"-XMP", b"-IPTC:Keywords", b"-IFD0:Orientation#", b"-Error")
_READ_ALL_PACKETS = (b"-j", b"-b", b"-a", b"-G4", b"-XMP")
_ORIENTATIONS = {str(value): value for value in range(1, 9)}
_HAS_EXTENSION = re.compile(rb"\bHasExtendedXMP\b")
_NOT_WRITTEN = re.compile(
    rb"not (?:yet )?supported|Can't (?:currently )?write|Unknown file type|Not a valid|is not writable", re.IGNORECASE
)


class Embedded(NamedTuple):
    """What stands inside a photo."""

    xmp: bytes | None = None  # the packet as it stands there, in whatever encoding, without a byte order mark
    extension: bytes | None = None  # what a JPEG had no room for in it: to be joined to it (metadata.extended)
    keywords: tuple[str, ...] = ()  # IPTC
    orientation: int | None = None  # EXIF tag 274, 1..8; None: there is none, or another number


class ExifTool(contextlib.AbstractContextManager["ExifTool"]):
    """An ExifTool that stays open, and is started again when a file hangs or kills it.

    Raises:
        UsageError: it is not installed, or too old (see `find_exiftool`).
    """

    def __init__(self, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._program = find_exiftool()
        self._timeout_seconds = timeout_seconds
        self._process: ExifToolProcess | None = None

    @property
    def pid(self) -> int | None:
        """Of the running ExifTool; None while there is none."""
        return self._process.pid if self._process else None

    def embedded(self, path: Path | bytes) -> Embedded:
        """What stands inside a photo.

        Raises:
            MetadataError: UNREADABLE; UNSUPPORTED: ExifTool does not know such files; BROKEN; TIMEOUT; CRASH.
        """
        (result,) = self.embedded_of([path])
        if isinstance(result, MetadataError):
            raise result
        return result

    def embedded_of(self, paths: Iterable[Path | bytes]) -> Iterator[Embedded | MetadataError]:
        """The same of many photos, in order; an error in place of each that fails."""
        pending = iter(paths)
        while batch := [os.fsencode(path) for path in islice(pending, _BATCH)]:
            found = [_embedded(record) for record in self._records(_READ, batch)]
            extended = [row for row, each in enumerate(found) if isinstance(each, Embedded) and _is_extended(each)]
            packets = self._records(_READ_ALL_PACKETS, [batch[row] for row in extended])
            for row, record in zip(extended, packets, strict=True):
                found[row] = _with_extension(found[row], record)
            yield from found

    def write_xmp(self, source: Path, target: Path, xmp: bytes) -> None:
        """Make a copy of a photo with this packet in place of its own; everything else in it stays.

        The copy is not synced. Where this fails there may be something at `target`, or beside it under its name and
        "_exiftool_tmp".

        Raises:
            FileExistsError: there is something at `target`.
            MetadataError: UNSUPPORTED: ExifTool writes no such files; DAMAGED: it found a fault in this one; STORAGE;
                TIMEOUT; CRASH.
        """
        try:
            with source.open("rb") as photo, target.open("xb") as copy:
                shutil.copyfileobj(photo, copy, 1 << 20)
            with tempfile.TemporaryDirectory() as folder:
                packet = Path(folder, "packet.xmp")
                packet.write_bytes(xmp)
                command = [b"-overwrite_original", b"-XMP<=" + os.fsencode(packet), _path_line(os.fsencode(target))]
                (answer,) = self._answers([command])
        except FileExistsError:
            raise
        except OSError as error:
            raise MetadataError(MetadataFault.STORAGE, error.strerror or type(error).__name__) from error
        if isinstance(answer, MetadataError):
            raise answer
        _check_written(answer)

    def close(self) -> None:
        """End the running ExifTool."""
        if self._process:
            self._process.end()
            self._process = None

    def __exit__(self, *_: object) -> None:
        """As `close`."""
        self.close()

    def _records(self, options: Sequence[bytes], paths: Sequence[bytes]) -> list[dict[str, Any] | MetadataError]:
        """What ExifTool says of each file, by tag."""
        commands = [_command(options, path) for path in paths]
        answers = iter(self._answers([command for command in commands if not isinstance(command, MetadataError)]))
        return [command if isinstance(command, MetadataError) else _record(next(answers)) for command in commands]

    def _answers(self, commands: Sequence[Sequence[bytes]]) -> list[Answer | MetadataError]:
        """An answer to each command; the process is started again after each that it does not survive."""
        answers: list[Answer | MetadataError] = []
        n_asked = 0
        while len(answers) < len(commands):
            process = self._process = self._process or ExifToolProcess(self._program)
            for command in commands[n_asked : len(answers) + _AHEAD]:
                process.ask(command)
                n_asked += 1
            try:
                answers.append(process.answer(self._timeout_seconds))
            except MetadataError as error:
                answers.append(error)
                self.close()
                n_asked = len(answers)  # the commands after it died with it
            except BaseException:  # Ctrl-C: answers that nobody took must not meet the next question
                self.close()
                raise
        return answers


def find_exiftool() -> Path:
    """Where ExifTool is.

    Raises:
        UsageError: it is not installed, does not run, or is too old to be let at files of strangers.
    """
    program = shutil.which("exiftool")
    if program is None:
        raise UsageError(f"Expected ExifTool, which reads what stands inside photos, found none on PATH. {_INSTALL}")
    version = _version(program)
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < OLDEST_VERSION:
        oldest = ".".join(map(str, OLDEST_VERSION))
        raise UsageError(f"Expected ExifTool {oldest} or newer, found {version or 'none that runs'}. {_INSTALL}")
    return Path(program).absolute()


_INSTALL = (
    "Install it: `apt install libimage-exiftool-perl` on Debian and Ubuntu, `brew install exiftool` on a Mac, "
    "https://exiftool.org elsewhere."
)


@functools.lru_cache
def _version(program: str) -> str:
    """What a program says its version is; empty where it does not run."""
    command = [program, "-config", "", "-ver"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_START_SECONDS, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("ascii", "replace").strip()


def _command(options: Sequence[bytes], path: bytes) -> list[bytes] | MetadataError:
    """The command that reads a file, or why it must not be sent: ExifTool would wait for a pipe, and search folders."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return MetadataError(MetadataFault.UNREADABLE, "it is no regular file")
        return [*options, _path_line(path)]
    except (OSError, ValueError) as error:
        return MetadataError(MetadataFault.UNREADABLE, getattr(error, "strerror", None) or str(error))
    except MetadataError as error:
        return error


def _path_line(path: bytes) -> bytes:
    line = as_line(os.path.abspath(path))  # noqa: PTH100 - with a slash in front, no name looks like an option
    if line is None:
        raise MetadataError(MetadataFault.UNREADABLE, "ExifTool takes no name with both a line break and a $ or @")
    return line


def _record(answer: Answer | MetadataError) -> dict[str, Any] | MetadataError:
    if isinstance(answer, MetadataError):
        return answer
    try:
        # Numbers stay text: a keyword may be one, and 1.50 is not 1.5.
        (record,) = json.loads(answer.output, parse_int=str, parse_float=str)
    except ValueError:
        return MetadataError(MetadataFault.UNREADABLE, _said(answer) or "ExifTool says nothing of it")
    problem = record.get("Error")
    if problem is not None:
        unknown = "Unknown file type" in str(problem)
        return MetadataError(MetadataFault.UNSUPPORTED if unknown else MetadataFault.BROKEN, f"ExifTool: {problem}")
    return record


def _embedded(record: dict[str, Any] | MetadataError) -> Embedded | MetadataError:
    if isinstance(record, MetadataError):
        return record
    packet, keywords, orientation = (record.get(name) for name in ("XMP", "Keywords", "Orientation"))
    return Embedded(
        xmp=None if packet is None else _bytes(packet),
        keywords=tuple(_text(each) for each in (keywords if isinstance(keywords, list) else [keywords]) if each),
        orientation=_ORIENTATIONS.get(str(orientation)),
    )


def _is_extended(embedded: Embedded) -> bool:
    return embedded.xmp is not None and _HAS_EXTENSION.search(embedded.xmp.replace(b"\0", b"")) is not None


def _with_extension(
    embedded: Embedded | MetadataError, record: dict[str, Any] | MetadataError
) -> Embedded | MetadataError:
    if isinstance(embedded, MetadataError) or isinstance(record, MetadataError):
        return record if isinstance(record, MetadataError) else embedded
    packets = [_bytes(value) for name, value in record.items() if name.endswith(":XMP")]
    others = [packet for packet in packets if packet != embedded.xmp]
    return embedded._replace(extension=others[0] if others else None)


def _bytes(value: Any) -> bytes:
    """What stands in the file. ExifTool has it in base64 where, and only where, it is no UTF-8 or holds a NUL."""
    if isinstance(value, bool):  # a keyword that JSON has a word for
        return str(value).lower().encode()
    text = str(value)
    with contextlib.suppress(binascii.Error, ValueError):  # it begins so in the file
        data = base64.b64decode(text.removeprefix("base64:"), validate=True) if text.startswith("base64:") else b""
        if not _is_utf8(data) or b"\0" in data:
            return data
    return text.encode()


def _text(value: Any) -> str:
    """A keyword: in UTF-8, whether it is said to be or not, else as Windows has written them."""
    data = _bytes(value)
    return data.decode() if _is_utf8(data) else data.decode("cp1252", "replace")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _check_written(answer: Answer) -> None:
    said = _said(answer)
    if answer.ok and b" 1 image files updated" in answer.output:
        return
    if _NOT_WRITTEN.search(answer.errors):
        raise MetadataError(MetadataFault.UNSUPPORTED, f"ExifTool: {said}")
    raise MetadataError(MetadataFault.DAMAGED, f"ExifTool: {said or 'it wrote nothing'}")


def _said(answer: Answer) -> str:
    """The first error among what ExifTool complains of, without the path that it ends with."""
    lines = answer.errors.decode("utf-8", "replace").splitlines()
    first = next((line for line in lines if line.startswith("Error")), lines[0] if lines else "")
    return first.removeprefix("Error: ").split(" - /")[0][:200]
