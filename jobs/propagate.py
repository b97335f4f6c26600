"""Batch step 3: spread the names that people gave to the faces that nobody decided on.

    ray job submit -- python jobs/propagate.py /library --config conf/gpu-cluster.yaml

Only this script must reach the library; it runs where it is started.
"""

import argparse
import os
from pathlib import Path

from facecluster.pipeline.propagate import propagate_names
from facecluster.store.conf import load_settings


def main() -> None:
    """Parse, spread the names, print what was found."""
    parser = argparse.ArgumentParser(description="Spread the names that people gave to the other faces.")
    parser.add_argument("library", type=Path)
    parser.add_argument("--config", type=Path, help="YAML file of settings")
    arguments = parser.parse_args()
    settings = load_settings(arguments.config, os.environ, {})
    print(propagate_names(arguments.library, settings.names))  # noqa: T201  # the log of a job


if __name__ == "__main__":
    main()
