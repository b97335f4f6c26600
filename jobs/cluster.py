"""Batch step 2: group all faces of a library.

    ray job submit -- python jobs/cluster.py /library --config conf/gpu-cluster.yaml

Only this script must reach the library; nodes are sent the vectors they compare.
"""

import argparse
import os
from pathlib import Path

from facecluster.pipeline.group import group_library
from facecluster.store.conf import load_settings


def main() -> None:
    """Parse, cluster, print what was found."""
    parser = argparse.ArgumentParser(description="Group all faces of a library.")
    parser.add_argument("library", type=Path)
    parser.add_argument("--config", type=Path, help="YAML file of settings")
    arguments = parser.parse_args()
    settings = load_settings(arguments.config, os.environ, {})
    print(group_library(arguments.library, settings.cluster, settings.runner))  # noqa: T201  # the log of a job


if __name__ == "__main__":
    main()
