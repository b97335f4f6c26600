"""What logins to the review page rest on: the key that signs them, and which of them were ended."""

import contextlib
import secrets
import time
from pathlib import Path

from facecluster.errors import LibraryError
from facecluster.store.files import create_file, file_names, read_file, storage_error

KEY_BYTES = 32
"""As many as the digest has that it goes into (HMAC-SHA-256, RFC 2104)."""


class Logins:
    """The folder `review/` of a library; as private as the rest of it.

    A login outlives the server that granted it, so that a page left open finds its way back after a restart.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def key(self) -> bytes:
        """The key, made when there is none: whoever removes the file logs everybody out.

        Raises:
            LibraryError: the file holds something else.
            StorageError: it cannot be read or made.
        """
        path = self.folder / "key"
        with contextlib.suppress(FileNotFoundError):
            return _key_in(path)
        with contextlib.suppress(FileExistsError):  # another server made one at this moment
            create_file(path, secrets.token_hex(KEY_BYTES).encode())
        return _key_in(path)

    def end(self, login: str) -> None:
        """End a login for good.

        Raises:
            StorageError: that could not be written down.
        """
        with contextlib.suppress(FileExistsError):  # ended before
            create_file(self._ended / login, b"")

    def has_ended(self, login: str) -> bool:
        """Whether this login was ended."""
        return (self._ended / login).exists()

    def forget_ended(self, older_than_seconds: float) -> None:
        """Forget which logins were ended so long ago that time has ended them too.

        Raises:
            StorageError: the list cannot be read or changed.
        """
        horizon = time.time() - older_than_seconds
        for name in file_names(self._ended):
            path = self._ended / name
            try:
                if path.stat().st_mtime < horizon:
                    path.unlink(missing_ok=True)
            except FileNotFoundError:  # another server was faster
                continue
            except OSError as error:
                raise storage_error("tidy up", path, error) from error

    @property
    def _ended(self) -> Path:
        return self.folder / "ended"


def _key_in(path: Path) -> bytes:
    with contextlib.suppress(ValueError):  # of fromhex, for other characters
        key = bytes.fromhex(read_file(path).decode("ascii"))
        if len(key) == KEY_BYTES:
            return key
    raise LibraryError(
        f"Expected {KEY_BYTES} bytes as hexadecimal digits in {path}, found something else. Remove the file: a new key "
        "is made, and whoever is logged in to the review page logs in again."
    )
