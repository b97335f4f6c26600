"""Options that the commands of `facecluster tags` share, and what follows from them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from facecluster.cli.completion import people
from facecluster.cli.output import print_lines
from facecluster.errors import UsageError

if TYPE_CHECKING:
    from facecluster.pipeline.tags.outgoing.shown import Which

SHOWN_REASONS = 5
"""Of those why files were left alone; --json has them all."""


class Provenance(StrEnum):
    """Where the name of a face comes from (pipeline.person_counts.PROVENANCES)."""

    HUMAN = "human"
    IMPORTED = "imported"
    AUTOMATIC = "automatic"
    PROPOSED = "proposed"


DECIDED = {Provenance.HUMAN, Provenance.IMPORTED}

Provenances = Annotated[
    list[Provenance] | None,
    typer.Option(
        "--provenance",
        metavar="SOURCE",
        help="Names that come from there: human, imported, automatic, proposed (repeatable) [the first two].",
    ),
]
MinProbability = Annotated[
    float | None,
    typer.Option(
        "--min-probability", metavar="P", help="Of names that the machine gave, only those this probable, 0..1."
    ),
]
People = Annotated[
    list[str] | None,
    typer.Option(
        "--person", metavar="PERSON", help="Only this one, by name or id (repeatable) [all].", autocompletion=people
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Go on without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done; do nothing.")]


def which_of(
    provenances: Sequence[Provenance] | None, min_probability: float | None, persons: Sequence[str] | None
) -> "Which":
    """Whose names are meant.

    Raises:
        UsageError: the probability is none, or is asked for where all names are certain.
    """
    from facecluster.pipeline.tags.outgoing.shown import Which

    chosen = set(provenances or DECIDED)
    if min_probability is not None and not 0 <= min_probability <= 1:  # nan is neither
        raise UsageError(f"Expected a --min-probability from 0 to 1, found {min_probability}.")
    if min_probability is not None and chosen <= DECIDED:
        raise UsageError(
            "--min-probability is for names that the machine gave: add --provenance automatic or --provenance proposed "
            "(or leave it out: names that people gave, here or elsewhere, count as certain)."
        )
    return Which(frozenset(map(str, chosen)), min_probability or 0.0, tuple(persons or ()))


def print_reasons(title: str, reasons: Sequence[str]) -> None:
    """The first few of some lines, below a title that counts them; nothing where there are none."""
    if reasons:
        print_lines([f"{title} ({len(reasons):,})", *(f"  {reason}" for reason in reasons[:SHOWN_REASONS])])
    if len(reasons) > SHOWN_REASONS:
        print_lines([f"  and {len(reasons) - SHOWN_REASONS:,} more: --json lists them all"])
