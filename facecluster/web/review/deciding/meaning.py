"""The words of a page -> the people and the faces that they mean among the people as they stand now.

A group's faces are those about which nobody has decided and to which no sure name has come: what the page showed as the
group. Of a crowd, a group or a range of a group's faces, only such faces count; faces of a person's list are chosen one
by one.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from facecluster.errors import UsageError
from facecluster.people.who import NOBODY
from facecluster.pipeline.history import faces_in_words
from facecluster.pipeline.open_faces import group_faces, ids_of
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.review.lists import ALONE, OF_CLUSTER, faces_listed, units_listed
from facecluster.pipeline.review.live import Live, Moment, State
from facecluster.pipeline.targets import Meant, Rows, Target, clusters_of_faces, place_of, places_by_id, rows_of_ids
from facecluster.web.review.deciding.asked import Crowd, Face, Faces, Known, OfCluster, OfList, Unit
from facecluster.web.wording import counted

PERSON_DIGITS = 12  # of the id of a person whom a page founds
MAX_TOLD = 5  # people whom a sentence names


class StaleError(UsageError):
    """What a page shows is no longer so: it is to be looked at again."""


@dataclass(frozen=True)
class Meaning:
    """What the words of a decision mean."""

    decision: str  # its id
    people: LibraryPeople
    live: Live

    def new_person(self, number: int = 0) -> str:
        """The id of somebody whom this decision founds: asked again, it founds the same."""
        return hashlib.sha256(f"{self.decision}/{number}".encode()).hexdigest()[:PERSON_DIGITS]

    def place(self, person: str) -> int:
        """The place of a person.

        Raises:
            StaleError: there is none any more.
        """
        place = place_of(person, self.people)
        if place is None:
            raise StaleError("This person is no more: what founded it was undone. Nothing was changed.")
        return place

    def id_of(self, place: int) -> str:
        """The id of the person at a place."""
        return self.people.who.people[place].id

    def faces(self, crowd: Crowd) -> Target:
        """The faces that are meant, at least one.

        Raises:
            UsageError: none are, or the ranges of a list make no sense.
            StaleError: a face or a group is not there any more, or the list is another by now.
        """
        match crowd:
            case Faces():
                return self.chosen(crowd.faces)
            case OfCluster():
                return self._group(crowd)
            case OfList():
                return self._places(crowd)

    def chosen(self, ids: Sequence[str]) -> Target:
        """Faces one by one."""
        different = list(dict.fromkeys(ids))
        if not different:
            raise UsageError("Choose at least one face.")
        called = "this face" if len(different) == 1 else f"these {faces_in_words(len(different))}"
        return Target(called, self._rows(different), chosen=True)

    def unit(self, unit: Unit) -> Meant:
        """A person, a group or a face."""
        match unit:
            case Known():
                return self.place(unit.person)
            case OfCluster():
                return self._group(unit)
            case Face():
                return self.chosen([unit.face])

    def units(self, chosen: OfList) -> list[Meant]:
        """The people or groups at places of a list; those that are no more, or of which nothing is left, are not."""
        then = self._moment(chosen.state)
        listed = units_listed(then.people, chosen.of_list)
        numbers = listed.numbers[_in_ranges(chosen.ranges, len(listed))]
        found = self._groups(numbers) if listed.kind == "cluster" else self._people_of(then, numbers)
        units: list[Meant] = list(found)
        if not units:
            raise StaleError("All of these were decided about meanwhile. Nothing was changed.")
        return units

    def _group(self, of: OfCluster) -> Target:
        rows = self._rows_of_cluster(of)
        open_ = rows[group_faces(self.people)[rows]]
        group = Target(f"group {of.cluster}", rows, chosen=False)
        if not len(rows):
            raise StaleError(f"The photos of {group} are not there any more. Nothing was changed.")
        if not len(open_):
            raise StaleError(all_decided(self.people, rows))
        return group._replace(rows=open_)

    def _people_of(self, then: Moment, places: Rows) -> list[int]:
        """The places of people by those that they had."""
        now, ids = places_by_id(self.people), [then.people.who.people[place].id for place in places.tolist()]
        return list(dict.fromkeys(now[id_] for id_ in ids if id_ in now))

    def _groups(self, numbers: Rows) -> list[Target]:
        """The groups of the current run that have something left, by their numbers."""
        clusters = clusters_of_faces(self.people)
        rows = np.flatnonzero(group_faces(self.people) & np.isin(clusters, numbers))
        rows = rows[np.argsort(clusters[rows], kind="stable")]
        found, starts = np.unique(clusters[rows], return_index=True)
        cuts = pairwise([*starts.tolist(), len(rows)])
        of_cluster = {
            number: Target(f"group {number}", rows[first:last], chosen=False)
            for number, (first, last) in zip(found.tolist(), cuts, strict=True)
        }
        return [of_cluster[number] for number in numbers.tolist() if number in of_cluster]

    def _rows_of_cluster(self, of: OfCluster) -> Rows:
        """The faces that are there of a cluster of any run."""
        if of.run == self.people.run:
            return np.flatnonzero(clusters_of_faces(self.people) == of.cluster)
        if of.run not in self.live.library.run_numbers():
            raise StaleError("The faces were grouped anew since this page was made: load it again.")
        table = self.live.library.clusters(of.run)
        then = table.filter(np.equal(table["cluster_id"].to_numpy(), of.cluster))
        rows = rows_of_ids(then["face_id"].to_pylist(), self.people)
        return rows[rows != NOBODY]

    def _places(self, chosen: OfList) -> Target:
        then = self._moment(chosen.state)
        listed = faces_listed(then.people, chosen.of_list)
        rows = listed[_in_ranges(chosen.ranges, len(listed))]
        crowd = chosen.of_list == ALONE or chosen.of_list.startswith(OF_CLUSTER)
        return Target(f"these {faces_in_words(len(rows))}", self._rows(ids_of(then.people, rows)), chosen=not crowd)

    def _rows(self, ids: Sequence[str]) -> Rows:
        rows = rows_of_ids(ids, self.people)
        if gone := int((rows == NOBODY).sum()):
            raise StaleError(
                f"The photos of {faces_in_words(gone)} that you chose are not there any more. Nothing was changed: "
                "load the page again."
            )
        return rows

    def _moment(self, text: str) -> Moment:
        try:
            state = State.from_text(text)
        except ValueError as error:
            raise UsageError(f"The page says of what time it is in a way that is not understood: {error}.") from error
        moment = self.live.at(state)
        if moment is None:
            raise StaleError("The list is from before a new run: load it again, and select again. Nothing was changed.")
        return moment


def all_decided(people: LibraryPeople, rows: Rows) -> str:
    """What to say where nothing is left to decide about some faces."""
    persons = people.faces["person"].to_numpy()[rows].tolist()
    names = [people.who.people[place].name or "somebody without a name" for place in persons if place != NOBODY]
    counts = Counter(names + ["not a face"] * int(people.who.not_faces[rows].sum()))
    parts = [f"{name} ({count:,})" for name, count in counts.most_common()]
    shown = ", ".join(parts[:MAX_TOLD]) + (", ..." if len(parts) > MAX_TOLD else "")
    return f"Somebody has decided about all of these faces already: {shown}. Nothing was changed."


def _in_ranges(ranges: Sequence[Sequence[int]], count: int) -> Rows:
    """The places in ranges of a list of so many.

    Raises:
        UsageError: the ranges are not rising and apart, or lead beyond the list.
    """
    edges = np.array(ranges, np.int64)
    first, last = edges.T
    if (first > last).any() or (first[1:] <= last[:-1]).any() or last[-1] >= count:
        raise UsageError(f"Expected places in a list of {counted(count, 'row')}, each once and rising.")
    inside = np.zeros(count + 1, np.int64)
    inside[first] += 1
    inside[last + 1] -= 1
    return np.flatnonzero(np.cumsum(inside)[:-1])
