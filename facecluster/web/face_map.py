"""Faces -> a map of dots: who is shown, where, in whose colour. Faces that are alike lie side by side."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float32, Int64

from facecluster.clusters.layout import map_layout
from facecluster.types import Embeddings
from facecluster.web.groups import group_names, group_numbers
from facecluster.web.wording import counted

MIN_FACES = 10
"""Of a library with a map: fewer are seen at one glance on their sheets."""

MAX_FACES = 5000
"""On a map: a few seconds of layout, and at most 250 kB of the page."""

MAX_LABELS = 12
"""Persons whose number stands on the map: those with most faces."""

SIDE = 1000
"""Of the map, in the units of its drawing."""

MARGIN = 10  # around the outermost dots, so that none is cut

N_COLOURS = 6  # of `--hue-0` and so on in pictures.css, told apart by the colour-blind too
SHAPES = ("round", "square")

BLOCK_ROWS = 512
"""Dots whose distances to all others are held at a time."""


@dataclass(frozen=True)
class Dots:
    """The faces of one person on the map, or all that are alone."""

    title: str
    style: str  # classes of pictures.css: a hue and a shape, or `alone`
    path: str  # of an SVG path whose strokes are the dots


@dataclass(frozen=True)
class Label:
    """A person's number on the map, in percent of its side."""

    text: str
    left: float
    top: float


@dataclass(frozen=True)
class FaceMap:
    """What the page shows of the map."""

    dots: tuple[Dots, ...]  # those of faces alone first, so that persons are drawn over them
    labels: tuple[Label, ...]
    n_faces: int  # of the library
    n_shown: int
    n_persons: int  # with a dot
    agreement: float | None  # share of dots whose nearest is of the same person; of persons with several dots


def faces_on_map(faces: pd.DataFrame) -> list[str]:
    """The ids of the faces of which a map is made: all, or a sample of `MAX_FACES`; none of a very small library.

    In a sample, every person and the faces alone keep their share, less than one face more or less; the largest
    persons come first.

    Args:
        faces: columns face_id, group (see `groups`; NA: alone) and name (of the person, or None), a row a face.
    """
    if len(faces) < MIN_FACES:
        return []
    persons = _persons_of(faces)
    ids = faces["face_id"].to_numpy(str)[np.lexsort((faces["face_id"], np.where(persons, persons, len(faces) + 1)))]
    n_shown = min(len(ids), MAX_FACES)
    return ids[np.arange(n_shown) * len(ids) // n_shown].tolist()


def map_of(faces: pd.DataFrame, ids: list[str], embeddings: Embeddings) -> FaceMap | None:
    """The map of these faces, the same whatever their order; None where there are none.

    Args:
        faces: all of the library, as for `faces_on_map`.
        ids: of the faces on the map (see `faces_on_map`).
        embeddings: their vectors.
    """
    if not ids:
        return None
    order = np.argsort(ids)
    places = map_layout(embeddings[order])
    everybody = _persons_of(faces)
    known = dict(zip(faces["face_id"], everybody.tolist(), strict=True))
    persons = np.array([known[ids[row]] for row in order], np.int64)
    shown = np.unique(persons[persons > 0])
    middles = np.array([np.median(places[persons == person], axis=0) for person in shown], np.float32).reshape(-1, 2)
    return FaceMap(
        dots=_dots(places, persons, dict(zip(shown.tolist(), spread_styles(middles), strict=True)), _titles_of(faces)),
        labels=tuple(
            Label(str(person), *_percent(middle))
            for person, middle in zip(shown.tolist(), middles, strict=True)
            if person <= MAX_LABELS
        ),
        n_faces=len(faces),
        n_shown=len(ids),
        n_persons=len(shown),
        agreement=agreement(places, persons),
    )


def _persons_of(faces: pd.DataFrame) -> Int64[np.ndarray, "n"]:
    """The number of the person of each face; 0: alone."""
    numbers = group_numbers(faces)
    return np.array([numbers.get(group, 0) for group in faces["group"].tolist()], np.int64)


def _titles_of(faces: pd.DataFrame) -> dict[int, str]:
    """Who each person is, by number, and how many faces there are, shown or not."""
    names, sizes = group_names(faces), faces["group"].value_counts().to_dict()
    titles = {
        number: f"{names.get(group, f'Person {number}')}, {counted(sizes[group], 'face')}"
        for group, number in group_numbers(faces).items()
    }
    return {0: "Faces alone", **titles}


def spread_styles(middles: Float32[np.ndarray, "persons 2"]) -> list[str]:
    """A hue and a shape for each person, largest first: the one whose nearest bearer so far is furthest away.

    So those that lie side by side differ, as far as there are styles enough.
    """
    names = [f"hue-{hue} {shape}" for shape in SHAPES for hue in range(N_COLOURS)]
    styles = np.zeros(len(middles), np.int64)
    for person, middle in enumerate(middles):
        nearest = np.full(len(names), np.inf)
        np.minimum.at(nearest, styles[:person], np.square(middles[:person] - middle).sum(axis=1))
        styles[person] = nearest.argmax()
    return [names[style] for style in styles]


def agreement(places: Float32[np.ndarray, "n 2"], persons: Int64[np.ndarray, "n"]) -> float | None:
    """The share of dots whose nearest dot is of the same person, of those of persons (not 0) with at least two."""
    several = (persons > 0) & (np.bincount(persons)[persons] > 1)
    if not several.any():
        return None
    return float((persons[_nearest(places, several)] == persons[several]).mean())


def _nearest(places: Float32[np.ndarray, "n 2"], wanted: Bool[np.ndarray, "n"]) -> Int64[np.ndarray, "wanted"]:
    """The row of the nearest other dot of each wanted one."""
    rows = np.flatnonzero(wanted)
    nearest = np.empty(len(rows), np.int64)
    for start in range(0, len(rows), BLOCK_ROWS):
        block = rows[start : start + BLOCK_ROWS]
        distances = np.square(places[block, None] - places[None]).sum(axis=2)
        distances[np.arange(len(block)), block] = np.inf
        nearest[start : start + BLOCK_ROWS] = distances.argmin(axis=1)
    return nearest


def _dots(
    places: Float32[np.ndarray, "n 2"],
    persons: Int64[np.ndarray, "n"],
    styles: dict[int, str],
    titles: dict[int, str],
) -> tuple[Dots, ...]:
    """The dots of each person, faces alone first."""
    order = np.argsort(persons, kind="stable")
    units = np.rint(SIDE / 2 + places * (SIDE / 2 - MARGIN)).astype(np.int64)[order]
    numbers, starts = np.unique(persons[order], return_index=True)
    return tuple(
        Dots(
            titles[number],
            styles[number] if number else "alone",
            "".join(f"M{x} {y}h0" for x, y in points.tolist()),
        )
        for number, points in zip(numbers.tolist(), np.split(units, starts[1:]), strict=True)
    )


def _percent(place: Float32[np.ndarray, "2"]) -> tuple[float, float]:
    left, top = (50 + place.astype(np.float64) * (50 - 100 * MARGIN / SIDE)).round(1).tolist()
    return left, top
