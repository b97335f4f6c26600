"""What `facecluster evaluate` says of people's own names."""

from typing import TYPE_CHECKING, Any

from facecluster.cli.evaluate import numbered, score_in_words
from facecluster.cli.output import plural

if TYPE_CHECKING:
    from facecluster.measure.own_names import MachineNames, OwnNames, PersonScore


def own_facts(found: "OwnNames") -> dict[str, Any]:
    """The scores, what they are of, and each person, worst first."""
    people = plural(len(found.people), "person", "people")
    how = "each confirmed on its own" if found.confirmed_only else "some by naming a whole cluster, which flatters it"
    facts = {
        "B-cubed": score_in_words(found.bcubed),
        "pairwise": score_in_words(found.pairwise),
        "scored": f"{plural(found.scored, 'face')} of {people}, {how}",
        "grouping": f"{_grouped(found)} grouped anew without your decisions: with them it would be judged by itself",
    }
    facts["names"] = _names_line(found.names)
    return facts | numbered("person", [_person_line(one) for one in found.people])


def _grouped(found: "OwnNames") -> str:
    if found.grouped == found.faces:
        return f"all {plural(found.faces, 'face')}"
    return f"the named and others spread evenly, {found.grouped:,} of {plural(found.faces, 'face')},"


def _names_line(names: "MachineNames | None") -> str:
    """How right the automatic names are, as measured when they spread."""
    if names is None:
        return "none spread in the current run: `facecluster propagate` does it"
    given = f"{names.automatic:,} automatic, {names.proposed:,} proposed; target {names.target:.2%}"
    since = f"; {plural(names.unheard, 'decision')} since" if names.unheard else ""
    return f"{given}; {_measured(names)}{since}"


def _measured(names: "MachineNames") -> str:
    if not names.faces:
        return "not measured, since nobody looked at faces on their own: `facecluster people confirm`"
    found = "no name was sure enough" if names.precision is None else f"{names.precision:.2%} of the names were right"
    if names.bound is not None and names.coverage is not None:
        found += f" (at least {names.bound:.2%}) and {names.coverage:.1%} of the faces named"
    few = "" if names.by_measure else "; too few to show the target"
    return f"of {plural(names.faces, 'face')} that somebody looked at, hidden in turn, {found}{few}"


def _person_line(one: "PersonScore") -> str:
    places = [plural(one.clusters, "cluster")] * (one.clusters > 0) + [f"{one.alone:,} alone"] * (one.alone > 0)
    scores = f"precision {one.precision:.4f}, recall {one.recall:.4f}"
    more = f"; {one.automatic:,} more automatic, {one.proposed:,} proposed" if one.automatic or one.proposed else ""
    return f"{one.name or one.person}: {plural(one.faces, 'face')} in {' and '.join(places)}; {scores}{more}"
