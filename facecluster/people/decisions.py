"""The decisions that people made, in their order -> who is who by them."""

from collections.abc import Sequence
from itertools import chain, groupby, islice, pairwise

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Int32, Int64

from facecluster.people.fold import Fold
from facecluster.people.matching import FaceIdColumn, as_strings, places_of
from facecluster.people.stand_ins import NO_HEIRS, Heirs, stand_ins
from facecluster.people.statements import Decision, Ignore, Statement, Undo, faces_in, people_in
from facecluster.people.who import NOBODY, Person, WhoIsWho


def in_force(decisions: Sequence[Decision]) -> Bool[np.ndarray, "decisions"]:
    """Which decisions count: those that no later one that counts undoes."""
    counts = np.zeros(len(decisions), np.bool_)
    undone: set[str] = set()
    for place in reversed(range(len(decisions))):
        counts[place] = decisions[place].id not in undone
        if counts[place]:
            undone |= {said.decision for said in decisions[place].statements if isinstance(said, Undo)}
    return counts


def who_is_who(decisions: Sequence[Decision], face_ids: FaceIdColumn, heirs: Heirs = NO_HEIRS) -> WhoIsWho:
    """The people, and what is known of each face, after all decisions in force, the later over the earlier.

    Args:
        decisions: all that were ever made, in their order.
        face_ids: of the faces that are there, each once, in any order.
        heirs: of the faces of photos that were changed; what was said of a face that is gone is said of its heir.
    """
    faces, counts = as_strings(face_ids), in_force(decisions)
    told = [(place, said) for place in np.flatnonzero(counts).tolist() for said in decisions[place].statements]
    ids = list(dict.fromkeys(chain.from_iterable(people_in(said) for _, said in told)))
    fold = _folded(told, ids, faces, heirs)
    heads = np.flatnonzero(fold.now == np.arange(len(ids)))
    seats = np.full(len(ids) + 1, NOBODY, np.int32)  # the last is where NOBODY = -1 finds itself
    seats[heads] = np.arange(len(heads))
    seats[:-1] = seats[fold.now]
    persons = seats[fold.persons]
    n_faces = len(faces)
    return WhoIsWho(
        _people(fold, heads, [ids[head] for head in heads], persons, faces),
        persons[:n_faces],
        fold.confirmed[:n_faces],
        fold.decided_by[:n_faces],
        fold.not_faces[:n_faces],
        _rejected(fold, seats, n_faces),
        _different(fold, persons, n_faces),
        tuple(decisions),
        counts,
        {ids[number]: ids[head] for number, head in enumerate(fold.now) if number != head},
    )


def looked_at(who: WhoIsWho) -> Bool[np.ndarray, "n"]:
    """The faces that somebody looked at on their own: confirmed ones, and those decided one by one."""
    decided = who.decided_by >= 0
    sizes = np.bincount(who.decided_by[decided], minlength=len(who.decisions) + 1)
    return who.confirmed | (decided & (sizes[who.decided_by] == 1))


def _folded(told: Sequence[tuple[int, Statement]], ids: Sequence[str], faces: pa.StringArray, heirs: Heirs) -> Fold:
    """All statements told, each of its decision, of the people with these ids."""
    numbers = {person: number for number, person in enumerate(ids)}
    mentioned = [faces_in(said) for _, said in told]
    references = as_strings(list(chain.from_iterable(mentioned)))
    places = places_of(stand_ins(references, faces, heirs), faces)
    fold, start = Fold(len(numbers), places.end), 0
    counts = map(len, mentioned)
    for (decision, is_crowd), some in groupby(told, key=lambda one: (one[0], isinstance(one[1], Ignore))):
        said = [statement for _, statement in some]
        people = [[numbers[person] for person in people_in(one)] for one in said]
        ends = np.cumsum([start, *islice(counts, len(said))]).tolist()
        if is_crowd:
            strangers = [stranger for (stranger,) in people]
            fold.ignore(strangers, np.diff(ends), places.of[start : ends[-1]], decision)
        else:
            for one, its_people, (first, end) in zip(said, people, pairwise(ends), strict=True):
                fold.tell(one, its_people, places.of[first:end], decision)
        start = ends[-1]
    return fold


def _people(
    fold: Fold,
    heads: Int64[np.ndarray, "people"],
    ids: Sequence[str],
    persons: Int32[np.ndarray, "_places"],
    faces: pa.StringArray,
) -> tuple[Person, ...]:
    gone = persons[len(faces) :]
    dormant = np.bincount(gone[gone != NOBODY], minlength=len(heads))
    people = []
    for place, (head, person) in enumerate(zip(heads, ids, strict=True)):
        facts = fold.facts[head]
        shown = facts.cover is not None and facts.cover < len(faces) and persons[facts.cover] == place
        cover = faces[facts.cover].as_py() if shown else None
        people.append(Person(person, facts.name, facts.born, facts.ignored, cover, int(dormant[place])))
    return tuple(people)


def _rejected(fold: Fold, seats: Int32[np.ndarray, "_seats"], n_faces: int) -> Int64[np.ndarray, "_r 2"]:
    pairs = [(place, seats[person]) for person, places in fold.rejected.items() for place in places if place < n_faces]
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)


def _different(fold: Fold, persons: Int32[np.ndarray, "_places"], n_faces: int) -> Int64[np.ndarray, "_m 2"]:
    pairs = np.sort(np.concatenate([np.empty((0, 2), np.int64), *fold.different]), axis=1)
    one, other = pairs[pairs[:, 1] < n_faces].T
    two = (one != other) & ((persons[one] != persons[other]) | (persons[one] == NOBODY))
    keys = np.unique(one[two] * n_faces + other[two])
    return np.column_stack(np.divmod(keys, max(n_faces, 1)))
