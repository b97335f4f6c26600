"""`facecluster propagate`: names spread to the faces that nobody decided on."""

from typing import TYPE_CHECKING, Annotated

import typer

from facecluster.cli import options as o
from facecluster.cli.output import plural, print_facts, print_json

if TYPE_CHECKING:
    from facecluster.people.precision import Threshold
    from facecluster.pipeline.propagate import NamesSummary


def propagate(
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    precision: Annotated[
        float | None,
        typer.Option("--precision", metavar="SHARE", help="Share of the names given unasked that are right [0.995]."),
    ] = None,
    config: o.Config = None,
    json: o.Json = False,
) -> None:
    """Spread the names that people gave.

    Names that are sure enough are used unasked, the others are proposed. How sure that must be is measured on the faces
    that somebody looked at, as soon as these are enough.
    """
    from facecluster.cli.progress import display
    from facecluster.pipeline.propagate import propagate_names

    settings = o.settings_from(config, names={"precision": precision})
    with display("Spreading names"):
        summary = propagate_names(library, settings.names)
    if json:
        print_json({"library": library.resolve(), "names": summary})
    else:
        print_facts(names_facts(summary) | {"library": library})


def names_facts(summary: "NamesSummary") -> dict[str, object]:
    """What to say of names that spread."""
    news = "" if summary.fresh else ", as before"
    found = f"{summary.automatic:,} named, {summary.proposed:,} proposed"
    facts: dict[str, object] = {
        "names": f"{plural(summary.undecided, 'face')} that nobody decided on: {found} (run {summary.run}{news})"
    }
    if summary.nameless:
        facts["nameless"] = f"{plural(summary.nameless, 'face')} of people without a name"
    if summary.ignored:
        facts["ignored"] = f"{plural(summary.ignored, 'face')} of people who are not asked about"
    return facts | {"precision": _precision_line(summary.threshold)}


def _precision_line(found: "Threshold") -> str:
    """How sure the automatic names are, and how that is known."""
    if found.sureness is None:
        return f"no name is sure enough, as {plural(found.faces, 'face')} show that somebody looked at"
    from_on = f"named from a probability of {found.sureness:.4g} on"
    if found.precision is None or found.bound is None:
        return f"{from_on}, by the model alone: too few faces were looked at one by one to measure it"
    asked = f"asked of {plural(found.faces, 'face')} that somebody looked at, {found.precision:.2%} of names were right"
    covered = "" if found.coverage is None else f"; {found.coverage:.1%} of known faces were named"
    word = "" if found.by_measure else "; too few to decide, so it is by the model"
    return f"{from_on}; {asked} (at least {found.bound:.2%}){covered}{word}"
