"""`compiled`: a loop in machine code, made on first use and kept from then on.

What numba keeps goes stale unnoticed when a function or constant that it has built in changes in another file. So it is
kept by the digest of all sources of this room, apart from the package, which may stand where nobody can write.
"""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar, cast

import numba
from numba.core import config
from platformdirs import user_cache_path

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """The function, compiled for the types that it is called with; it lets other threads run meanwhile.

    A division by zero gives infinity or nan, as numpy does it: a check would keep loops from doing several at once.
    """
    machine_code = numba.njit(cache=KEPT, nogil=True, error_model="numpy")(function)
    return cast("Function", machine_code)


def _kept_in() -> Path:
    """Where what is compiled from these very sources is kept."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    digest = sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    root = os.environ.get("NUMBA_CACHE_DIR")
    return (Path(root) if root else user_cache_path("facecluster") / "compiled") / digest[:16]


def _can_be_kept(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


_FOLDER = _kept_in()
KEPT = _can_be_kept(_FOLDER)
"""Whether anything is kept; where nothing can be written it is compiled in every process anew."""

if KEPT:
    config.CACHE_DIR = str(_FOLDER)  # pyright: ignore[reportAttributeAccessIssue]  # made at run time
