"""Does a low quality foretell a bad vector? Refits the weights of `faces.quality` and prints how well it tells.

    python -m tests.benchmarks.quality PHOTOS

PHOTOS is laid out as for `tests.benchmarks.detectors`. A vector is bad when its cosine to the mean of its person's
other vectors is under .5. Since labelled faces are nearly all good, some are also made small, blurred, pale or badly
compressed.
"""

import io
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from PIL import Image, ImageFilter
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from facecluster.faces import quality
from facecluster.faces.align import aligned_crops, crop_scale
from facecluster.faces.quality import Quality, face_quality
from facecluster.packs.load import load_pack
from facecluster.packs.pack import Pack
from facecluster.settings import DetectSettings, PackSettings
from facecluster.types import Landmarks, RgbImage
from tests.benchmarks.detectors import labelled_box, read, read_labels, which_face

GOOD_COSINE = 0.5
COPIES = 3  # spoiled ones of each chosen face
CHOSEN = {"bench/lfw": 220, "bench/jurassic": 60, "bench/athletes": 60, "bench/bbt": 20, "quick/public_figures": 20}
MISPLACED_PX = 15  # of the crop; a face found farther from where it was is another


class Sample(NamedTuple):
    """One face as found in one picture of it."""

    person: str
    collection: str
    path: str
    landmarks: Landmarks  # (1, 5, 2)
    vector: np.ndarray
    measured: Quality


def main(photos: Path) -> None:
    """Gather faces, spoil some, fit on half of the people, judge on the other half."""
    pack = load_pack(PackSettings(provider="cpu", threads=1, embed_batch=4), DetectSettings())
    clean = list(labelled_faces(photos, pack))
    means = {number: mean for number, mean in enumerate(means_of_others(clean)) if mean is not None}
    cosines = [float(clean[number].vector @ mean) for number, mean in means.items()]
    samples = [clean[number] for number in means]
    for number in choose(clean, means):
        for copy in spoiled_copies(photos, pack, clean[number], seed=number):
            samples.append(copy)
            cosines.append(float(copy.vector @ means[number]))
    report(samples, np.array(cosines))


def labelled_faces(photos: Path, pack: Pack) -> Iterator[Sample]:
    """The face of every label that means one."""
    labels = read_labels(photos)
    for path, rows in labels[labels.usable & (labels.collection != "bench/orl")].groupby("path", sort=False):
        image = read(photos / str(path))
        found = pack.detector.detect([image], pack.manifest.min_score)[0]
        for _, row in rows.iterrows():
            face = which_face(found, image, labelled_box(row), centre=row.collection == "bench/lfw")
            if face is not None:
                at = slice(face, face + 1)
                yield sample(row, pack, image, found.landmarks[at], found.scores[at])


def sample(row: pd.Series | Sample, pack: Pack, image: RgbImage, landmarks: Landmarks, scores: np.ndarray) -> Sample:
    """What is measured of a face, and its vector."""
    crops = aligned_crops(image, landmarks)
    person = row.person if isinstance(row, Sample) else row.identity
    measured = face_quality(crops, landmarks, scores)
    return Sample(person, row.collection, row.path, landmarks, pack.embedder.embed(crops)[0], measured)


def means_of_others(samples: list[Sample]) -> Iterator[np.ndarray | None]:
    """For each face, the direction of the mean of its person's other vectors, if there are any."""
    sums: dict[str, np.ndarray] = {}
    for one in samples:
        sums[one.person] = sums.get(one.person, 0) + one.vector
    for one in samples:
        others = sums[one.person] - one.vector
        length = np.linalg.norm(others)
        yield others / length if length > 1e-3 else None


def choose(clean: list[Sample], means: dict[int, np.ndarray]) -> Iterator[int]:
    """Good faces to spoil, from every collection, the same at each run."""
    random = np.random.default_rng(0)
    for collection, count in CHOSEN.items():
        good = [n for n, mean in means.items() if clean[n].collection == collection and clean[n].vector @ mean > 0.6]
        yield from random.choice(good, min(count, len(good)), replace=False).tolist()


def spoiled_copies(photos: Path, pack: Pack, original: Sample, seed: int) -> Iterator[Sample]:
    """The face again, in copies of its photo that are small and some of them blurred, compressed or pale."""
    random = np.random.default_rng(seed)
    image = Image.fromarray(read(photos / original.path))
    pixels_a_crop_pixel = 1 / float(crop_scale(original.landmarks)[0])
    for _ in range(COPIES):
        wanted = np.exp(random.uniform(np.log(0.12), np.log(1.2)))
        shrink = min(1.0, wanted / pixels_a_crop_pixel)
        small = image.resize([max(8, round(side * shrink)) for side in image.size], Image.Resampling.BOX)
        spoiled = np.asarray(spoil(small, random, pixels_a_crop_pixel * shrink))
        found = pack.detector.detect([spoiled], 0.3)[0]
        expected = original.landmarks[0].mean(axis=0) * np.array(small.size) / image.size
        distances = np.linalg.norm(found.landmarks.mean(axis=1) - expected, axis=1) * crop_scale(found.landmarks)
        if len(distances) and distances.min() < MISPLACED_PX:
            at = slice(int(distances.argmin()), int(distances.argmin()) + 1)
            yield sample(original, pack, spoiled, found.landmarks[at], found.scores[at])


def spoil(image: Image.Image, random: np.random.Generator, pixels_a_crop_pixel: float) -> Image.Image:
    """The image as it is, blurred, compressed or pale, by chance."""
    match random.integers(4):
        case 0:
            return image.filter(ImageFilter.GaussianBlur(float(random.uniform(0.5, 5) * pixels_a_crop_pixel)))
        case 1:
            buffer = io.BytesIO()
            image.save(buffer, "JPEG", quality=int(random.integers(10, 60)))
            return Image.open(buffer)
        case 2:
            contrast, grey = random.uniform(0.2, 1), random.uniform(40, 128)
            return image.point(lambda value: (value - 128) * contrast + grey)
    return image


def report(samples: list[Sample], cosines: np.ndarray) -> None:
    """Print the weights fitted on half of the people, and what the quality in use says of the other half."""
    good = cosines >= GOOD_COSINE
    measured = Quality(*(np.concatenate(column) for column in zip(*(one.measured for one in samples), strict=True)))
    features = np.stack(
        [
            np.clip(measured.size, *quality.SIZE_LIMITS),
            np.clip(measured.sharpness, *quality.SHARPNESS_LIMITS),
            np.clip(measured.score, *quality.SCORE_LIMITS),
        ],
        axis=1,
    )
    half = np.array([sum(one.person.encode()) % 2 == 0 for one in samples])
    fitted = LogisticRegression(C=100).fit(features[half], good[half])
    print(f"{len(samples)} faces, {(~good).sum()} bad")
    print(f"fitted on half: size, sharpness, score {fitted.coef_[0].round(2)}, bias {fitted.intercept_[0]:.2f}")
    print(
        f"area under the curve of that fit on the other half: {area(good, fitted.decision_function(features), ~half)}"
    )
    in_use = measured.total
    print(f"of the quality in use: {area(good, in_use, ~half)} there, {area(good, in_use, half | True)} on all")
    print("| quality | faces | bad |\n| --- | --- | --- |")
    edges = (0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.95, 1.01)
    for low, high in pairwise(edges):
        inside = (in_use >= low) & (in_use < high)
        print(f"| {low} to {min(high, 1)} | {inside.sum()} | {(~good)[inside].mean():.2f} |")


def area(good: np.ndarray, score: np.ndarray, among: np.ndarray) -> str:
    """The area under the curve, to three digits."""
    return f"{roc_auc_score(good[among], score[among]):.3f}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
