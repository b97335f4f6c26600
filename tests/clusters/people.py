"""Made-up people for tests: faces around one direction each, the directions far apart."""

import numpy as np

from facecluster.clusters.evidence import Yardstick
from facecluster.clusters.links import Links
from facecluster.clusters.threshold import Calibration, critical_values, least_mean

PRIOR = Calibration(impostor_median=0.0, impostor_sd=0.09, genuine_median=0.64)
"""Of the vectors below as they come by default, and of random strangers in 128 dimensions."""


def unit(vectors):
    vectors = np.asarray(vectors, np.float64)
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def people_faces(sizes, dimension=128, spread=0.75, seed=0):
    """Vectors and people: cosines of one person near 1 / (1 + spread ** 2), of two people near 0."""
    rng = np.random.default_rng(seed)
    people = np.repeat(np.arange(len(sizes)), sizes)
    centres = unit(rng.normal(size=(len(sizes), dimension)))
    noise = unit(rng.normal(size=(len(people), dimension)))
    return unit(centres[people] + spread * noise), people


def yardstick_of(n_faces, n_library=None, means=None, prior=PRIOR, false_links=0.01):
    """What evidence among some faces is held against, in a library that may have more of them."""
    least = (least_mean(prior) - prior.impostor_median) / prior.impostor_sd
    critical = critical_values(n_library or n_faces, false_links)
    means = np.full(n_faces, prior.impostor_median) if means is None else means
    return Yardstick(means, prior.impostor_sd, prior.genuine_median, least, critical)


def said(n_faces, same=(), different=()):
    """Links of faces, of which these pairs are one person's, and those two people's."""
    persons = np.full(n_faces, -1, np.int32)
    for one, other in same:
        new = persons.max() + 1
        joined = (persons >= 0) & np.isin(persons, persons[[one, other]])
        persons[joined] = persons[[one, other]] = new
    return Links(persons, np.array(different, np.int64).reshape(-1, 2))


def same_partition(one, other):
    """Whether two labellings group the same faces; a face of -1 is alone."""
    return np.array_equal(together(one), together(other))


def together(labels):
    """The matrix of who is with whom."""
    return (labels[:, None] == labels) & (labels[:, None] >= 0) | np.eye(len(labels), dtype=bool)
