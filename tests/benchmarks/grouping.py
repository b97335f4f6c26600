"""How right the groups are on labelled photos, set by set and all together, printed as a Markdown table.

    facecluster index PHOTOS --library LIBRARY
    python -m tests.benchmarks.grouping LIBRARY LABELS [MIN_QUALITY ...]

Every set is a folder of the archive, grouped as a library of its own with one setting for all; `all` is one library of
everything. Every face of every photo is grouped, those with a label are scored.
"""

import sys
from pathlib import Path

import pandas as pd

from facecluster.measure.evaluate import Evaluation, evaluate_labels
from facecluster.measure.labels import read_labels
from facecluster.pipeline.catalogue import census_of, faces_of, latest_scan
from facecluster.pipeline.group import group_table
from facecluster.settings import ClusterSettings
from facecluster.store.library import open_library

SETS = ("quick", "bench/jurassic", "bench/athletes", "bench/bbt", "bench/johns", "bench/orl", "bench/lfw", "")


class Sets:
    """An indexed library, of which any folder can be grouped and judged."""

    def __init__(self, folder: Path, labels: Path) -> None:
        self.library = open_library(folder)
        self.scan = latest_scan(self.library)
        self.photos = census_of(self.library, self.library.listing(self.scan), self.scan.fingerprint).current
        columns = ["x0", "y0", "x1", "y1", "quality", "embedding"]
        self.faces = faces_of(self.library, self.scan, self.photos, columns)
        self.labels = labels

    def judge(self, prefix: str, settings: ClusterSettings) -> tuple[int, Evaluation]:
        """The number of faces below a folder, and how well their groups agree with the labels."""
        photos = self.photos[self.photos["path"].str.startswith(prefix)]
        inside = self.faces["photo_hash"].to_pandas().isin(set(photos["photo_hash"].dropna()))
        faces = self.faces.filter(inside.to_numpy())
        grouping = group_table(faces, self.library.identity.pack, settings)
        frame = faces.drop_columns("embedding").to_pandas()
        frame["cluster_id"] = pd.Series(grouping.labels, dtype="Int32").where(grouping.labels >= 0)
        archive, folder = Path(self.scan.archive), self.labels.resolve().parent
        judged = evaluate_labels(
            photos, frame, read_labels(self.labels), archive=archive, label_folder=folder, pick="center"
        )
        return len(faces), judged


def main(folder: Path, labels: Path, min_qualities: list[float]) -> None:
    """A row a set, two columns a setting."""
    settings = [ClusterSettings(min_quality=value) for value in min_qualities] or [ClusterSettings()]
    sets = Sets(folder, labels)
    heads = [f"founders from quality {one.min_quality:g}: pairwise F / B-cubed F" for one in settings]
    print("| set | faces, labelled, people |", " | ".join(heads), "|")
    print("|---|---|" + "---|" * len(heads))
    for prefix in SETS:
        judged = [sets.judge(prefix, one) for one in settings]
        n_faces, first = judged[0]
        scores = [f"{one.pairwise.f:.3f} / {one.bcubed.f:.3f}" for _, one in judged]
        name = prefix or "all in one library"
        print(f"| {name} | {n_faces:,}, {first.scored:,}, {first.people:,} |", " | ".join(scores), "|")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [float(value) for value in sys.argv[3:]])
