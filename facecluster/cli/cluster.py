"""`facecluster cluster`: the second step alone."""

from facecluster.cli import options as o
from facecluster.cli.output import plural, print_facts, print_json
from facecluster.cli.run import group_facts


def cluster(library: o.LibraryFolder = o.DEFAULT_LIBRARY, config: o.Config = None, json: o.Json = False) -> None:
    """Group the faces of the library.

    A new run is written if the faces or the settings have changed since the last.
    """
    from facecluster.cli.progress import display
    from facecluster.pipeline.group import group_library

    settings = o.settings_from(config)
    with display("Reading the faces") as shown:
        summary = group_library(library, settings.cluster, lambda n: shown.step(f"Grouping {plural(n, 'face')}"))
    if json:
        print_json({"library": library.resolve(), "run": summary})
    else:
        print_facts(group_facts(summary) | {"library": library})
