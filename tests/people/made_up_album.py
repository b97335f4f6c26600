"""Made-up faces, put into clusters and on photos by hand, and what somebody says of them."""

import numpy as np

from facecluster.people.gallery import ALONE, Faces, Said
from facecluster.people.likeness import Likeness
from facecluster.people.who import NOBODY

NOISE = 0.8
"""Length of what a photo adds to a person of length 1."""

LIKENESS = Likeness(0.0, 1 / (1 + NOISE**2))


class Album:
    """Faces one after the other, each on a photo of its own unless it is told."""

    def __init__(self, seed=0, dimension=128, noise=NOISE):
        self.random = np.random.default_rng(seed)
        self.dimension, self.noise = dimension, noise
        self.likeness = Likeness(0.0, 1 / (1 + noise**2))
        self.rows = {name: [] for name in ("vectors", "clusters", "photos", "days", "persons", "not_faces")}

    def person(self, like=None, cosine=0.0):
        """The direction of somebody, who is as like somebody else as that."""
        own = self._unit(self.random.normal(size=self.dimension))
        if like is None:
            return own
        return cosine * like + np.sqrt(1 - cosine**2) * self._unit(own - (own @ like) * like)

    def add(self, person, count=1, cluster=ALONE, photo=None, day=np.nan, said=NOBODY, noise=None, no_face=False):
        """The rows of new faces of a person."""
        first = len(self.rows["photos"])
        for row in range(first, first + count):
            self.rows["vectors"].append(self._face(person, self.noise if noise is None else noise))
            self.rows["clusters"].append(cluster)
            self.rows["photos"].append(10_000 + row if photo is None else photo)
            self.rows["days"].append(day)
            self.rows["persons"].append(said)
            self.rows["not_faces"].append(no_face)
        return list(range(first, first + count))

    def add_strangers(self, count, first_cluster=1000, size=1):
        """Faces of people of whom nobody says anything, in clusters of some faces each or alone."""
        rows = [self.add(self.person(), size, first_cluster + at if size > 1 else ALONE) for at in range(count)]
        return [row for some in rows for row in some]

    def faces(self):
        return Faces(
            np.array(self.rows["vectors"], np.float32).reshape(-1, self.dimension),
            np.array(self.rows["clusters"], np.int32),
            np.array(self.rows["photos"], np.int64),
            np.array(self.rows["days"], np.float64),
        )

    def said(self, n_people, rejected=(), born=None):
        return Said(
            np.array(self.rows["persons"], np.int32),
            np.array(self.rows["not_faces"], np.bool_),
            np.array(rejected, np.int64).reshape(-1, 2),
            np.array([(born or {}).get(person, np.nan) for person in range(n_people)], np.float64),
        )

    def _face(self, person, noise):
        return self._unit(person + noise * self._unit(self.random.normal(size=self.dimension)))

    @staticmethod
    def _unit(vector):
        return vector / np.linalg.norm(vector)


def by_face(proposals):
    """Row of a face -> person, probability, sureness."""
    return {
        int(face): (int(person), float(probability), float(sureness))
        for face, person, probability, sureness in zip(*proposals, strict=True)
    }
