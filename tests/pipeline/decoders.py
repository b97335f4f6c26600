"""Decode functions that misbehave, for the decoder process to survive."""

import ctypes
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import numpy as np

from facecluster.errors import PhotoError, PhotoFault
from facecluster.faces.decode import decode_photo
from facecluster.types import DecodedPhoto


def told(data: bytes, min_long_side_px: int | None, max_megapixels: float) -> DecodedPhoto:
    """Do what the bytes say; otherwise decode them."""
    order, _, argument = data.partition(b" ")
    if order in ORDERS:
        return ORDERS[order](argument.decode())
    return decode_photo(data, min_long_side_px, max_megapixels)


def about(text: str) -> DecodedPhoto:
    """A photo of one pixel that carries a text where the time belongs."""
    return DecodedPhoto(np.zeros((1, 1, 3), np.uint8), 1, 1, 1, 1, 1, text)


def hang(mark: str) -> NoReturn:
    """Never end; leave a file to show that it has begun."""
    if mark:
        Path(mark).touch()
    while True:
        time.sleep(60)


def allocate(_: str) -> NoReturn:
    hoard = []
    while True:
        hoard.append(bytearray(50_000_000))


def segfault(_: str) -> NoReturn:
    ctypes.string_at(0)
    raise AssertionError("address 0 could be read")


def fail(text: str) -> NoReturn:
    raise ValueError(text)


def refuse(text: str) -> NoReturn:
    raise PhotoError(PhotoFault.CORRUPT, text)


ORDERS: dict[bytes, Callable[[str], DecodedPhoto]] = {
    b"echo": about,
    b"pid": lambda _: about(str(os.getpid())),
    b"modules": lambda _: about(json.dumps(sorted(sys.modules))),
    b"exit": lambda status: os._exit(int(status)),
    b"hang": hang,
    b"allocate": allocate,
    b"segfault": segfault,
    b"raise": fail,
    b"refuse": refuse,
}
