"""The questions of a thinking as they stand at a later moment: which are still open, and with which faces."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from facecluster.people.pairs import keys_of
from facecluster.people.questions import MAX_SHOWN, Question, Unit
from facecluster.people.statements import FaceIds
from facecluster.people.suggest import LEAST_UNKNOWN
from facecluster.people.who import NOBODY
from facecluster.pipeline.open_faces import ids_of
from facecluster.pipeline.review.question_keys import About, asked_by
from facecluster.pipeline.review.standing import Standing
from facecluster.pipeline.review.thinking import NAME, Kinds, Thought
from facecluster.pipeline.targets import Rows


class OpenQuestions:
    """The questions of a thinking at one moment; `earlier` are those of thinkings before, which can be looked at."""

    def __init__(self, thought: Thought, earlier: Mapping[str, Question], standing: Standing) -> None:
        self._thought = thought
        self._earlier = earlier
        self._standing = standing

    def is_open(self, key: str) -> bool:
        """Whether a question is one of the thinking and not settled."""
        asked = asked_by(key)
        if asked is None:
            return False
        return self._is_unknown(asked.about[0]) if asked.kind == "who" else key in self._others

    def count(self, kinds: Kinds) -> int:
        """How many questions of these kinds are open."""
        if kinds != NAME:
            return sum(key.split(".", 1)[0] in kinds for key in self._others)
        sizes, asked = self._standing.sizes_of_clusters, self._thought.unknown_clusters
        n_known = min(len(sizes), len(asked))
        groups = int((asked[:n_known] & (sizes[:n_known] >= LEAST_UNKNOWN)).sum())
        return groups + sum(self._is_unknown(About("person", one)) for one in self._thought.unknown_people)

    def worth(self, key: str) -> float:
        """The faces that the answer to an open question settles, or did when it was thought of."""
        asked = asked_by(key)
        if asked is not None and asked.kind == "who":
            return self._standing.size(asked.about[0])
        return self._thought.settles.get(key, 0)

    def question(self, key: str) -> Question | None:
        """A question with the faces it is about by now; None if it is settled, or the key is none of a question.

        It need not be one of the thinking: who somebody is can be asked of any group.
        """
        asked = asked_by(key)
        if asked is None:
            return None
        if asked.kind == "who":
            return self._who(asked.about[0])
        if asked.kind == "uncertain":
            return self._uncertain(asked.about[0])
        thought = self._thought.questions.get(key) or self._earlier.get(key)
        makers = {"same": self._same, "mixed": self._mixed, "wrong": self._wrong}
        return makers[asked.kind](thought) if thought else None

    @cached_property
    def _others(self) -> frozenset[str]:
        """The keys of all open questions but for `who`."""
        thought = self._thought.questions
        same = [(key, one) for key, one in thought.items() if one.kind == "same" and all(map(self._is_left, one.units))]
        apart = self._standing.told_apart([(_about(one.units[0]), _about(one.units[1])) for _, one in same])
        return frozenset(
            [
                *(key for (key, _), told in zip(same, apart.tolist(), strict=True) if not told),
                *(key for key, one in thought.items() if one.kind == "mixed" and self._is_mixed(one)),
                *(key for key, one in thought.items() if one.kind == "wrong" and len(self._rows_wrong(one))),
                *(f"uncertain.person-{person}" for person in self._people_uncertain),
            ]
        )

    def _is_left(self, unit: Unit) -> bool:
        """Whether a unit is there, and not named for the most part."""
        size = self._standing.size(_about(unit))
        return size > 0 and 2 * size >= (unit.faces if unit.kind == "cluster" else 0)

    # who -------------------------------------------------------------------------------------------------------------

    def _is_unknown(self, about: About) -> bool:
        if about.kind == "person":
            place = self._standing.place(about.id)
            nameless = place != NOBODY and self._standing.who.people[place].name is None
            asked = nameless and about.id in self._thought.unknown_people
        else:
            asked = about.kind == "cluster" and int(about.id) < len(self._thought.unknown_clusters)
            asked = asked and bool(self._thought.unknown_clusters[int(about.id)])
        return asked and self._standing.size(about) >= LEAST_UNKNOWN

    def _who(self, about: About) -> Question | None:
        rows = self._standing.rows(about)
        if not len(rows) or self._standing.told(about).name is not None:
            return None
        shown = (self._shown(rows, MAX_SHOWN),)
        return Question("who", (self._standing.told(about),), (), shown, float(len(rows)), None)

    # same, mixed -----------------------------------------------------------------------------------------------------

    def _same(self, thought: Question) -> Question | None:
        about = [_about(unit) for unit in thought.units]
        sides = [self._standing.rows(one) for one in about]
        if not all(map(self._is_left, thought.units)) or self._standing.told_apart([(about[0], about[1])]).any():
            return None
        ones, others = map(len, sides)
        met = [one.kind for one in about] == ["person", "cluster"]
        settles = (thought.probability or 0) * (others if met else min(ones, others))
        shown = tuple(self._shown(rows, MAX_SHOWN // 2) for rows in sides)
        return replace(thought, units=tuple(map(self._standing.told, about)), shown=shown, settles=settles)

    def _is_mixed(self, thought: Question) -> bool:
        unit = _about(thought.units[0])
        confirmed = [bool(self._standing.who.confirmed[rows].any()) for rows in self._sides(thought)]
        there = self._is_left(thought.units[0]) and all(map(len, self._sides(thought)))
        known = all(map(self._is_left, thought.units[1:]))
        return there and known and not all(confirmed) and not self._standing.is_cut(unit)

    def _mixed(self, thought: Question) -> Question | None:
        sides = self._sides(thought)
        if not self._is_mixed(thought):
            return None
        units = tuple(self._standing.told(_about(unit)) for unit in thought.units)
        shown = tuple(self._shown(rows, MAX_SHOWN // 2) for rows in sides)
        ids = tuple(ids_of(self._standing.people, rows) for rows in sides)
        return replace(thought, units=units, sides=ids, shown=shown)

    def _sides(self, thought: Question) -> tuple[Rows, ...]:
        """The faces of the two sides that are still the unit's."""
        inside = self._standing.rows(_about(thought.units[0]))
        return tuple(rows[np.isin(rows, inside)] for rows in map(self._standing.rows_named, thought.sides))

    # uncertain, wrong ------------------------------------------------------------------------------------------------

    @cached_property
    def _faces_uncertain(self) -> pd.DataFrame:
        """Standing.proposed without the faces of clusters that are asked about as a whole."""
        proposed, place = self._standing.proposed, self._standing.place
        whole = [(place(person), one) for person, clusters in self._thought.whole.items() for one in clusters]
        pairs = np.array(whole, np.int64).reshape(-1, 2)
        keys = keys_of(proposed["person"].to_numpy(np.int64), proposed["cluster"].to_numpy(np.int64))
        return proposed.loc[~np.isin(keys, keys_of(*pairs.T))]

    @cached_property
    def _people_uncertain(self) -> list[str]:
        """The ids of the people of whom faces are uncertain."""
        people = [self._standing.who.people[place] for place in self._faces_uncertain["person"].unique()]
        return [person.id for person in people if not person.ignored]

    def _uncertain(self, about: About) -> Question | None:
        place = self._standing.place(about.id)
        faces = self._faces_uncertain.loc[(self._faces_uncertain["person"] == place).to_numpy()]
        if place == NOBODY or faces.empty:
            return None
        settles = float(faces["probability"].iloc[:MAX_SHOWN].sum())
        return self._of_faces("uncertain", about, faces["row"].to_numpy(), settles)

    def _rows_wrong(self, thought: Question) -> Rows:
        """The faces that look wrong, are still the person's, and were not looked at."""
        rows, place = self._standing.rows_named(thought.sides[0]), self._standing.place(thought.units[0].id)
        theirs = (place != NOBODY) & (self._standing.persons[rows] == place)
        return rows[theirs & ~self._standing.who.confirmed[rows]]

    def _wrong(self, thought: Question) -> Question | None:
        rows = self._rows_wrong(thought)
        settles = (thought.probability or 0) * min(len(rows), MAX_SHOWN)
        return self._of_faces("wrong", _about(thought.units[0]), rows, settles) if len(rows) else None

    def _of_faces(self, kind: str, about: About, rows: Rows, settles: float) -> Question:
        side = ids_of(self._standing.people, rows)
        return Question(
            "wrong" if kind == "wrong" else "uncertain",
            (self._standing.told(about),),
            (side,),
            (side[:MAX_SHOWN],),
            settles,
            settles / min(len(side), MAX_SHOWN),
        )

    def _shown(self, rows: Rows, count: int) -> FaceIds:
        """The clearest of each of so many parts of some faces; parts differ in looks, as branches do, or in time."""
        faces = self._standing.people.faces
        looks, quality = faces["tree_node"].iloc[rows], faces["quality"].iloc[rows].to_numpy()
        looks = looks.astype("Int32").fillna(np.iinfo(np.int32).max).to_numpy(np.int32)
        order = np.lexsort((rows, faces["taken_at"].iloc[rows].to_numpy(), looks))
        parts = np.array_split(order, min(count, len(rows)))
        return ids_of(self._standing.people, rows[[part[quality[part].argmax()] for part in parts]])


def _about(unit: Unit) -> About:
    return About(unit.kind, unit.id)
