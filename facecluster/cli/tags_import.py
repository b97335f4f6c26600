"""`facecluster tags import`: names from where they already are."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from facecluster.cli import options as o
from facecluster.cli import tags_options as t
from facecluster.cli.output import plural, print_facts, print_json
from facecluster.cli.people_telling import command
from facecluster.errors import UsageError
from facecluster.web.wording import shortened

if TYPE_CHECKING:
    from collections.abc import Callable

    from facecluster.cli.progress import Display
    from facecluster.pipeline.tags.incoming.importing import ImportSummary, NotRead

MAX_CONTACTS_BYTES = 1 << 26  # 64 MiB; a hundred thousand contacts have a fifth of it


def import_(
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    contacts: Annotated[
        Path | None,
        typer.Option("--contacts", metavar="FILE", help="contacts.xml of Picasa, for names only it has."),
    ] = None,
    no_embedded: Annotated[
        bool, typer.Option("--no-embedded", help="Look beside the photos only, not into them.")
    ] = False,
    dry_run: t.DryRun = False,
    config: o.Config = None,
    pack: o.Pack = None,
    pack_root: o.PackRoot = None,
    provider: o.Provider = None,
    runner: o.RunnerKind = None,
    workers: o.Workers = None,
    address: o.Address = None,
    strict: o.Strict = False,
    json: o.Json = False,
) -> None:
    """Name faces as other programs did, in and beside the photos.

    Read are XMP sidecars, the XMP in the photos, .picasa.ini and the JSON files of Google Takeout. All that is new
    becomes one decision, which can be undone as one; what people decided here stands. Run again, it decides on what is
    new since.
    """
    from facecluster.cli.progress import display
    from facecluster.pipeline.journal import whoami
    from facecluster.pipeline.tags.incoming.importing import ImportHow, import_tags
    from facecluster.store.library import open_library

    settings = o.settings_from(
        config,
        pack={"name": pack, "root": pack_root, "provider": provider},
        runner={"kind": runner, "workers": workers, "address": address},
    )
    how = ImportHow(_contacts_in(contacts), not no_embedded, dry_run)
    with display("Reading names") as shown:
        summary = import_tags(open_library(library), how, settings, whoami(), _in_two_steps(shown))
    if json:
        print_json(_record(library, summary, dry_run=dry_run))
    else:
        print_facts(_facts(library, summary, dry_run=dry_run))
        t.print_reasons("not read", _reasons(summary.failed))
        t.print_reasons("not used", _reasons(summary.refused))
    if strict and summary.failed:
        raise typer.Exit(o.PHOTOS_FAILED)


def _in_two_steps(shown: "Display") -> "Callable[[int, int], None]":
    """Show how far the reading is, and then, with another total, the making of faces."""
    totals: set[int] = set()

    def photos(done: int, total: int) -> None:
        if totals and total not in totals:
            shown.step("Making faces of regions")
        totals.add(total)
        shown.photos(done, total)

    return photos


def _contacts_in(file: Path | None) -> bytes | None:
    if file is None:
        return None
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_CONTACTS_BYTES + 1)
    except OSError as error:
        raise UsageError(f"Cannot read {file}: {error.strerror or error}. Name the contacts.xml of Picasa.") from error
    if len(data) > MAX_CONTACTS_BYTES:
        raise UsageError(f"Expected the contacts.xml of Picasa, found that {file} has more than 64 MiB.")
    return data


def _facts(folder: Path, summary: "ImportSummary", *, dry_run: bool) -> dict[str, object]:
    """What to say of an import."""
    said = f"{plural(summary.mentions, 'mention')} of people in {plural(summary.files_read, 'file')}"
    facts: dict[str, object] = {"read": f"{plural(summary.photos, 'photo')}: {said}"}
    facts |= _outcome_facts(summary, dry_run=dry_run)
    if summary.number is not None:
        facts["undo with"] = command(folder, "people", "undo", str(summary.number))
        facts["then"] = f"{command(folder, 'propagate')}, or the next run, takes the names to other faces"
    elif dry_run:
        facts["decided"] = "nothing: this was a dry run"
    else:
        facts["decided"] = "nothing: no name is new"
    return facts


def _outcome_facts(summary: "ImportSummary", *, dry_run: bool) -> dict[str, object]:
    """What became of the mentions, as far as there is something to say."""
    from facecluster.pipeline.tags.outcomes import Outcome

    found = Counter(summary.outcomes)
    facts: dict[str, object] = {}
    if named := found[Outcome.NAMED] + found[Outcome.DRAWN]:
        facts["would name" if dry_run else "named"] = f"{plural(named, 'face')} of {_people(summary)}{_drawn(summary)}"
    if known := found[Outcome.KNOWN]:
        facts["known"] = f"{plural(known, 'face')} had that name already"
    if stands := found[Outcome.DIFFERS]:
        facts["left"] = f"{plural(stands, 'face')} of which somebody said otherwise here: that stands"
    if again := found[Outcome.OUTRANKED]:
        facts["said twice"] = f"{plural(again, 'mention')} of faces that a better source, or the same, names already"
    if ours := found[Outcome.OURS]:
        facts["ours"] = f"{plural(ours, 'mention')} that `tags write` put there"
    if summary.hints:
        facts["hints"] = f"{plural(summary.hints, 'name')} without a face: the review offers them"
    if several := found[Outcome.AMBIGUOUS]:
        facts["hints"] = f"{facts['hints']} ({several:,} of them borne by several people here)"
    if nameless := found[Outcome.UNNAMED]:
        facts["no name"] = f"{plural(nameless, 'region')} that nobody named"
    return facts


def _people(summary: "ImportSummary") -> str:
    if not summary.people_known:
        return plural(summary.people_new, "new person", "new people")
    new = f", {summary.people_new:,} of them new" if summary.people_new else ""
    return plural(summary.people_new + summary.people_known, "person", "people") + new


def _drawn(summary: "ImportSummary") -> str:
    return f"; {summary.faces_drawn:,} from regions where no face was found" if summary.faces_drawn else ""


def _reasons(rows: "tuple[NotRead, ...]") -> list[str]:
    """What could not be used, a line each."""
    return [f"{row.file}: {row.reason}" + (f' ("{shortened(row.name)}")' if row.name else "") for row in rows]


def _record(folder: Path, summary: "ImportSummary", *, dry_run: bool) -> dict[str, Any]:
    found = {name: value for name, value in vars(summary).items() if name != "decision"}
    return {
        "library": folder.resolve(),
        "dry_run": dry_run,
        **found,
        "decision": summary.decision.id if summary.decision else None,
        "undo": command(folder, "people", "undo", str(summary.number)) if summary.number is not None else None,
    }


COMMANDS = {"import": import_}
