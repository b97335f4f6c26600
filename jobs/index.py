"""Batch step 1: bring the index of a library up to date with its archive.

    ray job submit -- python jobs/index.py /photos /library --config conf/gpu-cluster.yaml

Archive and library must be reachable under these paths from every node.
"""

import argparse
import os
from pathlib import Path

from facecluster.pipeline.index import index_archive
from facecluster.store.conf import load_settings


def main() -> None:
    """Parse, index, print what was done."""
    parser = argparse.ArgumentParser(description="Bring the index of a library up to date with its archive.")
    parser.add_argument("archive", type=Path)
    parser.add_argument("library", type=Path)
    parser.add_argument("--config", type=Path, help="YAML file of settings")
    arguments = parser.parse_args()
    settings = load_settings(arguments.config, os.environ, {})
    summary = index_archive(arguments.archive, arguments.library, settings, lambda _done, _total: None)
    print(summary)  # noqa: T201  # the log of a job is its standard output


if __name__ == "__main__":
    main()
