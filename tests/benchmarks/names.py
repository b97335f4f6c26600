"""How right names are that spread from one, three or five named faces a person, printed as Markdown tables.

    facecluster run PHOTOS --library LIBRARY
    python -m tests.benchmarks.names LIBRARY LABELS

Every person with five photos and more is named by some faces, or by one whole cluster; every other labelled face is
asked for, those of all other people too: they are strangers. Precision is of the automatic names, coverage their share
of the other faces of named people; where a cluster was named, these are the few outside it. The columns beside are what
other rules reach, each with the threshold that is best for these very faces, which nobody can know: the lowest with the
precision asked for. Takes a minute for 3,000 faces.

Half of the people, by a hash of their name, helped to fit the model: the others are named and asked for by themselves.
Labels that are known to be wrong are left out.
"""

import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64

from facecluster.people.gallery import ALONE, Faces, Said
from facecluster.people.likeness import Likeness
from facecluster.people.precision import Threshold, choose_threshold, measure_names
from facecluster.people.propagate import Proposals, spread_names
from facecluster.people.who import NOBODY
from facecluster.pipeline.catalogue import embeddings_of
from facecluster.store.library import open_library
from tests.benchmarks.grouping import LabelledLibrary, SetFaces

TARGET = 0.995
LEAST_PHOTOS = 5
SEEDS = range(5)
NAMED = ("1 face", "3 faces", "5 faces", "a cluster")
BINS = (0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)

MISLABELLED = (
    *("Bart_Hendricks", "Flor_Montulo", "Janica_Kostelic", "Martha_Bowen", "Nora_Bendijo"),  # errata of LFW
    *("Hayley_Tullett", "Nicola_Wells"),  # one face under both names
)


class LabelledFaces(NamedTuple):
    """All faces of a library, and whose the labelled ones are."""

    faces: Faces
    people: Int32[np.ndarray, "n"]  # NOBODY: no label
    names: tuple[str, ...]
    likeness: Likeness


class Guesses(NamedTuple):
    """At most one person for each face, best if most sure."""

    faces: Int64[np.ndarray, "m"]
    persons: Int32[np.ndarray, "m"]
    sureness: Float64[np.ndarray, "m"]


class Outcome(NamedTuple):
    """What became of the labelled faces that were asked for."""

    sureness: Float64[np.ndarray, "m"]  # of those with a name
    right: Bool[np.ndarray, "m"]
    findable: int  # faces of people who were named


def labelled_faces(folder: Path, labels: Path) -> LabelledFaces:
    """The faces of a library, with the clusters of its current run."""
    every = SetFaces(LabelledLibrary(folder, labels), ("",))
    library = open_library(folder)
    run = library.current_run()
    assert run is not None
    ids = every.table["face_id"].to_pylist()
    clusters = library.clusters(run).to_pandas().set_index("face_id")["cluster_id"].loc[ids]
    _, photos = np.unique(every.table["photo_hash"].to_numpy().astype(str), return_inverse=True)
    people = np.full(len(ids), NOBODY, np.int32)
    people[every.known.rows] = every.known.people
    people[np.isin(people, [place for place, name in enumerate(every.known.names) if name in MISLABELLED])] = NOBODY
    record = library.run_record(run)["calibration"]
    days = np.full(len(ids), np.nan)
    vectors, numbers = embeddings_of(every.table), clusters.fillna(ALONE).to_numpy(np.int32)
    faces = Faces(vectors, numbers, photos.astype(np.int64), days)
    return LabelledFaces(
        faces, people, every.known.names, Likeness(record["impostor_median"], record["genuine_median"])
    )


def half_of(name: str) -> int:
    """0: the person helped to fit the model; 1: did not."""
    return int(sha256(name.encode()).hexdigest(), 16) % 2


def name_some(known: LabelledFaces, how: str, allowed: Bool[np.ndarray, "people"], seed: int) -> Said:
    """Some faces of each person with photos enough are named, as `how` says."""
    random = np.random.default_rng(seed)
    persons = np.full(len(known.people), NOBODY, np.int32)
    for person in np.flatnonzero(allowed):
        rows = np.flatnonzero(known.people == person)
        if len(np.unique(known.faces.photos[rows])) < LEAST_PHOTOS:
            continue
        first = random.permutation(rows)
        if how == "a cluster":
            cluster = known.faces.clusters[first[0]]
            persons[known.faces.clusters == cluster if cluster != ALONE else first[:1]] = person
        else:
            persons[first[: min(int(how[0]), len(rows) - 1)]] = person
    n_people = len(known.names)
    nothing = np.zeros(len(persons), np.bool_)
    return Said(persons, nothing, np.empty((0, 2), np.int64), np.full(n_people, np.nan))


def judge(guesses: Guesses, known: LabelledFaces, said: Said, asked: Bool[np.ndarray, "n"]) -> Outcome:
    """Which guesses of the faces asked for are right."""
    judged = asked[guesses.faces]
    right = known.people[guesses.faces] == guesses.persons
    findable = asked & np.isin(known.people, np.unique(said.persons[said.persons != NOBODY]))
    return Outcome(guesses.sureness[judged], right[judged], int(findable.sum()))


def nearest_face(known: LabelledFaces, said: Said) -> Guesses:
    """The person of the nearest named face, as sure as they are alike."""
    return _nearest(known, said, np.flatnonzero(said.persons != NOBODY), lambda rows: known.faces.vectors[rows])


def nearest_mean(known: LabelledFaces, said: Said) -> Guesses:
    """The person whose named faces have the nearest mean."""
    people = np.unique(said.persons[said.persons != NOBODY])

    def mean(rows: np.ndarray) -> np.ndarray:
        sums = np.stack([known.faces.vectors[said.persons == said.persons[row]].sum(axis=0) for row in rows])
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)

    return _nearest(known, said, np.array([np.argmax(said.persons == person) for person in people]), mean)


def _nearest(
    known: LabelledFaces, said: Said, rows: np.ndarray, vectors: Callable[[np.ndarray], np.ndarray]
) -> Guesses:
    asked = np.flatnonzero(said.persons == NOBODY)
    cosines = known.faces.vectors[asked] @ vectors(rows).T
    return Guesses(asked, said.persons[rows[cosines.argmax(axis=1)]], cosines.max(axis=1).astype(np.float64))


def vote_of_cluster(known: LabelledFaces, said: Said) -> Guesses:
    """The person of most named faces in the cluster, as sure as these are of all named there."""
    clusters, asked = known.faces.clusters, np.flatnonzero(said.persons == NOBODY)
    votes = np.zeros((clusters.max() + 1, len(known.names)), np.int32)
    named = (said.persons != NOBODY) & (clusters != ALONE)
    np.add.at(votes, (clusters[named], said.persons[named]), 1)
    asked = asked[clusters[asked] != ALONE]
    ours = votes[clusters[asked]]
    some = ours.sum(axis=1) > 0
    best = ours[some].max(axis=1)
    return Guesses(asked[some], ours[some].argmax(axis=1).astype(np.int32), best / ours[some].sum(axis=1))


RIVALS = {"nearest named face": nearest_face, "nearest mean": nearest_mean, "vote of the cluster": vote_of_cluster}


def best_threshold(outcome: Outcome) -> tuple[float, float]:
    """Precision and coverage at the threshold with the most right names that has the precision asked for.

    Where there is none, those of all names.
    """
    if not len(outcome.right):
        return np.nan, 0.0
    order = np.argsort(-outcome.sureness, kind="stable")
    right, many = np.cumsum(outcome.right[order]), np.arange(1, len(order) + 1)
    last_of_equals = np.append(np.diff(outcome.sureness[order]) != 0, True)[: len(order)]
    good = np.flatnonzero((right / many >= TARGET) & last_of_equals)
    place = good[-1] if len(good) else -1
    return right[place] / many[place], right[place] / outcome.findable


def runs(
    known: LabelledFaces, how: str, allowed: Bool[np.ndarray, "people"]
) -> Iterator[tuple[Said, Bool[np.ndarray, "n"]]]:
    """What is said, and which faces are asked for, once a seed."""
    for seed in SEEDS:
        said = name_some(known, how, allowed, seed)
        yield said, (known.people != NOBODY) & (said.persons == NOBODY) & allowed[known.people]


def table_rows(known: LabelledFaces, allowed: Bool[np.ndarray, "people"]) -> Iterator[list[str]]:
    """For each way of naming: people, faces, what was found, and what other rules reach."""
    for how in NAMED:
        ours, rivals = [], {name: [] for name in RIVALS}
        for said, asked in runs(known, how, allowed):
            proposals, threshold = spread(known, said)
            found = Guesses(proposals.faces, proposals.persons, proposals.sureness)
            ours.append((judge(found, known, said, asked), threshold, asked.sum(), len(np.unique(said.persons)) - 1))
            for name, rule in RIVALS.items():
                rivals[name].append(best_threshold(judge(rule(known, said), known, said, asked)))
        yield [
            how,
            f"{ours[0][3]:,}, {np.mean([asked for _, _, asked, _ in ours]):,.0f}",
            *_automatic([(outcome, threshold) for outcome, threshold, _, _ in ours]),
            *map(_rival, rivals.values()),
        ]


def spread(known: LabelledFaces, said: Said) -> tuple[Proposals, Threshold]:
    """The names, and how sure they must be."""
    proposals = spread_names(known.faces, said, known.likeness)
    answers = measure_names(known.faces, said, said.persons != NOBODY, known.likeness)
    return proposals, choose_threshold(proposals, answers, TARGET)


def _rival(found: list[tuple[float, float]]) -> str:
    """Precision and coverage of another rule, over all seeds."""
    precision, coverage = np.mean(found, axis=0)
    return "none named" if np.isnan(precision) else f"{precision:.4f}, {coverage:.3f}"


def _automatic(outcomes: list[tuple[Outcome, Threshold]]) -> list[str]:
    """Precision, coverage, share found with proposals, thresholds, and what was measured, over all seeds."""
    wrong, right, findable, found = 0, 0, 0, 0
    for outcome, threshold in outcomes:
        automatic = outcome.sureness >= (np.inf if threshold.sureness is None else threshold.sureness)
        right += int(outcome.right[automatic].sum())
        wrong += int((~outcome.right[automatic]).sum())
        findable += outcome.findable
        found += int(outcome.right.sum())
    told = [f"{one.sureness}{'' if one.by_measure else '*'}" for _, one in outcomes]
    named = right + wrong
    return [
        f"{right / named:.4f} ({wrong:,} of {named:,} wrong)" if named else "none named",
        f"{right / max(findable, 1):.3f} ({right:,} of {findable:,})",
        f"{found / max(findable, 1):.3f}",
        ", ".join(dict.fromkeys(told)),
    ]


def reliability(known: LabelledFaces, allowed: Bool[np.ndarray, "people"]) -> Iterator[list[str]]:
    """For each range of probability: how many proposals, how probable on average, how many right."""
    probable, right = [], []
    for how in NAMED:
        for said, asked in runs(known, how, allowed):
            proposals = spread_names(known.faces, said, known.likeness)
            outcome = judge(Guesses(*proposals[:3]), known, said, asked)
            probable.append(outcome.sureness)
            right.append(outcome.right)
    all_probable, all_right = np.concatenate(probable), np.concatenate(right)
    for low, high in pairwise(BINS):
        inside = (all_probable >= low) & ((all_probable < high) | (high == 1))
        if inside.any():
            means = f"{all_probable[inside].mean():.4f}", f"{all_right[inside].mean():.4f}"
            yield [f"{low} to {high}", f"{inside.sum():,}", *means]


def print_table(head: list[str], rows: Iterator[list[str]]) -> None:
    """Row by row."""
    print("|", " | ".join(head), "|")
    print("|" + "---|" * len(head))
    for row in rows:
        print("|", " | ".join(row), "|", flush=True)
    print()


def main(folder: Path, labels: Path) -> None:
    """Print the tables: of the people who helped to fit the model, of the others, of all."""
    known = labelled_faces(folder, labels)
    halves = np.array([half_of(name) for name in known.names])
    head = ["named", "people, faces asked", "precision", "coverage", "with proposals", "threshold (*: the model's)"]
    for title, allowed in (
        ("People by whom the model was fitted", halves == 0),
        ("Other people", halves == 1),
        ("All people", halves >= 0),
    ):
        print(f"{title}\n")
        print_table([*head, *(f"{name}: precision, coverage" for name in RIVALS)], table_rows(known, allowed))
        print_table(["probability", "proposals", "mean", "right"], reliability(known, allowed))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
