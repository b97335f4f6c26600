"""Any pixel layout to sRGB with 8 bits a channel."""

import io

import numpy as np
from PIL import Image, ImageCms

_WHITE_LEVELS = (1, 255, 1023, 4095, 16383, 65535)
"""Values that stand for white: a float fraction, then 8, 10, 12, 14 and 16 bits."""

_PLAIN_MODES = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "LAB"})

_SRGB = ImageCms.createProfile("sRGB")


def eight_bit(image: Image.Image) -> Image.Image:
    """The image in one of the modes L, LA, RGB, RGBA, CMYK or LAB: no palette, 8 bits a channel.

    Deeper grey is scaled, not clipped: its white is the lowest of the usual ones that no pixel exceeds. (Twelve bits
    often come in words of sixteen, and nothing in the file says so.)
    """
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        return _scaled_grey(image)
    if "transparency" in image.info and image.mode in {"1", "L", "P", "RGB"}:
        return image.convert("RGBA")
    if image.mode in _PLAIN_MODES:
        return image
    return image.convert({"1": "L", "La": "LA", "PA": "RGBA", "RGBa": "RGBA"}.get(image.mode, "RGB"))


def to_srgb(image: Image.Image, icc_profile: bytes | None) -> Image.Image:
    """An `eight_bit` image as sRGB without alpha, by its ICC profile where that is sound; what is transparent is white.

    White, because pictures with transparency are made for light pages. An alpha channel that hides every pixel is a
    fourth channel nobody filled, as in many BMPs, and is ignored.
    """
    if not image.has_transparency_data:
        return _managed(image, icc_profile)
    alpha = image.getchannel("A")
    colours = _managed(image.convert("L" if image.mode == "LA" else "RGB"), icc_profile)
    if alpha.getextrema() in {(0, 0), (255, 255)}:
        return colours
    page = Image.new("RGB", image.size, "white")
    page.paste(colours, mask=alpha)
    return page


def _managed(image: Image.Image, icc_profile: bytes | None) -> Image.Image:
    try:
        if image.mode == "LAB":
            source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        elif icc_profile and image.mode in {"L", "RGB", "CMYK"}:
            source = ImageCms.ImageCmsProfile(io.BytesIO(icc_profile))
        else:
            return image.convert("RGB")
        if image.mode == "RGB" and "sRGB" in ImageCms.getProfileDescription(source):
            return image
        managed = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):  # a broken profile, or one of another colour space
        return image.convert("RGB")
    assert managed is not None  # it is None only for a transform in place
    return managed


def _scaled_grey(image: Image.Image) -> Image.Image:
    values = np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0, neginf=0)
    peak = float(values.max())
    white = next((level for level in _WHITE_LEVELS if peak <= level), peak)
    return Image.fromarray((values * (255 / white)).clip(0, 255).round().astype(np.uint8))
