"""`facecluster cluster`: the second step alone."""

from facecluster.cli import options as o
from facecluster.cli.output import print_facts, print_json
from facecluster.cli.review_changes import offer
from facecluster.cli.run import group, group_facts


def cluster(
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    config: o.Config = None,
    runner: o.RunnerKind = None,
    workers: o.Workers = None,
    address: o.Address = None,
    full: o.Full = False,
    review_changes: o.ReviewChanges = False,
    json: o.Json = False,
) -> None:
    """Group the faces of the library.

    A new run is written if the faces, the settings or what people decided have changed since the last. Ended on the
    way, the same command goes on from there.
    """
    from facecluster.cli.progress import display

    settings = o.settings_from(config, runner={"kind": runner, "workers": workers, "address": address})
    with display("Reading the faces") as shown:
        summary = group(library, settings, shown, full=full, review=review_changes)
    if review_changes and summary.fresh:
        offer(library, summary.run, json=json)
    if json:
        print_json({"library": library.resolve(), "run": summary})
    else:
        print_facts(group_facts(summary) | {"library": library})
