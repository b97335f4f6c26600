"""What `facecluster evaluate` says of people's own names."""

from typing import TYPE_CHECKING, Any

from facecluster.cli.evaluate import numbered, score_in_words
from facecluster.cli.output import plural

if TYPE_CHECKING:
    from facecluster.measure.own_names import OwnNames, PersonScore


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
    return facts | numbered("person", [_person_line(one) for one in found.people])


def _grouped(found: "OwnNames") -> str:
    if found.grouped == found.faces:
        return f"all {plural(found.faces, 'face')}"
    return f"the named and others spread evenly, {found.grouped:,} of {plural(found.faces, 'face')},"


def _person_line(one: "PersonScore") -> str:
    places = [plural(one.clusters, "cluster")] * (one.clusters > 0) + [f"{one.alone:,} alone"] * (one.alone > 0)
    scores = f"precision {one.precision:.4f}, recall {one.recall:.4f}"
    return f"{one.name or one.person}: {plural(one.faces, 'face')} in {' and '.join(places)}; {scores}"
