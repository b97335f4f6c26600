"""pipeline.photos_there: the same photos as the census has, read column by column."""

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.errors import PhotoError, PhotoFault
from facecluster.pipeline.catalogue import census_of, shards_of
from facecluster.pipeline.photos_there import files_there, photos_in, photos_there
from facecluster.pipeline.plan import FILE_KEY, listing_table
from facecluster.pipeline.rows import PhotoRow, faces_table, failed_row, photos_table
from facecluster.store.archive import Listing, PhotoFile
from facecluster.store.library import create_library
from tests.pipeline.small_library import PACK

A, B, COPY_OF_A, NEWER_A = (
    PhotoFile("a.jpg", 1, 1),
    PhotoFile("b.jpg", 2, 1),
    PhotoFile("copy.jpg", 1, 1),
    PhotoFile("a.jpg", 1, 2),
)
FIRST, SECOND = datetime(2020, 1, 1), datetime(2021, 1, 1)  # noqa: DTZ001 - as a camera writes them


def library_of(folder, listed, *shards):
    """A library with this listing and these shards of photo rows."""
    library = create_library(folder / "library", PACK)
    table = listing_table(Listing(list(listed), [], 0, 0, 0), None)
    library.add_scan(table, "/photos", "print", "2026-01-01T00:00:00+00:00")
    for number, rows in enumerate(shards):
        library.add_shard(
            str(number),
            photos_table(rows),
            faces_table([], np.empty((0, PACK.dimension), np.float32)),
            "print",
            "decoder",
        )
    return library


def ok(file, photo_hash, taken_at=None):
    return PhotoRow(*file, photo_hash, 9, 9, 9, 9, 1, taken_at, "ok", None, 0)


def failed(file):
    return failed_row(file, None, PhotoError(PhotoFault.UNREADABLE, "gone"))


def there(library):
    """By hash: first path and time; and the paths that failed."""
    scan = library.latest_scan()
    photos = photos_there(library, scan, shards_of(library, scan))
    told = zip(photos.hashes.to_pylist(), photos.paths.to_pylist(), photos.taken_at.to_pylist(), strict=True)
    return {name: (path, taken) for name, path, taken in told}, photos.failed["path"].tolist()


def test_a_photo_has_its_first_path_and_its_time(tmp_path):
    library = library_of(tmp_path, [COPY_OF_A, B, A], [ok(B, "hb"), ok(COPY_OF_A, "ha", FIRST), ok(A, "ha", FIRST)])
    assert there(library) == ({"ha": ("a.jpg", FIRST), "hb": ("b.jpg", None)}, [])


def test_the_newest_row_of_a_file_counts(tmp_path):
    library = library_of(tmp_path, [A], [ok(A, "old", FIRST)], [failed(A)], [ok(A, "new", SECOND)])
    assert there(library) == ({"new": ("a.jpg", SECOND)}, [])


def test_a_photo_that_failed_is_there_as_such(tmp_path):
    library = library_of(tmp_path, [A, B], [ok(A, "ha"), failed(B)])
    assert there(library) == ({"ha": ("a.jpg", None)}, ["b.jpg"])


def test_what_was_changed_or_is_gone_or_not_indexed_yet_is_not_there(tmp_path):
    library = library_of(tmp_path, [NEWER_A, COPY_OF_A], [ok(A, "ha"), ok(B, "hb")])
    assert there(library) == ({}, [])


@pytest.mark.parametrize("listed", [[], [A]])
def test_without_shards_nothing_is_there(tmp_path, listed):
    assert there(library_of(tmp_path, listed)) == ({}, [])


FILES = st.builds(PhotoFile, st.sampled_from(["a", "b", "sub/c", "d"]), st.integers(1, 2), st.integers(1, 2))
ROWS = st.one_of(FILES.map(failed), st.builds(ok, FILES, st.sampled_from(["h1", "h2", "h3"])))


@settings(max_examples=40, deadline=None)
@given(
    listed=st.lists(FILES, unique_by=lambda file: file.path, max_size=4),
    shards=st.lists(st.lists(ROWS, max_size=4), max_size=3),
)
def test_as_the_census_has_it(tmp_path_factory, listed, shards):
    library = library_of(tmp_path_factory.mktemp("made"), listed, *shards)
    scan = library.latest_scan()
    census = photos_in(census_of(library, library.listing(scan), scan.fingerprint).current)
    found = photos_there(library, scan, shards_of(library, scan))
    assert found.hashes.equals(census.hashes)
    assert found.paths.equals(census.paths)
    assert found.taken_at.cast("int64").equals(census.taken_at.cast("int64"))
    assert found.failed["path"].tolist() == census.failed["path"].tolist()


@settings(max_examples=40, deadline=None)
@given(
    listed=st.lists(FILES, unique_by=lambda file: file.path, max_size=4),
    unreadable=st.lists(st.sampled_from(["sub"]), max_size=1),
    shards=st.lists(st.lists(ROWS, max_size=4), max_size=3),
)
def test_files_are_those_of_the_census_that_are_not_offline(tmp_path_factory, listed, unreadable, shards):
    library = library_of(tmp_path_factory.mktemp("made"), listed, *shards)
    before = library.listing(library.latest_scan())
    again = Listing([file for file in listed if not file.path.startswith("sub/")], unreadable, 0, 0, 0)
    library.add_scan(listing_table(again, before), "/photos", "print", "2026-01-02T00:00:00+00:00")
    scan = library.latest_scan()
    current = census_of(library, library.listing(scan), scan.fingerprint).current
    expected = current.loc[~current["path"].str.startswith("sub/")].sort_values("path")
    columns = [*FILE_KEY, "photo_hash", "n_faces"]
    found = files_there(library, scan, shards_of(library, scan), columns)
    assert found.column_names == columns
    assert list(map(tuple, found.to_pandas().itertuples(index=False))) == list(
        map(tuple, expected[columns].itertuples(index=False))
    )
