"""Labelled faces -> what cosines mean: how alike strangers are, and how alike one person's photos."""

from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float32, Int64

from facecluster.clusters.threshold import Calibration
from facecluster.errors import UsageError
from facecluster.measure.known_people import known_people
from facecluster.measure.labelled_faces import Pick
from facecluster.measure.labels import read_labels
from facecluster.people.decisions import looked_at
from facecluster.pipeline.catalogue import census_of, latest_scan, seen_faces_of, vectors_of_faces
from facecluster.pipeline.people import people_of
from facecluster.store.library import Library
from facecluster.types import Embeddings

MIN_PEOPLE = 20
"""Who were photographed on two occasions. With fewer, who they happen to be weighs more than the network does."""

MIN_DEVIATIONS = 2.0
"""That photos of one person are more alike than strangers, if the labels are of these photos at all."""

SAMPLED_PAIRS = 1 << 18
"""Of strangers; their median is then known to a few ten-thousandths."""

BLOCK = 1 << 14
"""Pairs whose vectors are copied at a time."""

MAX_FACES = 64
"""Of one person that are compared with each other: two thousand pairs tell the median."""

UNKNOWN_DAY = np.iinfo(np.int64).min
"""As numpy has it: of a time that is none."""

LOWER_DEVIATION = NormalDist().cdf(-1)
"""Share of a normal distribution that lies more than one standard deviation below its median."""


class LabelledFaces(NamedTuple):
    """Faces whose person is known, row by row."""

    vectors: Embeddings
    people: Int64[np.ndarray, "n"]
    photos: Int64[np.ndarray, "n"]  # a number for each photo
    days: Int64[np.ndarray, "n"]  # a number for the day it was taken; UNKNOWN_DAY where the photo does not say


class Measured(NamedTuple):
    """A calibration, and what it was measured on."""

    calibration: Calibration
    faces: int
    people: int
    repeated: int  # of the people: photographed on two occasions


def calibrate_on_labels(library: Library, labels: Path, pick: Pick) -> Measured:
    """The calibration of a library, measured on its faces that a labels file names.

    Raises:
        UsageError: the labels cannot be read, are of other photos, or are too few (`measure_calibration`).
        LibraryError: the library is empty or damaged.
    """
    labelled = read_labels(labels)
    scan = latest_scan(library)
    photos = census_of(library, library.listing(scan), scan.fingerprint).current
    faces = seen_faces_of(library, scan, photos, ["x0", "y0", "x1", "y1"]).to_pandas()
    folder = labels.resolve().parent
    known = known_people(photos, faces, labelled, archive=Path(scan.archive), label_folder=folder, pick=pick)
    named = faces.iloc[known.rows]
    _, vectors = vectors_of_faces(library, scan, named["face_id"])
    photo_numbers, days = _photos_and_days(named["photo_hash"], photos)
    return measure_calibration(LabelledFaces(vectors, known.people, photo_numbers, days))


def calibrate_on_names(library: Library) -> Measured:
    """The calibration of a library, measured on the faces whose names somebody gave or confirmed one by one.

    Clusters that were named as a whole are left out: the faces in them are those that were alike anyway.

    Raises:
        UsageError: they are too few (`measure_calibration`).
        LibraryError: the library is empty or damaged.
    """
    people = people_of(library)
    ignored = np.array([*(person.ignored for person in people.who.people), True])  # the last is nobody
    rows = np.flatnonzero(looked_at(people.who) & people.seen & ~ignored[people.who.persons])
    faces = people.faces.iloc[rows]
    _, vectors = vectors_of_faces(library, latest_scan(library), faces["face_id"])
    days = faces["taken_at"].to_numpy("datetime64[D]").astype(np.int64)
    photos = pd.factorize(faces["photo"])[0].astype(np.int64)
    return measure_calibration(LabelledFaces(vectors, people.who.persons[rows].astype(np.int64), photos, days))


def measure_calibration(faces: LabelledFaces) -> Measured:
    """The cosines of strangers and of one person's photos on labelled faces, every person weighing alike.

    Strangers' spread is read below the median: above it stand people with two names, and siblings. One person's cosine
    is the median over people of the median over pairs of photos, without pairs of one day, where the photos say.

    Raises:
        UsageError: there are too few people, or the labels do not fit the faces.
    """
    rows_of_people = _rows_of_people(faces.people)
    medians = [median for rows in rows_of_people if (median := _median_of_occasions(faces, rows)) is not None]
    if len(medians) < MIN_PEOPLE:
        raise UsageError(
            f"expected at least {MIN_PEOPLE} known people with two photos, taken on different days where photos say "
            f"when, found {len(medians)} among {len(rows_of_people)}"
        )
    strangers = _cosines_of_strangers(faces.vectors, rows_of_people)
    median = float(np.median(strangers))
    sd = median - float(np.quantile(strangers, LOWER_DEVIATION))
    genuine = float(np.median(medians))
    if genuine < median + MIN_DEVIATIONS * sd:
        raise UsageError(
            f"expected photos of one person to be clearly more alike than strangers, found a cosine of {genuine:.3f} "
            f"against {median:.3f} +- {sd:.3f}: are these the labels of these photos?"
        )
    return Measured(Calibration(median, sd, genuine), len(faces.people), len(rows_of_people), len(medians))


def _photos_and_days(hashes: pd.Series, photos: pd.DataFrame) -> tuple[Int64[np.ndarray, "n"], Int64[np.ndarray, "n"]]:
    """Numbers for the photos of some faces, and for the days these were taken."""
    taken = dict(zip(photos["photo_hash"], photos["taken_at"], strict=True))
    days = pd.to_datetime(hashes.map(taken)).to_numpy("datetime64[D]").astype(np.int64)
    return pd.factorize(hashes)[0].astype(np.int64), days


def _rows_of_people(people: Int64[np.ndarray, "n"]) -> list[Int64[np.ndarray, "_rows"]]:
    order = np.argsort(people, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(people[order])) + 1) if len(order) else []


def _median_of_occasions(faces: LabelledFaces, rows: Int64[np.ndarray, "m"]) -> float | None:
    """The median cosine of one person's photos of different occasions; None where there are no two."""
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, MAX_FACES).astype(np.int64))]
    one, other = np.triu_indices(len(rows), 1)
    days, photos = faces.days[rows], faces.photos[rows]
    same_day = (days[one] == days[other]) & (days[one] != UNKNOWN_DAY)
    apart = (photos[one] != photos[other]) & ~same_day
    if not apart.any():
        return None
    vectors = faces.vectors[rows]
    return float(np.median((vectors @ vectors.T)[one[apart], other[apart]]))


def _cosines_of_strangers(
    vectors: Embeddings, rows_of_people: list[Int64[np.ndarray, "_rows"]]
) -> Float32[np.ndarray, "pairs"]:
    """The cosines of pairs of people drawn at random, a face of each drawn at random; the same at each call."""
    random = np.random.default_rng(0)
    n_people = len(rows_of_people)
    sizes = np.array([len(rows) for rows in rows_of_people])
    starts, rows = np.cumsum(sizes) - sizes, np.concatenate(rows_of_people)
    one = random.integers(n_people, size=SAMPLED_PAIRS)
    other = (one + random.integers(1, n_people, size=SAMPLED_PAIRS)) % n_people
    left, right = (rows[starts[who] + (random.random(len(who)) * sizes[who]).astype(np.int64)] for who in (one, other))
    blocks = [slice(start, start + BLOCK) for start in range(0, SAMPLED_PAIRS, BLOCK)]
    return np.concatenate([np.einsum("pd,pd->p", vectors[left[block]], vectors[right[block]]) for block in blocks])
