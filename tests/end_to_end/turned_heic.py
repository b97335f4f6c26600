"""A HEIC photo that its container turns, made of one that it does not (ISO/IEC 14496-12 and 23008-12)."""

import struct
from collections.abc import Iterator

_FULL_BOX = 4  # bytes of version and flags, with which some boxes begin
_ESSENTIAL = 0x80  # a property without which the picture is not to be shown


def turned_by_container(heic: bytes, quarter_turns: int) -> bytes:
    """The photo with an `irot` of so many quarter turns anticlockwise.

    What turns a picture is a property, in meta > iprp > ipco; ipma says whose it is, iloc where the picture lies.

    Args:
        heic: of one picture, as libheif writes it.
        quarter_turns: 0..3.
    """
    rotation = struct.pack(">I4sB", 9, b"irot", quarter_turns)
    boxes = dict(_boxes(heic))
    parts = dict(_boxes(boxes[b"meta"][_FULL_BOX:]))
    properties = dict(_boxes(parts[b"iprp"]))
    number = len(list(_boxes(properties[b"ipco"]))) + 1
    properties[b"ipco"] += rotation
    properties[b"ipma"] = _with_property(properties[b"ipma"], number)
    parts[b"iprp"] = _joined(properties)
    parts[b"iloc"] = _moved(parts[b"iloc"], len(rotation) + 1)
    boxes[b"meta"] = boxes[b"meta"][:_FULL_BOX] + _joined(parts)
    return _joined(boxes)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """What is in each box of a file or a box, by kind."""
    start = 0
    while start < len(data):
        size, kind = struct.unpack_from(">I4s", data, start)
        yield kind, data[start + 8 : start + size]
        start += size


def _joined(boxes: dict[bytes, bytes]) -> bytes:
    return b"".join(struct.pack(">I4s", len(data) + 8, kind) + data for kind, data in boxes.items())


def _with_property(ipma: bytes, number: int) -> bytes:
    """The only item has one property more."""
    version, flags, n_items, _, count = struct.unpack_from(">B3sIHB", ipma)
    assert (version, flags, n_items) == (0, b"\0\0\0", 1)
    assert len(ipma) == 11 + count
    return ipma[:10] + bytes([count + 1]) + ipma[11:] + bytes([_ESSENTIAL | number])


def _moved(iloc: bytes, by: int) -> bytes:
    """The only item lies so many bytes further on."""
    version, sizes, n_items, _, _, base = struct.unpack_from(">B3xHHHHI", iloc)
    assert (version, sizes, n_items) == (0, 0x4440, 1)
    return iloc[:12] + struct.pack(">I", base + by) + iloc[16:]
