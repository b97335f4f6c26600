import numpy as np
import pytest
from PIL import Image, ImageCms

from facecluster.faces.colour import eight_bit, to_srgb
from tests.faces.pictures import picture

SRGB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile() -> bytes:
    """An RGB profile whose red is green and whose green is red."""
    profile = SRGB_PROFILE.replace("sRGB".encode("utf-16-be"), "xRGB".encode("utf-16-be"))
    return profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


def pixels(image: Image.Image, profile: bytes | None = None) -> np.ndarray:
    return np.asarray(to_srgb(eight_bit(image), profile)).astype(int)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "RGBX", "YCbCr", "HSV", "RGBa"])
def test_colour_modes_keep_their_colours(mode):
    through = "RGBA" if mode == "RGBa" else "RGB"
    found = pixels(picture().convert(through).convert(mode))
    assert np.abs(found - np.asarray(picture())).mean() < 1.5


@pytest.mark.parametrize("mode", ["L", "LA", "1", "I", "F", "I;16"])
def test_grey_modes_are_equal_in_the_three_channels(mode):
    grey = picture().convert("L")
    image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257) if mode == "I;16" else grey.convert(mode)
    found = pixels(image)
    assert (found[..., :1] == found).all()
    tolerance = 255 if mode == "1" else 1
    assert np.abs(found[..., 0] - np.asarray(grey)).max() <= tolerance
    assert abs(found[..., 0].mean() - np.asarray(grey).mean()) < 2


@pytest.mark.parametrize(("depth", "white"), [(10, 1023), (12, 4095), (14, 16383), (16, 65535)])
def test_deep_grey_is_scaled_from_the_depth_it_uses(depth, white):
    image = Image.fromarray(np.linspace(0, white, 256).round().astype(np.uint16).reshape(16, 16))
    assert np.abs(pixels(image)[..., 0].ravel() - np.arange(256)).max() <= 1


def test_fractions_are_scaled_and_strange_numbers_are_black():
    image = Image.fromarray(np.array([[0.0, 0.5, 1.0], [np.nan, np.inf, -1.0]], np.float32))
    assert pixels(image)[..., 0].tolist() == [[0, 128, 255], [0, 0, 0]]


def test_black_is_black():
    assert pixels(Image.new("I;16", (2, 2))).max() == 0


def test_what_is_transparent_is_white():
    image = picture().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 96, 32))
    found = pixels(image)
    assert found[:32].min() == 255
    assert (found[32:] == np.asarray(picture())[32:]).all()


def test_an_alpha_channel_that_hides_everything_is_ignored():
    image = picture().convert("RGBA")
    image.putalpha(0)
    assert (pixels(image) == np.asarray(picture())).all()


@pytest.mark.parametrize("mode", ["P", "RGB", "L"])
def test_a_colour_marked_as_transparent_is_white(mode):
    image = Image.new(mode, (2, 1))
    image.paste(1 if mode == "P" else "white", (1, 0, 2, 1))
    image.info["transparency"] = (0, 0, 0) if mode == "RGB" else 0
    assert pixels(image)[0, 0].tolist() == [255, 255, 255]


def test_cmyk_becomes_rgb():
    assert np.abs(pixels(picture().convert("CMYK")) - np.asarray(picture())).max() <= 2


def test_lab_becomes_srgb():
    lab = ImageCms.profileToProfile(
        picture(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    assert np.abs(pixels(lab) - np.asarray(picture())).mean() < 2


def test_a_colour_profile_is_applied():
    found = pixels(picture(), swapped_profile())
    assert np.abs(found - np.asarray(picture())[..., [1, 0, 2]]).max() <= 8


@pytest.mark.parametrize("profile", [None, b"", b"broken", SRGB_PROFILE, SRGB_PROFILE[:200]])
def test_profiles_that_change_nothing(profile):
    assert (pixels(picture(), profile) == np.asarray(picture())).all()


def test_a_profile_of_another_colour_space_is_ignored():
    grey = picture().convert("L")
    assert (pixels(grey, SRGB_PROFILE)[..., 0] == np.asarray(grey)).all()


def test_a_profile_is_applied_below_transparency():
    image = picture().convert("RGBA")
    image.putpixel((0, 0), (0, 0, 0, 0))
    found = pixels(image, swapped_profile())
    assert found[0, 0].tolist() == [255, 255, 255]
    assert np.abs(found[1:] - np.asarray(picture())[1:, :, [1, 0, 2]]).max() <= 8
