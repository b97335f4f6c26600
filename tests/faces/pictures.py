"""Pictures for the decoder, made on the spot."""

import io
import struct

import numpy as np
from PIL import Image

SIZE = (96, 64)


def picture(size: tuple[int, int] = SIZE) -> Image.Image:
    """Smooth, colourful, and unlike any of its mirror images and turns: red grows rightwards, green downwards."""
    width, height = size
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(30, 220, width).astype(np.uint8)
    pixels[..., 1] = np.linspace(60, 200, height).astype(np.uint8)[:, None]
    pixels[..., 2] = 90
    pixels[: height // 4, : width // 4] = (240, 240, 40)
    return Image.fromarray(pixels)


def encoded(image: Image.Image, format_: str, **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format_, **options)
    return stream.getvalue()


def exif(**tags) -> Image.Exif:
    """EXIF with tags by name: orientation, date_time, and in the EXIF directory original."""
    result = Image.Exif()
    if "orientation" in tags:
        result[274] = tags["orientation"]
    if "date_time" in tags:
        result[306] = tags["date_time"]
    if "original" in tags:
        result.get_ifd(0x8769)[36867] = tags["original"]
    return result


def dng(preview: bytes, orientation: int = 1, date_time: bytes = b"2021:05:06 07:08:09") -> bytes:
    """The smallest DNG that LibRaw takes: a JPEG preview in its first directory, sensor data in its second."""
    width, height = 64, 48
    sensor = np.full((height, width), 1000, "<u2").tobytes()
    ones, diagonal = np.ones((3, 3), int), np.eye(3, dtype=int)
    identity = struct.pack("<18i", *np.stack([diagonal, ones], axis=-1).ravel().tolist())

    def first(offsets: dict[str, int]) -> bytes:
        return _directory(
            8,
            [
                (254, 4, 1),  # a reduced image
                (256, 4, width),
                (257, 4, height),
                (258, 3, [8, 8, 8]),
                (259, 3, 7),  # JPEG
                (262, 3, 6),  # YCbCr
                (271, 2, b"Maker\0"),
                (272, 2, b"Model\0"),
                (273, 4, offsets["preview"]),
                (274, 3, orientation),
                (277, 3, 3),
                (278, 4, height),
                (279, 4, len(preview)),
                (306, 2, date_time + b"\0"),
                (330, 4, offsets["second"]),
                (50706, 1, [1, 4, 0, 0]),  # DNGVersion
                (50708, 2, b"Maker Model\0"),
                (50721, 10, identity),  # ColorMatrix1
            ],
        )

    def second(offsets: dict[str, int]) -> bytes:
        return _directory(
            offsets["second"],
            [
                (254, 4, 0),
                (256, 4, width),
                (257, 4, height),
                (258, 3, 16),
                (259, 3, 1),
                (262, 3, 32803),  # a colour filter array
                (273, 4, offsets["sensor"]),
                (277, 3, 1),
                (278, 4, height),
                (279, 4, len(sensor)),
                (33421, 3, [2, 2]),
                (33422, 1, [0, 1, 1, 2]),
            ],
        )

    offsets: dict[str, int] = {"preview": 0, "second": 0, "sensor": 0}
    offsets["second"] = 8 + len(first(offsets))
    offsets["preview"] = offsets["second"] + len(second(offsets))
    offsets["sensor"] = offsets["preview"] + len(preview)
    return b"II*\0\x08\0\0\0" + first(offsets) + second(offsets) + preview + sensor


def _directory(at: int, fields: list[tuple[int, int, int | list[int] | bytes]]) -> bytes:
    formats = {1: "B", 3: "H", 4: "I"}
    widths = {1: 1, 2: 1, 3: 2, 4: 4, 10: 8}
    entries, beyond = b"", b""
    beyond_at = at + 2 + 12 * len(fields) + 4
    for tag, kind, value in fields:
        numbers = [value] if isinstance(value, int) else value
        data = value if isinstance(value, bytes) else struct.pack(f"<{len(numbers)}{formats[kind]}", *numbers)
        entries += struct.pack("<HHI", tag, kind, len(data) // widths[kind])
        if len(data) <= 4:
            entries += data.ljust(4, b"\0")
        else:
            entries += struct.pack("<I", beyond_at + len(beyond))
            beyond += data + b"\0" * (len(data) % 2)
    return struct.pack("<H", len(fields)) + entries + b"\0\0\0\0" + beyond
