"""pipeline.tags.drawn.drawing: what a worker makes of regions."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import PhotoError, PhotoFault
from facecluster.pipeline.catalogue import faces_of, latest_scan
from facecluster.pipeline.plan import halve
from facecluster.pipeline.tags.drawn.drawing import (
    DRAWING,
    DrawingJob,
    DrawingWorker,
    next_turn,
    shard_folder,
    side_to_decode_px,
    tasks_of,
)
from facecluster.pipeline.tags.drawn.drawn import EDGES
from facecluster.pipeline.tags.drawn.to_draw import photos_with_faces, place_region, shards_to_draw, tasks_table
from facecluster.store.library import open_library
from tests.pipeline.tags.drawn_album import BESIDE, LYING, ON_FACE, SETTINGS, SMALL, WALL, files_of


@pytest.fixture
def library(indexed_album, tmp_path):
    return open_library(shutil.copytree(indexed_album, tmp_path / "library"))


def shard_of(library, *regions):
    """These regions as one shard, as if no face were there."""
    files = files_of(library).reset_index()
    photos = photos_with_faces(files, [])
    hashes = files.set_index("path")["photo_hash"]
    for path, box in regions:
        place_region(dict(zip(EDGES, box, strict=True)), photos[hashes[path]])
    (shard,) = shards_to_draw(tasks_table(files, photos), 1, "print", 500)
    return shard


def job_of(library):
    scan = latest_scan(library)
    return DrawingJob(Path(scan.archive), library.folder, scan.number, scan.fingerprint, SETTINGS, 1)


def drawn(library):
    photos = files_of(library).reset_index()
    table = faces_of(library, latest_scan(library), photos, ["quality", "x0"]).to_pandas()
    return table.loc[table["x0"].round() != 181]  # but for the face of the index pass


def test_a_worker_commits_faces_of_photos_and_says_which_are_lost(library):
    shard = shard_of(library, LYING, SMALL, WALL, BESIDE)
    settled = []
    with DrawingWorker(job_of(library)) as worker:
        read = worker.tools.read

        def unreadable(path):
            return b"other bytes" if path == "small.jpg" else read(path)

        worker.tools = replace(worker.tools, read=unreadable)
        report = worker.work(shard, lambda: settled.append(1))
        assert worker.work(shard_of(library, SMALL)).n_faces == 0, "nothing is committed of nothing"
    assert len(settled) == 4
    assert (report.n_photos, report.n_failed, report.n_faces) == (4, 1, 3)
    assert report.lost == (("small.jpg", "unreadable: the file was changed since it was indexed: run again"),)
    assert report.seconds.total > 0
    assert sorted(drawn(library)["quality"] > 0) == [False, False, True]
    files = files_of(library)
    assert (files.loc["small.jpg", "status"], files.loc["small.jpg", "n_faces"]) == ("no_face", 0)
    assert files.loc["copy.jpg", "n_faces"] == 2
    assert len([commit for commit in library.commits() if "regions" in commit.shard]) == 1


def test_a_halved_shard_does_the_same_in_two_pieces(library):
    one, other = halve(shard_of(library, LYING, WALL), 1, "print")
    with DrawingWorker(job_of(library)) as worker:
        reports = [worker.work(shard) for shard in (one, other)]
    assert [(report.n_photos, report.n_faces) for report in reports] == [(1, 1), (1, 1)]
    assert len(drawn(library)) == 2
    assert files_of(library).loc[["coffee.jpg", "lying.jpg"], "n_faces"].tolist() == [1, 1]


def test_no_detection_makes_two_faces(library):
    left, right = ON_FACE[1], tuple(np.add(ON_FACE[1], (34, 0, 34, 0)))
    shard = shard_of(library, ON_FACE, (ON_FACE[0], right))
    assert len(shard.known["regions"][0]) == 2, f"{left} and {right} are two"
    with DrawingWorker(job_of(library)) as worker:
        worker.work(shard)
    assert sorted(drawn(library)["quality"] > 0) == [False, True]


def test_a_photo_that_workers_die_over_is_told_of_and_keeps_its_rows(library):
    before = files_of(library)
    report = DRAWING.give_up(job_of(library), shard_of(library, LYING), "exit code 1")
    assert report.lost == (("lying.jpg", "crash: exit code 1"),)
    assert (report.n_photos, report.n_failed, report.n_faces) == (1, 1, 0)
    assert files_of(library).equals(before)


def test_a_photo_that_is_damaged_by_now_costs_no_other(library):
    shard = shard_of(library, SMALL, WALL)
    rows = tasks_of(shard)
    assert [row["path"] for row in rows] == [file.path for file in shard.files] == ["coffee.jpg", "small.jpg"]
    with DrawingWorker(job_of(library)) as worker:
        worker.tools.decoder.decode = _refuse(worker.tools.decoder.decode, rows[0])
        report = worker.work(shard)
    assert report.lost == (("coffee.jpg", "timeout: too long"),)
    assert len(drawn(library)) == 1


def _refuse(decode, task):
    def refused(data, side_px):
        photo = decode(data, side_px)
        if photo.width == task["width"]:
            raise PhotoError(PhotoFault.TIMEOUT, "too long")
        return photo

    return refused


@given(
    st.lists(st.tuples(st.integers(8, 3000), st.integers(8, 3000)), min_size=1, max_size=5),
    st.integers(3000, 9000),
    st.integers(3000, 9000),
)
def test_a_photo_is_decoded_as_large_as_its_smallest_region_needs(sides, width, height):
    regions = np.array([(5, 5, 5 + across, 5 + down) for across, down in sides], np.float32)
    side = side_to_decode_px(regions, width, height)
    assert side <= max(width, height)
    smallest = min(min(pair) for pair in sides) * side / max(width, height)
    assert smallest >= 224 - 1e-6 or side == max(width, height)
    assert smallest <= 225 or side == 1


def test_what_is_drawn_later_has_a_later_name():
    names = [shard_folder(3, turn) for turn in (1, 2, 10, 11)]
    assert names == sorted(names)
    assert names[0] > "000003-ffffffffffffffff"
    assert names[-1] < "000004-0000000000000000"
    assert shard_folder(3, 1) != shard_folder(3, 1)
    assert next_turn(3, ["000003-ffffffffffffffff", *names, shard_folder(4, 40)]) == 12
    assert next_turn(3, []) == 1
