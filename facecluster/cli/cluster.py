"""`facecluster cluster`: the second step alone."""

from dataclasses import asdict

from facecluster.cli import options as o
from facecluster.cli.output import print_facts, print_json
from facecluster.cli.run import group_facts
from facecluster.pipeline.group import group_library


def cluster(library: o.LibraryFolder = o.DEFAULT_LIBRARY, config: o.Config = None, json: o.Json = False) -> None:
    """Group the faces of the library; a new run is written if faces or settings have changed."""
    settings = o.settings_from(config)
    summary = group_library(library, settings.cluster)
    if json:
        print_json({"library": library, **asdict(summary)})
    else:
        print_facts(group_facts(summary) | {"library": library})
