"""`facecluster run`: the main job."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from facecluster.cli import options as o
from facecluster.cli.output import plural, print_facts, print_json
from facecluster.cli.people_telling import command
from facecluster.cli.propagate import names_facts
from facecluster.cli.review_changes import offer

if TYPE_CHECKING:
    from facecluster.cli.progress import Display
    from facecluster.pipeline.group import GroupSummary
    from facecluster.pipeline.index import IndexSummary
    from facecluster.pipeline.propagate import NamesSummary
    from facecluster.settings import Settings
    from facecluster.web.report import Numbers

SHOWN_FOLDERS = 3
"""Of those that could not be read; --json has them all."""


def run(
    archive: o.Archive,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    config: o.Config = None,
    pack: o.Pack = None,
    pack_root: o.PackRoot = None,
    provider: o.Provider = None,
    runner: o.RunnerKind = None,
    workers: o.Workers = None,
    address: o.Address = None,
    detect_size: o.DetectSize = None,
    min_score: o.MinScore = None,
    min_face: o.MinFace = None,
    include: o.Include = None,
    exclude: o.Exclude = None,
    retry_failed: o.RetryFailed = False,
    moved: o.Moved = False,
    full: o.Full = False,
    review_changes: o.ReviewChanges = False,
    strict: o.Strict = False,
    json: o.Json = False,
) -> None:
    """Find, group and name the faces of an archive, and report.

    Run again, it does only what is new.
    """
    settings = o.settings_from(
        config,
        archive={"include": include, "exclude": exclude},
        pack={"name": pack, "root": pack_root, "provider": provider},
        runner={"kind": runner, "workers": workers, "address": address},
        detect={"size_px": detect_size, "min_score": min_score, "min_face_px": min_face},
    )
    how = How(retry_failed, moved, full, review_changes)
    failed = main_job(archive, library, settings, how, json=json)
    if strict and failed:
        raise typer.Exit(o.PHOTOS_FAILED)


class How(NamedTuple):
    """What a run does in another way than usual."""

    retry_failed: bool = False
    moved: bool = False
    full: bool = False
    review_changes: bool = False


AS_USUAL = How()


def main_job(archive: Path, folder: Path, settings: "Settings", how: How = AS_USUAL, *, json: bool = False) -> int:
    """Index, cluster, spread names, report, and say so; the number of photos that failed."""
    from facecluster.cli.progress import display
    from facecluster.pipeline.index import index_archive
    from facecluster.store.library import open_library
    from facecluster.web.page import write_report

    report = folder.resolve() / "report.html"
    with display("Listing the photos") as shown:
        index = index_archive(archive, folder, settings, shown.photos, retry_failed=how.retry_failed, moved=how.moved)
        grouped = group(folder, settings, shown, full=how.full, review=how.review_changes)
    if how.review_changes and grouped.fresh:
        offer(folder, grouped.run, json=json)
    with display("Spreading names") as shown:
        names = spread(folder, settings)
        shown.step("Writing the report")
        numbers = write_report(open_library(folder), report)
    if json:
        steps = {"index": index, "run": grouped, "names": names}
        print_json({"library": folder.resolve(), "report": report, "numbers": numbers, **steps})
    else:
        facts = {"photos": photos_line(numbers)} | index_facts(index) | group_facts(grouped)
        facts |= names_facts(names) if names else {}
        facts["report"] = f"{report}, to open in a browser"
        print_facts(facts | ({"then": f"{command(folder, 'review')}, to name people"} if numbers.faces else {}))
    return index.failed


def group(
    folder: Path, settings: "Settings", shown: "Display", *, full: bool = False, review: bool = False
) -> "GroupSummary":
    """The clustering step, shown."""
    from facecluster.pipeline.group import group_library

    def pairs(done: int, total: int) -> None:
        shown.pairs(done, total)
        if done == total:
            shown.step("Telling people apart")

    def faces(count: int) -> None:
        shown.step(f"Grouping {plural(count, 'face')}")

    return group_library(
        folder, settings.cluster, settings.runner, full=full, review=review, on_faces=faces, on_pairs=pairs
    )


def spread(folder: Path, settings: "Settings") -> "NamesSummary | None":
    """The names step; None where nobody decided anything yet."""
    from facecluster.pipeline.journal import decisions_of
    from facecluster.pipeline.propagate import propagate_names
    from facecluster.store.library import open_library

    return propagate_names(folder, settings.names) if decisions_of(open_library(folder)) else None


def photos_line(numbers: "Numbers") -> str:
    """What the photos of the archive are."""
    parts = [f"{numbers.with_faces:,} with faces", f"{numbers.without_faces:,} without"]
    if numbers.failed:
        parts.append(f"{numbers.failed:,} failed: the report says why")
    copies = f" ({plural(numbers.copies, 'copy', 'copies')} among them)" if numbers.copies else ""
    return f"{numbers.photos:,}{copies}: {', '.join(parts)}"


def index_facts(summary: "IndexSummary") -> dict[str, object]:
    """What to say of an index pass."""
    facts: dict[str, object] = {"new": _new_line(summary)}
    if summary.vanished:
        facts["gone"] = f"{plural(summary.vanished, 'file')} no longer there, or moved; what was found in them is kept"
    if summary.unreadable_folders:
        names = ", ".join(summary.unreadable_folders[:SHOWN_FOLDERS])
        more = " ..." if len(summary.unreadable_folders) > SHOWN_FOLDERS else ""
        facts["unreadable"] = f"{plural(len(summary.unreadable_folders), 'folder')}: {names}{more}"
    return facts


def group_facts(summary: "GroupSummary") -> dict[str, object]:
    """What to say of a clustering run."""
    people = plural(summary.clusters, "person", "people")
    how = [f"run {summary.run}", *_changes(summary)] if summary.fresh else [f"run {summary.run}, as before"]
    return {"faces": f"{summary.faces:,}: {people}, {plural(summary.alone, 'face')} alone ({', '.join(how)})"}


def _changes(summary: "GroupSummary") -> list[str]:
    """What a fresh run did beside the one before, if there was one."""
    counts = [(summary.new, "new"), (summary.gone, "gone")]
    changes = [f"{count:,} {word}" for count, word in counts if count and count != summary.faces]
    return changes if summary.kind == "warm" else [*changes, "all grouped anew"] if changes else changes


def _new_line(summary: "IndexSummary") -> str:
    if not summary.indexed:
        return "nothing: every photo is known from before"
    changed = f", {summary.changed:,} of them changed," if summary.changed else ""
    rate = summary.indexed / summary.seconds
    return f"{plural(summary.indexed, 'photo')}{changed} looked at in {summary.seconds:.1f} s ({rate:.1f} a second)"
