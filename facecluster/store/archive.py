"""The photo archive: which files of a folder are photos, and their bytes. Nothing here ever writes to it.

A file counts as a photo by the suffix of its name, including formats that no decoder here reads: they become rows that
say so instead of being passed over. Videos, drawings (SVG), documents, sidecars (XMP, JSON), data, programs and files
without a suffix are no photos. What a listed file really is, is decided by its bytes (faces.container).
"""

# Paths are bytes here, as the operating system has them; pathlib knows none.
# ruff: noqa: PTH110, PTH116, PTH118, PTH122, PTH123

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from pathspec import GitIgnoreSpec

from facecluster.errors import ArchiveError, PhotoError, PhotoFault, UsageError
from facecluster.settings import ArchiveSettings
from facecluster.store.path_text import path_to_text, text_to_path

_READ = """
    jpg jpeg jpe jfif mpo png apng webp avif heic heif hif tif tiff bmp dib gif ppm pgm pbm pnm jp2 j2k jpf jpx ico
"""
_RAW = """
    3fr ari arw bay cr2 cr3 crw dcr dng erf fff iiq k25 kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srf srw x3f
"""
_UNREAD = "jxl jxr wdp hdp psd psb xcf tga pcx sgi qoi exr hdr heics heifs avifs"
RAW_SUFFIXES = frozenset(f".{suffix}".encode() for suffix in _RAW.split())
PHOTO_SUFFIXES = frozenset(f".{suffix}".encode() for suffix in f"{_READ} {_RAW} {_UNREAD}".split())
"""Both in lower case."""

_CACHE_FOLDERS = frozenset(
    {
        b"@eaDir",  # Synology's thumbnails
        b"#recycle",
        b"@Recycle",
        b"$RECYCLE.BIN",
        b"System Volume Information",
        b"lost+found",
        b"__MACOSX",
        b"facecluster-library",
    }
)

MAX_FILE_BYTES = 1 << 30  # 1 GiB; the largest RAW files have a quarter of it


class PhotoFile(NamedTuple):
    """A photo file as the listing saw it; size and time are 0 where even they could not be had."""

    path: str  # path_to_text, relative to the archive, "/" between parts
    size: int  # bytes; 0 for what is no regular file
    modified_ns: int  # since the epoch


class Listing(NamedTuple):
    """The photo files of an archive, by path, and what was left out."""

    files: list[PhotoFile]
    unreadable: list[str]  # folders, and links that lead nowhere, as path_to_text: what is below them is not known
    n_hidden: int  # hidden files, hidden and cache folders
    n_excluded: int  # photos and whole folders left out by include and exclude
    n_others: int  # files that are no photos


def list_photos(root: Path, settings: ArchiveSettings) -> Listing:
    """Every photo file below a folder. Links are followed; a folder is listed once, by its own path where it has one.

    `include` and `exclude` are patterns as in a .gitignore, on the path relative to the archive.
    Libraries of ours are passed over even with `hidden`.

    Raises:
        ArchiveError: the folder is not there, is none, or cannot be read. (A folder below it is `unreadable` instead.)
        UsageError: a pattern is not one.
    """
    return _Walk(root, settings).listing()


def read_photo(root: Path, path: str) -> bytes:
    """The bytes of a photo file, by its path as listed.

    Raises:
        PhotoError: UNREADABLE, NOT_A_FILE, or TOO_LARGE above `MAX_FILE_BYTES`.
    """
    relative = text_to_path(path)
    if relative.startswith(b"/") or b".." in relative.split(b"/"):
        raise PhotoError(PhotoFault.UNREADABLE, "its path leads out of the archive")
    full = os.path.join(os.fsencode(root), relative)
    try:
        _refuse_what_is_no_photo_file(os.stat(full))
        descriptor = os.open(full, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would wait for a writer
        with open(descriptor, "rb") as stream:
            # Asked again: between the two calls another file may have taken the name.
            status = os.fstat(descriptor)
            _refuse_what_is_no_photo_file(status)
            return stream.read(status.st_size)
    except OSError as error:
        raise PhotoError(PhotoFault.UNREADABLE, error.strerror or type(error).__name__) from error


def _refuse_what_is_no_photo_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise PhotoError(PhotoFault.NOT_A_FILE)
    if status.st_size > MAX_FILE_BYTES:
        raise PhotoError(PhotoFault.TOO_LARGE, f"{status.st_size:,} bytes, at most {MAX_FILE_BYTES:,}")


class _Walk:
    """A walk over an archive: linked folders last, so that what is reached both ways keeps its own path."""

    def __init__(self, root: Path, settings: ArchiveSettings) -> None:
        self.root = os.fsencode(root)
        self.hidden = settings.hidden
        self.include = _patterns("include", settings.include or ("*",))
        self.exclude = _patterns("exclude", settings.exclude)
        # Where a pattern takes something in again, an excluded folder must be looked into all the same.
        self.may_prune = not any(pattern.startswith("!") for pattern in settings.exclude)
        self.files: list[PhotoFile] = []
        self.unreadable: list[str] = []
        self.links: list[bytes] = []
        self.seen: set[tuple[int, int]] = set()  # device and inode of the folders listed
        self.n_hidden = self.n_excluded = self.n_others = 0

    def listing(self) -> Listing:
        self._descend(b"")
        while self.links:
            links, self.links = sorted(self.links), []
            for link in links:
                self._descend(link)
        return Listing(sorted(self.files), sorted(self.unreadable), self.n_hidden, self.n_excluded, self.n_others)

    def _descend(self, top: bytes) -> None:
        pending = [top]
        while pending:
            folder = pending.pop()
            try:
                entries = self._entries(folder)
            except OSError as error:
                if not folder:
                    raise _no_archive(path_to_text(self.root), error) from error
                self.unreadable.append(path_to_text(folder))
                continue
            pending += [path for entry in entries if (path := self._sort_out(entry, folder))]

    def _entries(self, folder: bytes) -> list[os.DirEntry[bytes]]:
        """What stands in a folder, by name; nothing where the folder was listed before or is a library of ours."""
        full = os.path.join(self.root, folder)
        status = os.stat(full)
        if (status.st_dev, status.st_ino) in self.seen:
            return []
        with os.scandir(full) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
        self.seen.add((status.st_dev, status.st_ino))
        names = {entry.name for entry in entries}
        return [] if {b"library.json", b"index"} <= names else entries

    def _sort_out(self, entry: os.DirEntry[bytes], folder: bytes) -> bytes | None:
        """Put an entry where it belongs; the path of a folder to go down into."""
        path = os.path.join(folder, entry.name)
        if not self.hidden and (entry.name.startswith(b".") or entry.name in _CACHE_FOLDERS):
            self.n_hidden += 1
        elif _is_folder(entry):
            if self.may_prune and self.exclude.match_file(f"{path_to_text(path)}/"):
                self.n_excluded += 1
            elif not entry.is_symlink():
                return path
            else:
                self.links.append(path)
        elif os.path.splitext(entry.name)[1].lower() in PHOTO_SUFFIXES:
            self._add(entry, path_to_text(path))
        elif entry.is_symlink() and not os.path.exists(entry.path):
            self.unreadable.append(path_to_text(path))  # most likely a folder on a disk that is not there
        else:
            self.n_others += 1
        return None

    def _add(self, entry: os.DirEntry[bytes], path: str) -> None:
        if not self.include.match_file(path) or self.exclude.match_file(path):
            self.n_excluded += 1
            return
        try:
            status = entry.stat()
        except OSError:
            self.files.append(PhotoFile(path, 0, 0))  # reading it will fail too, and its row will say why
        else:
            size = status.st_size if stat.S_ISREG(status.st_mode) else 0
            self.files.append(PhotoFile(path, size, status.st_mtime_ns))


def _is_folder(entry: os.DirEntry[bytes]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _patterns(name: str, patterns: Iterable[str]) -> GitIgnoreSpec:
    try:
        return GitIgnoreSpec.from_lines(patterns)
    except ValueError as error:
        raise UsageError(f"archive.{name}: {error}. Patterns are written as in a .gitignore.") from error


def _no_archive(root: str, error: OSError) -> ArchiveError:
    if isinstance(error, FileNotFoundError):
        return ArchiveError(f"There is no folder {root}: is its disk mounted, is the path right?")
    if isinstance(error, NotADirectoryError):
        return ArchiveError(f"{root} is a file: give the folder that holds the photos.")
    return ArchiveError(f"The folder {root} cannot be read ({error.strerror}): are you allowed to?")
