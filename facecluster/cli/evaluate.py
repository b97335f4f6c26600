"""`facecluster evaluate`: how right the result is, on photos whose people are known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from facecluster.cli import options as o
from facecluster.cli.output import plural, print_facts, print_json
from facecluster.errors import LibraryError, UsageError

if TYPE_CHECKING:
    from facecluster.clusters.score import Score
    from facecluster.measure.contacts import Contact, RunEvidence
    from facecluster.measure.evaluate import Evaluation, MixedCluster, SplitName
    from facecluster.measure.evaluate_pairs import PairEvaluation
    from facecluster.store.library import Library
    from facecluster.store.records import Scan

SHOWN = 10
"""Of each list of mistakes, worst first; --json has them all."""

BOXES = ["x0", "y0", "x1", "y1"]


def evaluate(
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="FILE", help="CSV: path, identity and, if known, x, y, w, h of the face."),
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option("--pairs", metavar="FILE", help="CSV: path1, path2, same and, if any, fold.")
    ] = None,
    pick: Annotated[
        Literal["largest", "center"],
        typer.Option("--pick", help="The face a label without a box means: the largest, or the one at the center."),
    ] = "largest",
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Measure the result on photos whose people are known.

    By the names that you gave; with --labels, by those of a file; with --pairs, how well the vectors tell the same
    person from another.
    """
    from facecluster.store.library import open_library

    if labels and pairs:
        raise UsageError("Expected one of --labels and --pairs, or neither to measure by your own names.")
    opened = open_library(library)
    if labels:
        found = _evaluate_labels(opened, labels, pick)
        print_json(found.to_json()) if json else print_facts(_label_facts(found))
    elif pairs:
        judged = _evaluate_pairs(opened, pairs, pick)
        print_json(judged.to_json()) if json else print_facts(_pair_facts(judged))
    else:
        _print_own(opened, json=json)


def _evaluate_labels(library: "Library", labels: Path, pick: Literal["largest", "center"]) -> "Evaluation":
    from facecluster.measure.evaluate import evaluate_labels
    from facecluster.measure.known_people import known_people
    from facecluster.measure.labels import read_labels
    from facecluster.pipeline.catalogue import census_of, clustered_faces, latest_scan

    labelled = read_labels(labels)
    scan = latest_scan(library)
    if not library.current_run():
        raise LibraryError(f"The faces of {library.folder} are not grouped yet: run `facecluster cluster` first.")
    photos = census_of(library, library.listing(scan), scan.fingerprint).current
    faces = clustered_faces(library, scan, photos, [*BOXES, "quality"])
    faces = faces.loc[faces["quality"] > 0].reset_index(drop=True)  # what was only drawn, nothing could have grouped
    folder = labels.resolve().parent
    known = known_people(photos, faces, labelled, archive=Path(scan.archive), label_folder=folder, pick=pick)
    return evaluate_labels(faces, known, _evidence(library, scan))


def _evidence(library: "Library", scan: "Scan") -> "RunEvidence":
    """What is known of the current run."""
    from facecluster.measure.contacts import RunEvidence
    from facecluster.pipeline.catalogue import vectors_of_faces

    run = library.current_run()
    assert run is not None
    births = library.tree(run)["birth"].to_pylist()
    return RunEvidence(
        vectors_of=lambda ids: vectors_of_faces(library, scan, ids),
        suggestions=library.suggestions(run).to_pandas(),
        min_quality=library.run_record(run)["settings"]["min_quality"],
        pair_cosine=min(births, default=None),  # every tree grows from the cosine that strangers hardly reach
    )


def _evaluate_pairs(library: "Library", pairs: Path, pick: Literal["largest", "center"]) -> "PairEvaluation":
    from facecluster.measure.evaluate_pairs import evaluate_pairs
    from facecluster.measure.labels import read_pairs
    from facecluster.pipeline.catalogue import census_of, embeddings_of, latest_scan, seen_faces_of

    known = read_pairs(pairs)
    scan = latest_scan(library)
    photos = census_of(library, library.listing(scan), scan.fingerprint).current
    table = seen_faces_of(library, scan, photos, [*BOXES, "embedding"])
    faces, vectors = table.drop_columns("embedding").to_pandas(), embeddings_of(table)
    folder = pairs.resolve().parent
    return evaluate_pairs(photos, faces, vectors, known, archive=Path(scan.archive), label_folder=folder, pick=pick)


def _print_own(library: "Library", *, json: bool) -> None:
    from facecluster.cli.evaluate_own import own_facts
    from facecluster.measure.own_names import evaluate_own_names

    found = evaluate_own_names(library)
    print_json(found.to_json()) if json else print_facts(own_facts(found))


def _label_facts(found: "Evaluation") -> dict[str, Any]:
    false = sum(one.faces for one in found.false_detections)
    facts = {
        "B-cubed": score_in_words(found.bcubed),
        "pairwise": score_in_words(found.pairwise),
        "scored": f"{plural(found.scored, 'labelled face')} of {plural(found.people, 'person', 'people')}",
        "missed": f"{plural(len(found.missed), 'labelled face')} not found",
        "false": f"{plural(false, 'face')} on photos labelled as without any",
        "left out": f"{plural(found.left_out, 'label')} without a box among several people",
        "elsewhere": f"{plural(found.outside, 'label')} of files that are not in this archive",
    }
    if found.pair_cosine is not None and (found.mixed or found.split):
        facts["needed"] = f"two single faces need a cosine of about {found.pair_cosine:.2f}, groups less"
    facts |= numbered("mixed", [_mixed_line(one) for one in found.mixed])
    facts |= numbered("split", [_split_line(one) for one in found.split])
    return facts | numbered("not found", [f"{one.identity}, {one.path}: {one.problem}" for one in found.missed])


def _pair_facts(found: "PairEvaluation") -> dict[str, Any]:
    result = found.verification
    return {
        "accuracy": f"{result.accuracy:.2%}, each fold judged at the threshold best for the others",
        "threshold": f"cosine {result.threshold:.3f} (mean of the folds)",
        "true accepts": f"{result.true_accepts:.2%} at 0.1 % false accepts",
        "equal error": f"{result.equal_error:.2%}",
        "pairs": f"{found.pairs:,}, {found.same:,} of one person; {found.outside:,} of files elsewhere",
        "missed": f"{plural(len(found.missed), 'pair')} with a face that was not found",
    }


def score_in_words(score: "Score") -> str:
    """F, precision and recall to four digits."""
    return f"F {score.f:.4f}, precision {score.precision:.4f}, recall {score.recall:.4f}"


def _mixed_line(found: "MixedCluster") -> str:
    parts = [f"{name} {count}" for name, count in found.people]
    return f"cluster {found.cluster_id}: {_explained(parts, found.contacts)}"


def _split_line(found: "SplitName") -> str:
    parts = [f"cluster {cluster} {count}" for cluster, count in found.clusters]
    return f"{found.name}: {_explained([*parts, *(f'alone {path}' for path in found.alone)], found.contacts)}"


def _explained(parts: list[str], contacts: "tuple[Contact, ...]") -> str:
    """The parts of a mistake, and of all but the first how alike it is to the first."""
    told = [parts[0], *(f"{part} ({_why(contact)})" for part, contact in zip(parts[1:], contacts, strict=True))]
    more = f", {len(told) - SHOWN:,} more" if len(told) > SHOWN else ""
    return ", ".join(told[:SHOWN]) + more


def _why(contact: "Contact") -> str:
    words = [f"best {contact.best_cosine:.2f}, mean {contact.mean_cosine:.2f}"]
    if contact.evidence is not None:
        words.append(f"suggested, {-contact.evidence:.2f} sd short")
    if contact.too_blurred:
        words.append(f"{contact.too_blurred:,} too blurred to found a cluster")
    if contact.shared_photos:
        words.append(f"both on {plural(contact.shared_photos, 'photo')}")
    return "; ".join(words)


def numbered(name: str, lines: list[str]) -> dict[str, str]:
    """The first lines of a list, each with the name and its number, and how many more there are."""
    shown = {f"{name} {number}": line for number, line in enumerate(lines[:SHOWN], 1)}
    return shown | ({f"{name} ...": f"{len(lines) - SHOWN:,} more: see --json"} if len(lines) > SHOWN else {})
