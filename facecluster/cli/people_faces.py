"""`facecluster people name`, `confirm`, `reject`, `not-a-face` and `split`: whose a face is, and whose it is not."""

from typing import Annotated

import typer

from facecluster.cli import options as o
from facecluster.cli import people_options as p
from facecluster.cli.completion import people as offered
from facecluster.cli.people_telling import decide, warn_of_name
from facecluster.errors import UsageError


def name(
    person: p.Person,
    targets: p.Targets,
    new: p.New = False,
    born: Annotated[
        str | None, typer.Option("--born", metavar="DATE", help="With --new: the day of birth, YYYY-MM-DD.")
    ] = None,
    dry_run: p.DryRun = False,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Say whose faces these are.

    PERSON must be known, so that a slip of the finger makes nobody, unless --new founds a new person. Of a cluster, the
    faces about which nobody has decided are named; a single face is taken from whoever has it.
    """
    from facecluster.pipeline.deciding import name_faces, name_new, new_person

    if born and not new:
        raise UsageError("--born goes with --new: `facecluster people born PERSON DATE` is for a known person.")
    if not new:
        decide(library, lambda known: name_faces(known, person, targets), json=json, dry_run=dry_run)
        return
    id_ = new_person()
    told = decide(library, lambda known: name_new(known, id_, person, targets, born), json=json, dry_run=dry_run)
    warn_of_name(person, told)


def split(
    person: p.Person,
    targets: p.Targets,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="NAME", help="Whose they are [somebody without a name].", autocompletion=offered),
    ] = None,
    new: p.New = False,
    dry_run: p.DryRun = False,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Say that faces of a person are another's.

    Of a cluster, these are the faces in it that are taken for the person's.
    """
    from facecluster.pipeline.deciding import new_person, split_known, split_new

    if new and to is None:
        raise UsageError("--new goes with --to NAME: without, the faces become somebody without a name.")
    if to is not None and not new:
        decide(library, lambda known: split_known(known, person, targets, to), json=json, dry_run=dry_run)
        return
    id_ = new_person()
    told = decide(library, lambda known: split_new(known, person, targets, id_, to), json=json, dry_run=dry_run)
    if to is not None:
        warn_of_name(to, told)


def confirm(
    person: p.Person,
    targets: p.MaybeTargets = None,
    dry_run: p.DryRun = False,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Say that faces, each looked at, are the person's.

    Of a cluster, these are the faces in it that are taken for the person's; without a TARGET, all that the machine
    takes for the person's, automatic and proposed.
    """
    from facecluster.pipeline.deciding import confirm as said

    decide(library, lambda known: said(known, person, targets or []), json=json, dry_run=dry_run)


def reject(
    person: p.Person,
    targets: p.Targets,
    dry_run: p.DryRun = False,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Say that faces are not the person's.

    It is remembered until somebody names them so. Of a cluster, these are the faces in it that are the person's or
    nobody's.
    """
    from facecluster.pipeline.deciding import reject as said

    decide(library, lambda known: said(known, person, targets), json=json, dry_run=dry_run)


def not_a_face(
    targets: p.Targets,
    dry_run: p.DryRun = False,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Say that these are no faces: a statue, a pattern, a mistake."""
    from facecluster.pipeline.deciding import not_faces

    decide(library, lambda known: not_faces(known, targets), json=json, dry_run=dry_run)


COMMANDS = {"name": name, "split": split, "confirm": confirm, "reject": reject, "not-a-face": not_a_face}
