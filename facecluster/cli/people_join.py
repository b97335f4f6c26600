"""`facecluster people merge` and `differ`: who is one, and who are two."""

from facecluster.cli import options as o
from facecluster.cli import people_options as p
from facecluster.cli.people_telling import decide


def merge(
    one: p.One,
    others: p.Others,
    dry_run: p.DryRun = False,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Say that people and clusters are one person.

    The first person among them stays, with its name if it has one. Clusters alone become a person without a name.
    """
    from facecluster.pipeline.deciding import new_person
    from facecluster.pipeline.joining import merge as said

    id_ = new_person()
    decide(library, lambda known: said(known, [one, *others], id_), json=json, dry_run=dry_run)


def differ(
    one: p.One,
    other: p.Other,
    dry_run: p.DryRun = False,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Say that people or clusters are two.

    They are not joined again, nor suggested to be.
    """
    from facecluster.pipeline.joining import differ as said

    decide(library, lambda known: said(known, one, other), json=json, dry_run=dry_run)


COMMANDS = {"merge": merge, "differ": differ}
