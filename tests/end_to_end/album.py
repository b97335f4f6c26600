"""A small archive made out of the demo album, and settings that index it quickly."""

import shutil
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

import facecluster
from facecluster.settings import Settings

DEMO_ALBUM = Path(facecluster.__file__).parent / "demo_album"
LONG_SIDE_PX = 480

FAILING = "broken.jpg"
FACELESS = "plain.png"
COPY = ("obama-portrait-dim.jpg", "copies/again.jpg")


def make_archive(folder: Path) -> Path:
    """A folder of 29 photos: the demo album reduced, the same darker, a copy, a broken file, one without a face."""
    folder.mkdir(parents=True)
    for path in sorted(DEMO_ALBUM.glob("*.[jpw][pne][gb]*")):
        with Image.open(path) as picture:
            small = picture.convert("RGB")
        small.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX))
        small.save(folder / f"{path.stem}.jpg", quality=90)
        ImageEnhance.Brightness(small).enhance(0.8).save(folder / f"{path.stem}-dim.jpg", quality=90)
    (folder / "copies").mkdir()
    shutil.copy(folder / COPY[0], folder / COPY[1])
    (folder / FAILING).write_bytes((folder / "coffee.jpg").read_bytes()[:500])
    Image.fromarray(np.full((90, 120, 3), 200, np.uint8)).save(folder / FACELESS)
    return folder


def quick_settings(**sections: dict) -> Settings:
    """Settings that look at small images and cut small shards; `sections` go on top."""
    base = {"detect": {"size_px": 320}, "index": {"photos_per_shard": 4}, "runner": {"workers": 1}}
    for name, values in sections.items():
        base[name] = base.get(name, {}) | values
    return Settings.model_validate(base)
