"""How right the groups are on labelled photos, beside what other methods could reach, printed as a Markdown table.

    facecluster index PHOTOS --library LIBRARY
    python -m tests.benchmarks.grouping LIBRARY LABELS

Every set is a folder of the archive, grouped as a library of its own; the last row is one library of everything. Every
face of every photo is grouped, those with a label are scored. facecluster has its default settings for all sets; each
rival has the setting that is best for that very set, which nobody can know without labels. Takes some minutes for 3,000
faces.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Integer

from facecluster.clusters.score import ALONE, Agreement, score_groups
from facecluster.measure.known_people import known_people
from facecluster.measure.labels import PathResolver, read_labels
from facecluster.pipeline.catalogue import census_of, embeddings_of, faces_of, latest_scan, prior_of
from facecluster.pipeline.group import group_table
from facecluster.settings import ClusterSettings
from facecluster.store.library import open_library
from tests.benchmarks.rivals import RIVALS, Best, best_outcome

SETS = ("quick", "bench/jurassic", "bench/athletes", "bench/bbt", "bench/johns", "bench/orl", "bench/lfw")
LFW, LFW_PAIRS = "bench/lfw", "lfw_pairs.csv"  # the pairs, beside the labels, say which person is in which fold


class PhotoSet(NamedTuple):
    """Some folders of the archive."""

    name: str
    folders: tuple[str, ...]  # each with its slash; "" is everything


class SetFaces:
    """The faces of some photos, to be grouped and judged again and again."""

    def __init__(self, library: "LabelledLibrary", folders: tuple[str, ...]) -> None:
        photos = library.photos.loc[library.photos["path"].str.startswith(folders)]
        inside = library.faces["photo_hash"].to_pandas().isin(set(photos["photo_hash"]))
        self.table = library.faces.filter(inside.to_numpy())
        resolver, paths = PathResolver(photos["path"], library.archive, library.label_folder), set(photos["path"])
        labels = [label for label in library.labels if resolver.resolve(label.path) in paths]
        frame = self.table.drop_columns("embedding").to_pandas()
        where = {"archive": library.archive, "label_folder": library.label_folder}
        self.known = known_people(photos, frame, labels, **where, pick="center")

    def judge(self, labels: Integer[np.ndarray, "n"]) -> Agreement:
        """How well groups of these faces agree with the labels."""
        return score_groups(self.known.people, np.maximum(labels, ALONE)[self.known.rows])

    def value(self, labels: Integer[np.ndarray, "n"]) -> float:
        """One number for how right they are: the mean of pairwise and B-cubed F."""
        return mean_f(self.judge(labels))


class LabelledLibrary:
    """An indexed library, of which any folders can be grouped and judged."""

    def __init__(self, folder: Path, labels: Path) -> None:
        library = open_library(folder)
        scan = latest_scan(library)
        self.prior = prior_of(library)
        self.photos = census_of(library, library.listing(scan), scan.fingerprint).current
        columns = ["x0", "y0", "x1", "y1", "quality", "embedding"]
        self.faces = faces_of(library, scan, self.photos, columns)
        self.archive, self.label_folder = Path(scan.archive), labels.resolve().parent
        self.labels = read_labels(labels)


def mean_f(judged: Agreement) -> float:
    """The mean of pairwise and B-cubed F."""
    return (judged.pairwise.f + judged.bcubed.f) / 2


def photo_sets(label_folder: Path) -> Iterator[PhotoSet]:
    """The sets in the order of the table: folders, halves of LFW if its folds are known, everything."""
    for folder in SETS:
        yield PhotoSet(folder, (f"{folder}/",))
    if (label_folder / LFW_PAIRS).is_file():
        pairs = pd.read_csv(label_folder / LFW_PAIRS)
        for fold, some in pairs.groupby("fold"):
            people = {path.rsplit("/", 1)[0] + "/" for path in (*some["path1"], *some["path2"])}
            yield PhotoSet(f"{LFW}, fold {fold}", tuple(sorted(people)))
    yield PhotoSet("all in one library", ("",))


def table_row(library: LabelledLibrary, photo_set: PhotoSet) -> list[str]:
    """One set: its size, facecluster, every rival at its best, and by how much facecluster is the better."""
    faces = SetFaces(library, photo_set.folders)
    ours = faces.judge(group_table(faces.table, library.prior, ClusterSettings()).labels)
    vectors = embeddings_of(faces.table)
    bests = [best_outcome(method(vectors), faces.value) for method in RIVALS.values()]
    rivals = [faces.judge(best.outcome.labels) for best in bests]
    ahead = [
        ours.pairwise.f - max(one.pairwise.f for one in rivals),
        ours.bcubed.f - max(one.bcubed.f for one in rivals),
    ]
    return [
        photo_set.name,
        f"{len(vectors):,}, {len(faces.known.rows):,}, {len(faces.known.names):,}",
        f"{ours.pairwise.precision:.4f}",
        f"{ours.pairwise.f:.4f} / {ours.bcubed.f:.4f}",
        *(rival_cell(judged, best) for judged, best in zip(rivals, bests, strict=True)),
        " / ".join(f"{difference:+.4f}" for difference in ahead),
    ]


def rival_cell(judged: Agreement, best: Best) -> str:
    """Both F and the setting that gave them."""
    return f"{judged.pairwise.f:.4f} / {judged.bcubed.f:.4f} ({best.outcome.setting})"


def main(folder: Path, labels: Path) -> None:
    """Print the table, row by row."""
    library = LabelledLibrary(folder, labels)
    head = ["set", "faces, labelled, people", "pairwise precision", "pairwise F / B-cubed F", *RIVALS]
    head.append("better than the best rival by")
    print("|", " | ".join(head), "|")
    print("|" + "---|" * len(head))
    for photo_set in photo_sets(library.label_folder):
        print("|", " | ".join(table_row(library, photo_set)), "|", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
