"""Which detector serves the embedded pack best: accuracy against cost, printed as a Markdown table.

    python -m tests.benchmarks.detectors PHOTOS

PHOTOS holds labels.csv (path, identity, x, y, w, h, ...), lfw_pairs.csv (fold, path1, path2, same) and the photos they
name. Thresholds were chosen on LFW fold 1, `quick` and `bench/jurassic`; LFW fold 2 and `bench/athletes` are the check.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from PIL import Image

from facecluster.clusters.verification import FALSE_ACCEPTS, roc, true_accepts_at, verify
from facecluster.faces.align import aligned_crops
from facecluster.faces.closeup import CloseUpDetector
from facecluster.faces.decode import decode_photo
from facecluster.faces.detect import NetworkDetector, centerface_faces, overlaps_with, yunet_faces
from facecluster.faces.embed import NetworkEmbedder
from facecluster.faces.network import Detector
from facecluster.packs.embedded import DIMENSION, SMALL_PX
from facecluster.packs.onnx import OnnxNetwork
from facecluster.packs.weights import CENTERFACE, SFACE, YUNET, Weight, cache_folder, runnable_bytes, weights_folder
from facecluster.types import Detections, RgbImage

SIZES_PX = (640, 1024)
SAME_FACE = 0.3  # intersection over union of a labelled and a detected box; labels were drawn by other detectors
FILLED = (0.6, 0.75, 0.95)  # share of the frame's side that a face takes
LARGE_FRAME_PX = 1600  # the frame-filling faces are shown as cut, and enlarged to this
MIN_FILLING_PX = 120  # labelled faces smaller than this make no frame
TILE_PX = 1024  # side of a ninth of the mosaic


@dataclass
class Candidate:
    """A detector under test and what was seen of it."""

    name: str
    size_px: int
    min_score: float
    detector: Detector
    vectors: dict[int, np.ndarray] = field(default_factory=dict)  # by row of the labels
    seconds: list[float] = field(default_factory=list)  # a photo outside LFW
    boxed: list[bool] = field(default_factory=list)  # labelled box found?
    extras: int = 0  # faces on photos that have none
    filling: list[float] = field(default_factory=list)  # cosine of a frame-filling face to itself in the whole photo
    small: int = 0  # faces found in the mosaic of group photos


def main(photos: Path) -> None:
    """Measure every candidate on the same photos in turn, so that a busy machine is unfair to none."""
    labels = read_labels(photos)
    embedder = NetworkEmbedder(network(SFACE), DIMENSION, batch=1)
    candidates = [candidate for size_px in SIZES_PX for candidate in build_candidates(size_px)]
    for number, (path, rows) in enumerate(labels.groupby("path", sort=False)):
        image = read(photos / str(path))
        for candidate in candidates if number % 2 else reversed(candidates):
            look_at(candidate, embedder, image, rows)
    for index, frame, box in frame_filling(photos, labels):
        for candidate in candidates:
            found = candidate.detector.detect([frame], candidate.min_score)[0]
            face = which_face(found, frame, box)
            if face is None:
                candidate.filling.append(np.nan)
            elif index in candidate.vectors:
                vector = embedder.embed(aligned_crops(frame, found.landmarks[face : face + 1]))[0]
                candidate.filling.append(float(vector @ candidate.vectors[index]))
    groups = mosaic(photos, labels)
    for candidate in candidates:
        candidate.small = len(candidate.detector.detect([groups], candidate.min_score)[0].scores)
    print(table(candidates, labels, pd.read_csv(photos / "lfw_pairs.csv")))


def build_candidates(size_px: int) -> Iterator[Candidate]:
    """The three detectors at one size, each with the lowest threshold at which no person-free photo has a face."""

    def whole(weight: Weight, *sizes_px: int) -> NetworkDetector:
        decoder = centerface_faces if weight is CENTERFACE else yunet_faces
        return NetworkDetector(network(weight), decoder, sizes_px=sizes_px, smallest_px=SMALL_PX)

    yield Candidate("CenterFace", size_px, 0.4, whole(CENTERFACE, size_px))
    yield Candidate("YuNet", size_px, 0.8, whole(YUNET, size_px))
    both = CloseUpDetector(whole(YUNET, SMALL_PX, size_px), network(CENTERFACE), centerface_faces)
    yield Candidate("YuNet, then CenterFace on close-ups", size_px, 0.5, both)


def network(weight: Weight) -> OnnxNetwork:
    """A vendored network on one CPU thread."""
    return OnnxNetwork(runnable_bytes(weight, weights_folder(), cache_folder()), provider="cpu", threads=1)


def read(path: Path) -> RgbImage:
    """A photo at full size."""
    return decode_photo(path.read_bytes(), None, 150).pixels


def read_labels(photos: Path) -> pd.DataFrame:
    """The labels, with `collection` (first two folders) and `usable`: it is clear which face of the photo the row
    means."""
    labels = pd.read_csv(photos / "labels.csv", keep_default_na=False, na_values={edge: [""] for edge in "xywh"})
    labels["collection"] = labels.path.str.split("/").str[:2].str.join("/")
    named = (labels.identity != "") & (labels.identity != "_none_")
    alone = labels.groupby("path").path.transform("size") == 1
    labels["usable"] = named & (labels.x.notna() | alone)
    return labels


def look_at(candidate: Candidate, embedder: NetworkEmbedder, image: RgbImage, rows: pd.DataFrame) -> None:
    """Detect the faces of one photo and note what became of its labels."""
    start = perf_counter()
    found = candidate.detector.detect([image], candidate.min_score)[0]
    if rows.collection.iloc[0] != "bench/lfw":
        candidate.seconds.append(perf_counter() - start)
    for index, row in rows.iterrows():
        if row.identity == "_none_":
            candidate.extras += len(found.scores)
            continue
        box = labelled_box(row)
        face = which_face(found, image, box, centre=row.collection == "bench/lfw")
        if box is not None:
            candidate.boxed.append(face is not None)
        if row.usable and face is not None:
            crop = aligned_crops(image, found.landmarks[face : face + 1])
            candidate.vectors[int(str(index))] = embedder.embed(crop)[0]


def labelled_box(row: pd.Series) -> np.ndarray | None:
    """The box of a label, (x0, y0, x1, y1), if it has one."""
    return None if np.isnan(row.x) else np.array([row.x, row.y, row.x + row.w, row.y + row.h], np.float32)


def which_face(found: Detections, image: RgbImage, box: np.ndarray | None, *, centre: bool = False) -> int | None:
    """The face a label means: by its box, else the best on the centre pixel, else the largest."""
    if not len(found.scores):
        return None
    if box is not None:
        overlaps = overlaps_with(box, found.boxes)
        return int(overlaps.argmax()) if overlaps.max() > SAME_FACE else None
    if centre:
        middle = np.array([image.shape[1] / 2, image.shape[0] / 2])
        covering = np.all((found.boxes[:, :2] <= middle) & (found.boxes[:, 2:] >= middle), axis=1)
        return int(covering.argmax()) if covering.any() else None
    return int(np.prod(found.boxes[:, 2:] - found.boxes[:, :2], axis=1).argmax())


def frame_filling(photos: Path, labels: pd.DataFrame) -> Iterator[tuple[int, RgbImage, np.ndarray]]:
    """Every third large labelled face, cut to take most of the frame, as it is and enlarged: row, frame, box in it."""
    large = labels[labels.usable & labels.x.notna() & (labels[["w", "h"]].min(axis=1) >= MIN_FILLING_PX)]
    for index, row in large.iloc[::3].iterrows():
        image, box = read(photos / row.path), labelled_box(row)
        assert box is not None
        for share in FILLED:
            half = max(row.w, row.h) / share / 2
            left, top = (int(max(0, middle - half)) for middle in (row.x + row.w / 2, row.y + row.h / 2))
            frame = image[top : int(row.y + row.h / 2 + half), left : int(row.x + row.w / 2 + half)]
            cut = box - np.array([left, top, left, top], np.float32)
            yield int(str(index)), np.ascontiguousarray(frame), cut
            yield int(str(index)), resized(frame, LARGE_FRAME_PX), cut * (LARGE_FRAME_PX / max(frame.shape[:2]))


def mosaic(photos: Path, labels: pd.DataFrame) -> RgbImage:
    """Nine group photos as one: faces as small as in a photo of a hundred people."""
    canvas = np.zeros((3 * TILE_PX, 3 * TILE_PX, 3), np.uint8)
    groups = labels[labels.kind == "unlabelled group"].path.unique()
    for tile, path in enumerate([path for path in groups if path.startswith(("quick/", "bench/bbt"))][:9]):
        image = resized(read(photos / path), TILE_PX)
        top, left = tile // 3 * TILE_PX, tile % 3 * TILE_PX
        canvas[top : top + image.shape[0], left : left + image.shape[1]] = image
    return canvas


def resized(image: RgbImage, long_side_px: int) -> RgbImage:
    """The image at this long side."""
    scale = long_side_px / max(image.shape[:2])
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))


def table(candidates: Sequence[Candidate], labels: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """The Markdown table."""
    head = (
        "detector", "long side", "LFW pairs", "missed", "TPR quick + jurassic", "TPR athletes", "boxes found",
        "on person-free photos", "filling the frame", "its cosine", "in a mosaic of groups", "ms a photo",
    )  # fmt: skip
    lines = [head, ["---"] * len(head)]
    for candidate in candidates:
        pair_cosines = lfw_cosines(candidate, labels, pairs)
        folded = verify(pair_cosines, pairs.same.to_numpy() == 1, pairs.fold.to_numpy())
        lines.append(
            [
                candidate.name,
                f"{candidate.size_px} px",
                f"{folded.accuracy:.2%}",
                f"{np.isnan(pair_cosines).sum()}",
                f"{true_accept_rate(candidate, labels, ('quick/', 'bench/jurassic')):.3f}",
                f"{true_accept_rate(candidate, labels, ('bench/athletes',)):.3f}",
                f"{sum(candidate.boxed)} of {len(candidate.boxed)}",
                f"{candidate.extras}",
                f"{np.count_nonzero(~np.isnan(candidate.filling))} of {len(candidate.filling)}",
                f"{np.nanmean(candidate.filling):.3f}",
                f"{candidate.small}",
                f"{1000 * np.mean(candidate.seconds):.1f}",
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def lfw_cosines(candidate: Candidate, labels: pd.DataFrame, pairs: pd.DataFrame) -> np.ndarray:
    """The cosine of each LFW pair; nan where a face was missed."""
    unknown = np.full(DIMENSION, np.nan, np.float32)
    rows = {path: index for index, path in labels[labels.collection == "bench/lfw"].path.items()}
    vectors: dict[str, np.ndarray] = defaultdict(lambda: unknown)
    vectors.update({path: candidate.vectors.get(int(str(index)), unknown) for path, index in rows.items()})
    first, second = (np.stack([vectors[path] for path in pairs[column]]) for column in ("path1", "path2"))
    return np.sum(first.astype(np.float64) * second, axis=1)


def true_accept_rate(candidate: Candidate, labels: pd.DataFrame, collections: tuple[str, ...]) -> float:
    """Of all same-person pairs in these collections, the share accepted at one false accept in a thousand."""
    chosen = labels[labels.usable & labels.path.str.startswith(collections)]
    unknown = np.full(DIMENSION, np.nan, np.float32)
    vectors = np.stack([candidate.vectors.get(int(str(index)), unknown) for index in chosen.index]).astype(np.float64)
    first, second = np.triu_indices(len(chosen), 1)
    identities = chosen.identity.to_numpy()
    cosines, same = np.sum(vectors[first] * vectors[second], axis=1), identities[first] == identities[second]
    known = ~np.isnan(cosines)
    return true_accepts_at(roc(np.where(known, cosines, -1.0)[known | same], same[known | same]), FALSE_ACCEPTS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
