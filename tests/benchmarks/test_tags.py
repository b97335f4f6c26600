"""tests.benchmarks.tags and its archive: what is measured is what happens."""

import sys

import pytest

from facecluster.pipeline.catalogue import latest_scan
from facecluster.pipeline.people import people_of
from facecluster.pipeline.tags.outgoing.shown import Which, shown_people
from facecluster.store.library import open_library
from tests.benchmarks.tagged_archive import make_archive, make_library, name_everybody, photo_of, rename_first
from tests.benchmarks.tags import bench_in, measure

PHOTOS = 9


def test_all_faces_get_the_names_that_they_have_in_metadata(tmp_path):
    make_archive(tmp_path / "photos", PHOTOS)
    make_library(tmp_path / "library", tmp_path / "photos")
    name_everybody(tmp_path / "library")
    library = open_library(tmp_path / "library")
    table = shown_people(library, latest_scan(library), Which()).table
    shown = sorted(zip(table["path"].to_pylist(), table["x0"].to_pylist(), table["name"].to_pylist(), strict=True))
    photos = [photo_of(number) for number in range(PHOTOS)]
    assert [(path, name) for path, _, name in shown] == [(photo.path, name) for photo in photos for name in photo.names]


def test_one_of_those_on_most_photos_is_renamed(tmp_path):
    make_archive(tmp_path / "photos", 3 * PHOTOS)
    make_library(tmp_path / "library", tmp_path / "photos")
    name_everybody(tmp_path / "library")
    rename_first(tmp_path / "library")
    people = people_of(open_library(tmp_path / "library"), [])
    counts = people.faces["person"].value_counts()
    most = [people.who.people[place].name for place in counts.index[counts == counts.max()]]
    assert "Somebody Else" in most


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells the memory of a process on Linux")
def test_a_step_is_measured(tmp_path):
    step = next(measure(bench_in(tmp_path, PHOTOS, ["--workers", "1"], fsync=False)))
    assert (step.what, step.files) == ("import", PHOTOS)
    assert step.cpu_seconds > 0
    assert step.peak_mb > 10
    who = people_of(open_library(tmp_path / "library"), []).who
    with_metadata = [photo_of(number) for number in range(PHOTOS) if number % 4 != 3]
    assert {person.name for person in who.people} == {name for photo in with_metadata for name in photo.names}
