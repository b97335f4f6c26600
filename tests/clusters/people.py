"""Made-up people for tests: faces around one direction each, the directions far apart."""

import numpy as np


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
