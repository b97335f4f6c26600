"""`facecluster index`: the first step alone."""

import typer

from facecluster.cli import options as o
from facecluster.cli.output import plural, print_facts, print_json
from facecluster.cli.run import index_facts


def index(
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
    """Find the faces of new and changed photos; group nothing yet."""
    from facecluster.cli.progress import display
    from facecluster.pipeline.index import index_archive

    settings = o.settings_from(
        config,
        archive={"include": include, "exclude": exclude},
        pack={"name": pack, "root": pack_root, "provider": provider},
        runner={"kind": runner, "workers": workers, "address": address},
        detect={"size_px": detect_size, "min_score": min_score, "min_face_px": min_face},
    )
    with display("Listing the photos") as shown:
        summary = index_archive(archive, library, settings, shown.photos, retry_failed=retry_failed, moved=moved)
    if json:
        print_json({"library": library.resolve(), "index": summary})
    else:
        failed = f", {summary.failed:,} of them failed" if summary.failed else ""
        found = f"{plural(summary.faces_found, 'face')} in the new ones; `facecluster cluster` groups them"
        print_facts(
            {"photos": f"{summary.listed:,}{failed}"} | index_facts(summary) | {"faces": found, "library": library}
        )
    if strict and summary.failed:
        raise typer.Exit(o.PHOTOS_FAILED)
