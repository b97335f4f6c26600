"""`facecluster run`: the main job."""

from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import typer

from facecluster.cli import options as o
from facecluster.cli.output import photo_progress, plural, print_facts, print_json
from facecluster.pipeline.group import GroupSummary, group_library
from facecluster.pipeline.index import IndexSummary, index_archive
from facecluster.settings import Settings
from facecluster.store.library import open_library
from facecluster.web.page import write_report


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
    strict: o.Strict = False,
    json: o.Json = False,
) -> None:
    """Find the faces of an archive, group them, and write the report. Run again, it does only what is new."""
    settings = o.settings_from(
        config,
        archive={"include": include, "exclude": exclude},
        pack={"name": pack, "root": pack_root, "provider": provider},
        runner={"kind": runner, "workers": workers, "address": address},
        detect={"size_px": detect_size, "min_score": min_score, "min_face_px": min_face},
    )
    failed = main_job(archive, library, settings, retry_failed=retry_failed, moved=moved, json=json)
    if strict and failed:
        raise typer.Exit(3)


def main_job(
    archive: Path,
    folder: Path,
    settings: Settings,
    *,
    retry_failed: bool = False,
    moved: bool = False,
    json: bool = False,
) -> int:
    """Index, cluster, report, and say so; the number of photos that failed."""
    started = perf_counter()
    with photo_progress() as on_photos:
        index = index_archive(archive, folder, settings, on_photos, retry_failed=retry_failed, moved=moved)
    group = group_library(folder, settings.cluster)
    report = write_report(open_library(folder), folder / "report.html")
    seconds = perf_counter() - started
    if json:
        print_json(
            {"library": folder, "report": report, "seconds": seconds, "index": asdict(index), "run": asdict(group)}
        )
    else:
        print_facts(index_facts(index) | group_facts(group) | {"library": folder, "report": report})
    return index.failed


def index_facts(summary: IndexSummary) -> dict[str, object]:
    """What to say of an index pass."""
    rate = f" in {summary.seconds:.1f} s" if summary.indexed else ""
    facts: dict[str, object] = {
        "photos": f"{summary.listed:,}: {summary.indexed:,} looked at{rate}, {summary.already:,} known from before"
    }
    if summary.changed or summary.vanished:
        facts["archive"] = f"{summary.changed:,} changed, {summary.vanished:,} gone since they were indexed"
    if summary.failed:
        facts["failed"] = f"{plural(summary.failed, 'photo')}, each with its reason in the report"
    if summary.unreadable_folders:
        facts["unreadable"] = (
            f"{plural(len(summary.unreadable_folders), 'folder')}: {', '.join(summary.unreadable_folders[:3])}"
        )
    return facts


def group_facts(summary: GroupSummary) -> dict[str, object]:
    """What to say of a clustering run."""
    news = "" if summary.fresh else ", as before"
    people = plural(summary.clusters, "person", "people")
    return {"faces": f"{summary.faces:,}: {people}, {plural(summary.alone, 'face')} alone (run {summary.run}{news})"}
