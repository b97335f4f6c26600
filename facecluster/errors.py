"""The exceptions of facecluster.

    FaceclusterError              a run cannot go on                          exit 1
    |- UsageError                 wrong flags, settings or input tables       exit 2
    |- ArchiveError               the archive is missing, empty or unreadable
    |- LibraryError               the library is damaged or not one of ours
    |  |- LibraryInUseError       another process writes to it just now
    |  '- PackMismatchError       the library was made with another model pack
    |- StorageError               a write failed: disk full, permission, I/O
    |- PackError                  weights missing or damaged, runtime unfit
    '- WorkerError                workers cannot be started or keep dying
    PhotoError                    one photo cannot be used: becomes a row, never ends a run
    MetadataError                 the metadata of one file cannot be read or written: the same

A message says what was expected, what was found, and what to do next.
"""

from enum import StrEnum
from typing import Generic, Self, TypeVar

Fault = TypeVar("Fault", bound=StrEnum)


class FaceclusterError(Exception):
    """A run cannot go on; nothing that was committed is lost."""

    exit_code = 1


class UsageError(FaceclusterError):
    """The command, its settings or a table given to it is wrong; no work was started."""

    exit_code = 2


class ArchiveError(FaceclusterError):
    """The photo archive is missing, empty or unreadable."""


class LibraryError(FaceclusterError):
    """The library is in use, damaged, or of an unknown format."""


class LibraryInUseError(LibraryError):
    """Another process writes to the library: what was asked for can be done when it has ended."""


class PackMismatchError(LibraryError):
    """The library was made with another model pack: its vectors cannot be compared with ours."""


class StorageError(FaceclusterError):
    """A write to the library failed."""


class PackError(FaceclusterError):
    """A model pack cannot be loaded, or ONNX Runtime is not fit to run it."""


class WorkerError(FaceclusterError):
    """Workers cannot be started or keep dying for a reason that no single photo explains."""


class _RowError(Exception, Generic[Fault]):
    """One file cannot be used; `str()` of it is the reason written in the file's row."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault
        self.detail = detail

    def __reduce__(self) -> tuple[type[Self], tuple[Fault, str]]:
        """Rebuild from both arguments, so that the error crosses process boundaries whole."""
        return type(self), (self.fault, self.detail)


class PhotoFault(StrEnum):
    """Why a photo has no faces of ours: the word that begins its reason."""

    UNREADABLE = "unreadable"  # the bytes cannot be had: permission, I/O error, gone since the listing
    NOT_A_FILE = "not_a_file"  # a pipe, socket or device with a photo's name
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"  # no decoder knows these bytes
    CORRUPT = "corrupt"  # a decoder knows them and gives up
    TOO_LARGE = "too_large"  # more pixels than the settings allow
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    CRASH = "crash"  # the decoder or the worker died on it


TRANSIENT_FAULTS = frozenset({PhotoFault.UNREADABLE})
"""Faults that say nothing about the bytes: such photos are tried again by every run."""


class PhotoError(_RowError[PhotoFault]):
    """One photo cannot be used."""


class MetadataFault(StrEnum):
    """Why the metadata of one file was not read or not written: the word that begins its reason."""

    UNREADABLE = "unreadable"  # the bytes cannot be had
    TOO_LARGE = "too_large"
    BROKEN = "broken"  # not what its name says: no XML, no XMP, no JSON
    FORBIDDEN = "forbidden"  # XML that defines entities or reaches for other files
    TIMEOUT = "timeout"
    CRASH = "crash"  # the program that reads it died on it
    CHANGED = "changed"  # by somebody else, since it was read
    LINKED = "linked"  # a link, or a file of several names: to write it would change another
    READ_ONLY = "read_only"  # the file or its folder cannot be written
    UNSUPPORTED = "unsupported"  # nothing here writes such files
    DAMAGED = "damaged"  # the photo cannot be decoded, so it is left alone
    PIXELS = "pixels"  # writing would have changed the picture: it was left alone
    SHARED = "shared"  # the sidecar is another photo's too
    IN_PLACE = "in_place"  # it stands in the photo itself, which is changed on request only
    STORAGE = "storage"  # the write failed


class MetadataError(_RowError[MetadataFault]):
    """The metadata of one file cannot be read or written."""
