"""The weights of people.likelihood, fitted on labelled photographs and on made-up faces, and how they carry over.

    facecluster run PHOTOS --library LIBRARY
    python -m tests.benchmarks.names_model LIBRARY LABELS

Takes about two minutes. In turn one to 20 faces of some people are named, or a cluster of each, and the other faces
asked for, as they stand or as if they were new. Each of the three kinds of faces has a third of the weight: photographs
of the people of one half of names.py, and made-up faces of 128 and of 512 numbers. For each kind the loss is told, and
for a probability from .95 on how many names are wrong, how many the model expects to be, and the coverage.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64
from scipy.optimize import minimize

from facecluster.clusters.group import group_faces
from facecluster.people.gallery import ALONE, Faces, Said, gallery_of
from facecluster.people.likelihood import WEIGHTS, measure, probabilities, terms
from facecluster.people.likeness import Likeness
from facecluster.people.precision import joined_clusters
from facecluster.people.shortlist import shortlist
from facecluster.people.who import NOBODY
from facecluster.settings import ClusterSettings
from tests.benchmarks.names import LabelledFaces, half_of, labelled_faces
from tests.benchmarks.scale import prior_of
from tests.benchmarks.synthetic import difficulty, synthetic_faces

MADE_UP = ((1000, 1), (4000, 2), (4000, 4), (16_000, 3), (16_000, 5))  # faces, seed
WAYS = (1, 2, 3, 5, 20, None)  # faces of a person that are named; None: most of a cluster
SHARES = (0.15, 0.4, 0.7, 0.95)  # of the people that are named
CLUSTER_SHARE = 0.7  # of the faces of a cluster that are named with it
NEW_SHARE = 0.34  # of the faces asked for as if they were new
MAX_ASKED = 3000
PHOTO_ROUNDS = 6
RIDGE = 1e-5
SURE = 0.95


class Pairs(NamedTuple):
    """Pairs of a face and a person, by face, and the faces that were asked for."""

    terms: Float64[np.ndarray, "m w"]
    right: Bool[np.ndarray, "m"]
    faces: Int64[np.ndarray, "m"]  # numbers without gaps, rising
    findable: int  # faces of people who were named


def made_up(dimension: int) -> Iterator[LabelledFaces]:
    """Made-up faces, grouped."""
    for n_faces, seed in MADE_UP:
        made = synthetic_faces(n_faces, dimension, seed)
        prior, photos = prior_of(difficulty(made)), made.photos.astype(np.int64)
        grouping = group_faces(made.vectors, made.qualities, photos, ClusterSettings(), prior)
        faces = Faces(made.vectors, grouping.labels, photos, np.full(n_faces, np.nan))
        names = tuple(map(str, range(made.people.max() + 1)))
        yield LabelledFaces(faces, made.people.astype(np.int32), names, Likeness(prior[0], prior[2]))


def asked_pairs(known: LabelledFaces, allowed: Bool[np.ndarray, "people"], random: np.random.Generator) -> list[Pairs]:
    """What each way of naming leaves to be asked for, as it stands and as if new."""
    return [
        _pairs(known, _named(known, allowed, count, random), allowed, random, new=new)
        for count in WAYS
        for new in ((False, True) if count else (False,))
    ]


def _named(
    known: LabelledFaces, allowed: Bool[np.ndarray, "people"], count: int | None, random: np.random.Generator
) -> Int32[np.ndarray, "n"]:
    """Some faces of some people, by person."""
    clusters, persons = known.faces.clusters, np.full(len(known.people), NOBODY, np.int32)
    order = np.argsort(known.people, kind="stable")
    bounds = np.searchsorted(known.people[order], np.arange(len(known.names) + 1))
    several = np.flatnonzero(allowed & (np.diff(bounds) > 1))
    for person in several[random.random(len(several)) < random.choice(SHARES)]:
        rows = order[bounds[person] : bounds[person + 1]]
        if count is not None:
            persons[random.choice(rows, min(count, len(rows) - 1), replace=False)] = person
        elif (homes := clusters[rows][clusters[rows] != ALONE]).size:
            cluster = np.flatnonzero(clusters == np.bincount(homes).argmax())
            persons[cluster[random.random(len(cluster)) < CLUSTER_SHARE]] = person
    return persons


def _pairs(
    known: LabelledFaces,
    persons: Int32[np.ndarray, "n"],
    allowed: Bool[np.ndarray, "people"],
    random: np.random.Generator,
    *,
    new: bool,
) -> Pairs:
    """The shortlists of some of the faces that are not named."""
    asked = np.flatnonzero((persons == NOBODY) & (known.people != NOBODY) & allowed[known.people])
    asked = np.sort(random.choice(asked, min(len(asked), MAX_ASKED), replace=False))
    faces, counted = known.faces, np.ones(len(persons), np.bool_)
    if new:
        asked = asked[random.random(len(asked)) < NEW_SHARE]
        counted[asked] = False
        clusters = np.where(counted, faces.clusters, ALONE).astype(np.int32)
        clusters[asked] = joined_clusters(faces.vectors, clusters, asked, known.likeness)
        faces = faces._replace(clusters=clusters)
    nothing, days = np.zeros(len(persons), np.bool_), np.full(len(known.names), np.nan)
    gallery = gallery_of(faces, Said(persons, nothing, np.empty((0, 2), np.int64), days), counted)
    pairs = shortlist(faces.vectors, faces.clusters, gallery, asked, known.likeness)
    measures = measure(faces.vectors, faces.clusters, gallery, counted, pairs, known.likeness)
    _, numbers = np.unique(pairs.faces, return_inverse=True)
    findable = np.isin(known.people[asked], np.unique(persons[persons != NOBODY]))
    right = known.people[pairs.faces] == pairs.persons
    return Pairs(terms(measures, int(counted.sum())), right, numbers, int(findable.sum()))


def together(some: list[Pairs]) -> Pairs:
    """All pairs as one."""
    starts = np.cumsum([0, *(int(pairs.faces.max(initial=-1)) + 1 for pairs in some)])
    faces = [pairs.faces + start for pairs, start in zip(some, starts, strict=False)]
    return Pairs(
        np.concatenate([pairs.terms for pairs in some]),
        np.concatenate([pairs.right for pairs in some]),
        np.concatenate(faces),
        sum(pairs.findable for pairs in some),
    )


def loss(weights: np.ndarray, pairs: Pairs) -> tuple[float, Float64[np.ndarray, "w"]]:
    """The mean over the faces of -log(probability of who it is, of the shortlist or nobody), and its slope."""
    probable = probabilities(pairs.faces, pairs.terms @ weights)
    n_faces = int(pairs.faces.max()) + 1
    of_nobody = 1 - np.bincount(pairs.faces, probable, n_faces)
    found = np.bincount(pairs.faces, pairs.right, n_faces) > 0
    logs = np.log(np.maximum(np.concatenate([probable[pairs.right], of_nobody[~found]]), 1e-12))
    return -float(logs.sum()) / n_faces, -pairs.terms.T @ (pairs.right - probable) / n_faces


def fit(kinds: list[Pairs]) -> Float64[np.ndarray, "w"]:
    """The weights of the least loss, each kind of faces counting alike."""

    def total(weights: np.ndarray) -> tuple[float, np.ndarray]:
        losses, slopes = zip(*(loss(weights, pairs) for pairs in kinds), strict=True)
        ridge = RIDGE / 2 * float(np.square(weights).sum())
        return float(np.mean(losses)) + ridge, np.mean(slopes, axis=0) + RIDGE * weights

    start = np.zeros(kinds[0].terms.shape[1])
    return minimize(total, start, jac=True, method="L-BFGS-B", options={"maxiter": 3000}).x


def told(weights: np.ndarray, pairs: Pairs) -> str:
    """How well weights fit pairs."""
    probable = probabilities(pairs.faces, pairs.terms @ weights)
    sure = probable >= SURE
    wrong, expected = 1 - pairs.right[sure].mean(), 1 - probable[sure].mean()
    return (
        f"loss {loss(weights, pairs)[0]:.4f}, wrong {wrong:.4f}, expected {expected:.4f}, "
        f"coverage {pairs.right[sure].sum() / pairs.findable:.3f}"
    )


def main(folder: Path, labels: Path) -> None:
    """Fit on all kinds and on each, and tell how each fit does on every kind."""
    random = np.random.default_rng(0)
    photos = labelled_faces(folder, labels)
    halves = np.array([half_of(name) for name in photos.names])
    kinds = {
        f"photographs, half {half}": together(
            [pairs for _ in range(PHOTO_ROUNDS) for pairs in asked_pairs(photos, halves == half, random)]
        )
        for half in (0, 1)
    }
    for dimension in (128, 512):
        some = [asked_pairs(made, np.ones(len(made.names), np.bool_), random) for made in made_up(dimension)]
        kinds[f"made up, {dimension}"] = together([pairs for group in some for pairs in group])
    fitted = [name for name in kinds if name != "photographs, half 1"]
    fits = {"all but half 1": fit([kinds[name] for name in fitted])}
    fits |= {f"{name} alone": fit([kinds[name]]) for name in fitted}
    for title, weights in ({"as they are": np.array(WEIGHTS)} | fits).items():
        print(f"weights, {title}:", dict(zip(WEIGHTS._fields, weights.round(2).tolist(), strict=True)))
        for name, pairs in kinds.items():
            print(f"    {name}: {told(weights, pairs)}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
