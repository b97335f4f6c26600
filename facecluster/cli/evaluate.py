"""`facecluster evaluate`: how right the result is, on photos whose people are known."""

from pathlib import Path
from typing import Annotated, Any

import typer

from facecluster.cli import options as o
from facecluster.cli.output import plural, print_facts, print_json
from facecluster.clusters.score import Score
from facecluster.errors import UsageError
from facecluster.pipeline.catalogue import census_of, clustered_faces, embeddings_of, faces_of, latest_scan
from facecluster.pipeline.evaluate import Evaluation, evaluate_labels
from facecluster.pipeline.evaluate_pairs import PairEvaluation, evaluate_pairs
from facecluster.pipeline.labelled_faces import Pick
from facecluster.pipeline.labels import read_labels, read_pairs
from facecluster.store.library import open_library

SHOWN = 10
"""Of each list of mistakes, worst first; --json has them all."""

BOXES = ["x0", "y0", "x1", "y1"]


def evaluate(
    labels: Annotated[
        Path | None, typer.Option("--labels", help="CSV: path, identity and, if known, x, y, w, h of the face.")
    ] = None,
    pairs: Annotated[Path | None, typer.Option("--pairs", help="CSV: path1, path2, same and, if any, fold.")] = None,
    pick: Annotated[
        Pick,
        typer.Option("--pick", help="The face a label without a box means: the largest, or the one at the center."),
    ] = "largest",
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Measure the clusters against labels, or the vectors against pairs that are known to be the same person or not."""
    if (labels is None) == (pairs is None):
        raise UsageError("Expected one of --labels and --pairs.")
    opened = open_library(library)
    scan = latest_scan(opened)
    photos = census_of(opened, opened.listing(scan), scan.fingerprint).current
    archive = Path(scan.archive)
    if labels:
        faces = clustered_faces(opened, scan, photos, BOXES)
        label_folder = labels.resolve().parent
        found = evaluate_labels(
            photos, faces, read_labels(labels), archive=archive, label_folder=label_folder, pick=pick
        )
        print_json(found.to_json()) if json else print_facts(_label_facts(found))
    elif pairs:
        table = faces_of(opened, scan, photos, [*BOXES, "embedding"])
        judged = evaluate_pairs(
            photos,
            table.drop_columns("embedding").to_pandas(),
            embeddings_of(table),
            read_pairs(pairs),
            archive=archive,
            label_folder=pairs.resolve().parent,
            pick=pick,
        )
        print_json(judged.to_json()) if json else print_facts(_pair_facts(judged))


def _label_facts(found: Evaluation) -> dict[str, Any]:
    facts = {
        "B-cubed": _score(found.bcubed),
        "pairwise": _score(found.pairwise),
        "scored": f"{plural(found.scored, 'labelled face')} of {plural(found.people, 'person', 'people')}",
        "missed": f"{plural(len(found.missed), 'labelled face')} not found",
        "false": f"{plural(sum(one.faces for one in found.false_detections), 'face')} on photos labelled as without any",
        "left out": f"{plural(found.left_out, 'label')} without a box among several people, {found.outside:,} of files elsewhere",
    }
    facts |= _numbered("mixed", [_mixed_line(one.cluster_id, one.people) for one in found.mixed])
    facts |= _numbered("split", [_split_line(one.name, one.clusters, one.alone) for one in found.split])
    return facts | _numbered("not found", [f"{one.identity}, {one.path}: {one.problem}" for one in found.missed])


def _pair_facts(found: PairEvaluation) -> dict[str, Any]:
    result = found.verification
    return {
        "accuracy": f"{result.accuracy:.2%}, each fold at the threshold best for the others (mean {result.threshold:.3f})",
        "true accepts": f"{result.true_accepts:.2%} at 0.1 % false accepts",
        "equal error": f"{result.equal_error:.2%}",
        "pairs": f"{found.pairs:,}, {found.same:,} of one person; {found.outside:,} of files elsewhere",
        "missed": f"{plural(len(found.missed), 'pair')} with a face that was not found",
    }


def _score(score: Score) -> str:
    return f"F {score.f:.4f}, precision {score.precision:.4f}, recall {score.recall:.4f}"


def _mixed_line(cluster: int, people: tuple[tuple[str, int], ...]) -> str:
    return f"cluster {cluster}: " + ", ".join(f"{name} {count}" for name, count in people[:SHOWN])


def _split_line(name: str, clusters: tuple[tuple[int, int], ...], alone: int) -> str:
    parts = [f"cluster {cluster} {count}" for cluster, count in clusters[:SHOWN]]
    return f"{name}: " + ", ".join([*parts, *([f"alone {alone}"] if alone else [])])


def _numbered(name: str, lines: list[str]) -> dict[str, str]:
    shown = {f"{name} {number}": line for number, line in enumerate(lines[:SHOWN], 1)}
    return shown | ({f"{name} ...": f"{len(lines) - SHOWN:,} more: see --json"} if len(lines) > SHOWN else {})
