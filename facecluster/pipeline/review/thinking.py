"""What there is to be asked about the people of a library, thought of all at once: in order, and small."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int64

from facecluster.errors import FaceclusterError
from facecluster.people.pairs import EVEN, pairs_of_one
from facecluster.people.questions import Kind, Question, in_order
from facecluster.people.suggest import same_questions, uncertain_questions, unknown_units
from facecluster.people.units import Units, units_of
from facecluster.pipeline.review.live import Moment, State
from facecluster.pipeline.review.question_keys import About, key_from, key_of
from facecluster.pipeline.suggest import almost_one, doubts, faces_of_people
from facecluster.store.library import Library

Kinds = tuple[Kind, ...]
NAME: Kinds = ("who",)
SAME: Kinds = ("same", "mixed")
MORE: Kinds = ("uncertain", "wrong")
SCREENS = (NAME, SAME, MORE)
"""What is asked together, the one after the other."""

MAX_QUESTIONS = 1000
"""Of a kind that are thought of at once; of the unknown all are. When these are answered, more are thought of."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Thought:
    """All questions of a moment."""

    state: State
    order: dict[Kinds, tuple[str, ...]]  # their keys, by screen, the best first
    questions: dict[str, Question]  # by key, but for those that follow from the key and the faces: who, uncertain
    settles: dict[str, float]  # by key, but for who
    unknown_clusters: Bool[np.ndarray, "clusters"]  # whether a cluster is asked about
    unknown_people: frozenset[str]  # ids of those without a name
    whole: dict[str, frozenset[int]]  # by person: clusters that are asked about as such, not face by face


def thought_of(library: Library, moment: Moment) -> Thought:
    """The questions that the faces and the decisions of a moment leave.

    Raises:
        LibraryError: the library is damaged.
    """
    people, who = moment.people, moment.people.who
    faces = faces_of_people(people)
    units = units_of(faces, who)
    pairs = pairs_of_one(faces, units, who, almost_one(library, moment.state.run, faces))
    unknown = unknown_units(faces, units, pairs)
    try:
        doubted = doubts(library, moment.present, faces, units, who, MAX_QUESTIONS)
    except FaceclusterError as error:  # names can be given without the vectors of a damaged shard
        logger.warning("Nobody is asked which faces look wrong: %s", error)
        doubted = []
    same = same_questions(faces, units, pairs, MAX_QUESTIONS)
    uncertain = uncertain_questions(faces, units, pairs, MAX_QUESTIONS)
    asked = in_order([*same, *uncertain, *doubted])
    return Thought(
        moment.state,
        order={NAME: _who_keys(units, unknown), SAME: _keys(asked, SAME), MORE: _keys(asked, MORE)},
        questions={key_of(one): one for one in asked if one.kind != "uncertain"},
        settles={key_of(one): one.settles for one in asked},
        unknown_clusters=np.isin(np.arange(units.first_cluster, units.first_alone), unknown),
        unknown_people=frozenset(units.people[unit].id for unit in unknown[unknown < units.first_cluster].tolist()),
        whole=_asked_whole(same),
    )


def _keys(questions: Iterable[Question], kinds: Kinds) -> tuple[str, ...]:
    return tuple(key_of(one) for one in questions if one.kind in kinds)


def _who_keys(units: Units, unknown: Int64[np.ndarray, "m"]) -> tuple[str, ...]:
    """The keys of the questions who these are; of a million faces there are a hundred thousand."""
    return tuple(
        f"who.cluster-{unit - units.first_cluster}"
        if unit >= units.first_cluster
        else key_from("who", About("person", units.people[unit].id))
        for unit in unknown.tolist()
    )


def _asked_whole(same: Iterable[Question]) -> dict[str, frozenset[int]]:
    """The clusters that are likely enough a person's to be asked about as a whole, by the person's id."""
    whole: dict[str, set[int]] = {}
    for one in same:
        person, cluster = one.units
        if person.kind == "person" and cluster.kind == "cluster" and (one.probability or 0) >= EVEN:
            whole.setdefault(person.id, set()).add(int(cluster.id))
    return {person: frozenset(clusters) for person, clusters in whole.items()}
