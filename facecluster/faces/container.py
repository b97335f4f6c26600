"""What kind of file some bytes are, told by the bytes and never by a name."""

from enum import StrEnum

from PIL import Image


class Container(StrEnum):
    """The file formats that photos are read from."""

    JPEG = "JPEG"  # MPO and Ultra HDR too: their first image
    PNG = "PNG"
    WEBP = "WebP"
    AVIF = "AVIF"
    HEIF = "HEIF"
    TIFF = "TIFF"
    BMP = "BMP"
    GIF = "GIF"
    PPM = "PPM"  # and PBM, PGM
    JPEG2000 = "JPEG 2000"
    ICO = "ICO"
    RAW = "camera RAW"


_BEGINNINGS: tuple[tuple[bytes, Container], ...] = (
    (b"\xff\xd8\xff", Container.JPEG),
    (b"\x89PNG\r\n\x1a\n", Container.PNG),
    (b"GIF87a", Container.GIF),
    (b"GIF89a", Container.GIF),
    (b"BM", Container.BMP),
    *((b"P%d" % digit, Container.PPM) for digit in range(1, 7)),
    (b"\0\0\0\x0cjP  \r\n\x87\n", Container.JPEG2000),
    (b"\xff\x4f\xff\x51", Container.JPEG2000),  # a bare codestream
    (b"\0\0\1\0", Container.ICO),
    (b"IIRO", Container.RAW),  # Olympus, three ways
    (b"IIRS", Container.RAW),
    (b"MMOR", Container.RAW),
    (b"IIU\0", Container.RAW),  # Panasonic, Leica
    (b"FUJIFILMCCD-RAW", Container.RAW),
    (b"FOVb", Container.RAW),  # Sigma
    (b"\0MRM", Container.RAW),  # Minolta
    (b"II\x1a\0\0\0HEAPCCDR", Container.RAW),  # Canon CRW
)

_TIFF_BEGINNINGS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # the latter two: BigTIFF

_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
_CANON_CR3_BRAND = b"crx "

_ISPE = b"\0\0\0\x14ispe"  # size and type of an image extent box: 20 bytes, ISO/IEC 23008-12, 6.5.3

_NEW_SUBFILE_TYPE, _PHOTOMETRIC, _SUB_IFDS, _DNG_VERSION = 254, 262, 330, 50706  # TIFF tags
_SENSOR_PHOTOMETRICS = frozenset({32803, 34892})  # colour filter array, linear raw: TIFF/EP, DNG


def container_of(data: bytes) -> Container | None:
    """The format of a file's bytes; None where they are of no format that photos are read from."""
    if data[4:8] == b"ftyp":
        return _by_brand(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Container.WEBP
    if data[:4] in _TIFF_BEGINNINGS:
        return Container.RAW if _is_raw_tiff(data) else Container.TIFF
    return next((container for beginning, container in _BEGINNINGS if data.startswith(beginning)), None)


def largest_extent_px(data: bytes) -> int:
    """The pixels of the largest image that an AVIF or HEIF file declares; 0 where it declares none.

    Their decoders allocate, or refuse with no reason given, when the file is opened: so it must be known before.
    """
    meta = _top_level_box(data, b"meta")
    largest, at = 0, meta.find(_ISPE)
    while at >= 0:
        width, height = (int.from_bytes(meta[at + start : at + start + 4], "big") for start in (12, 16))
        largest = max(largest, width * height)
        at = meta.find(_ISPE, at + len(_ISPE))
    return largest


def _by_brand(data: bytes) -> Container | None:
    length = min(int.from_bytes(data[:4], "big"), 4096)  # bytes of the ftyp box; real ones hold a few brands
    brands = {data[start : start + 4] for start in (8, *range(16, length, 4))}
    if _CANON_CR3_BRAND in brands:
        return Container.RAW
    if brands & _AVIF_BRANDS:
        return Container.AVIF
    return Container.HEIF if brands & _HEIF_BRANDS else None


def _top_level_box(data: bytes, name: bytes) -> bytes:
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:  # the true size follows, in 64 bits
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if data[at + 4 : at + 8] == name:
            return data[at : at + size] if size else data[at:]
        if size < 8:
            break
        at += size
    return b""


def _is_raw_tiff(data: bytes) -> bool:
    """Whether a TIFF holds a camera's sensor data: TIFF readers would show its thumbnail, or nothing."""
    if data[8:10] == b"CR" or data[8:12] == b"IIII":  # Canon CR2, Phase One
        return True
    tags = Image.Exif()
    try:
        tags.load(data)
        before_sensor = tags.get(_NEW_SUBFILE_TYPE) == 1 and _SUB_IFDS in tags  # a thumbnail, as in NEF and ARW
        return before_sensor or _DNG_VERSION in tags or tags.get(_PHOTOMETRIC) in _SENSOR_PHOTOMETRICS
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the TIFF reader comes next and says so
        return False
