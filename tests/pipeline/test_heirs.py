import hashlib

import numpy as np
import pyarrow as pa
import pytest

from facecluster.errors import StorageError
from facecluster.people.statements import Name, Reject
from facecluster.pipeline.catalogue import latest_scan
from facecluster.pipeline.group import group_library
from facecluster.pipeline.heirs import add_new_heirs, heirs_of, last_heirs
from facecluster.pipeline.journal import decide, who_is_who_in
from facecluster.pipeline.parent import parent_of
from facecluster.pipeline.plan import listing_table
from facecluster.pipeline.present import faces_to_group
from facecluster.pipeline.propagate import propagate_names
from facecluster.pipeline.rows import FaceRow, PhotoRow, face_id, faces_table, photos_table
from facecluster.schemas import HEIRS
from facecluster.settings import ClusterSettings, NamesSettings
from facecluster.store.archive import Listing, PhotoFile
from facecluster.store.library import PackIdentity, create_library

PACK = PackIdentity("test", "a" * 64, 4, 0.0, 0.09, 0.65, "none")
BOX = (10.0, 10.0, 50.0, 50.0)
ANNA, BERTA = "a" * 12, "b" * 12
VECTORS = np.eye(4, dtype=np.float32)


def hash_of(version):
    return hashlib.sha256(version.encode()).hexdigest()


def face(version):
    """The id of the one face of a version of a photo."""
    return face_id(hash_of(version), BOX)


class Archive:
    """Files whose photos have one face each; the first letter of a version says which picture it is."""

    def __init__(self, folder):
        self.library = create_library(folder, PACK)
        self.shards = 0

    def holds(self, prints="prints", **files):
        """Scan and index the archive with these versions in these files."""
        listed = [PhotoFile(name, *_size_and_time(version)) for name, version in sorted(files.items())]
        scanned = "2026-01-01T00:00:00+00:00"
        self.library.add_scan(listing_table(Listing(listed, [], 0, 0, 0), None), "/photos", prints, scanned)
        for name, version in sorted(files.items()):
            self._index(name, version, prints)

    def _index(self, name, version, prints):
        self.shards += 1
        row = PhotoRow(name, *_size_and_time(version), hash_of(version), 90, 90, 90, 90, 1, None, "ok", None, 1)
        vector = VECTORS[["a", "b", "c", "d"].index(version[0])]
        found = FaceRow(face(version), hash_of(version), BOX, np.zeros((5, 2), np.float32), 0.9, 0.9, b"")
        tables = photos_table([row]), faces_table([found], vector[None])
        self.library.add_shard(f"{self.shards:06d}", *tables, prints, "decoder")

    def finds(self, **how):
        return add_new_heirs(self.library, latest_scan(self.library), **how)

    def grouped(self):
        return group_library(self.library.folder, ClusterSettings())

    def heirs(self):
        table = self.library.heirs(last_heirs(self.library))
        return list(zip(table["face_id"].to_pylist(), table["heir"].to_pylist(), strict=True))


def _size_and_time(version):
    return len(version), int(hash_of(version)[:8], 16)


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "library")


def test_an_empty_library_has_no_heirs(archive):
    archive.holds()
    assert archive.finds() == archive.finds(all_=True) == 0
    assert archive.library.heirs_numbers() == []
    assert len(heirs_of(archive.library).faces) == 0
    assert archive.grouped().faces == 0


def test_the_face_of_a_changed_photo_has_one(archive):
    archive.holds(one="a", two="b")
    archive.grouped()
    archive.holds(one="a tagged", two="b")
    assert archive.finds() == 1
    assert archive.heirs() == [(face("a"), face("a tagged"))]
    assert archive.finds() == archive.finds(all_=True) == 0
    assert archive.library.heirs_numbers() == [1]


@pytest.mark.parametrize(
    "files",
    [
        {"one": "c"},  # another picture under its name
        {"one": "a tagged", "copy": "a"},  # the old one is still there
        {"other": "a tagged"},  # another name, too
        {"two": "b"},
        {"moved": "a"},
    ],
)
def test_what_is_no_change_of_a_photo_has_none(archive, files):
    archive.holds(one="a")
    archive.grouped()
    archive.holds(**files)
    assert archive.finds() == archive.finds(all_=True) == 0


def test_two_names_that_change_places_are_no_change(archive):
    archive.holds(one="a", two="b")
    archive.holds(one="b", two="a")
    assert archive.finds() == 0


def test_versions_follow_each_other(archive):
    for version in ("a", "a 1", "a 12"):
        archive.holds(one=version)
        archive.grouped()
    assert archive.library.heirs_numbers() == [1, 2]
    decide(archive.library, lambda _: [Name(ANNA, (face("a"),))], "somebody")
    assert who_is_who_in(archive.library, [face("a 12")]).persons.tolist() == [0]


def test_versions_of_which_no_run_knew_are_found_too(archive):
    for version in ("a", "a 1", "a 12"):
        archive.holds(one=version)
    assert archive.finds() == 2
    assert set(archive.heirs()) == {(face("a"), face("a 12")), (face("a 1"), face("a 12"))}


def test_an_earlier_version_that_returns_needs_nothing_new(archive):
    for version in ("a", "a 1", "a", "a 1"):
        archive.holds(one=version)
        archive.grouped()
    assert archive.library.heirs_numbers() == [1]


def test_a_photo_that_was_changed_while_a_copy_was_left_is_found_when_that_goes(archive):
    archive.holds(one="a", copy="a", two="b", three="c")
    archive.grouped()
    archive.holds(one="a tagged", copy="a", two="b", three="c")
    archive.grouped()
    assert archive.heirs() == []
    archive.holds(one="a tagged", two="b", three="c")
    archive.grouped()
    assert archive.heirs() == [(face("a"), face("a tagged"))]


def test_old_versions_count_that_were_found_under_other_settings(archive):
    archive.holds(one="a")
    archive.holds(prints="other", one="a tagged")
    assert archive.finds() == 1


def test_nothing_is_read_where_nothing_was_listed_since(archive, monkeypatch):
    archive.holds(one="a")
    archive.grouped()
    with monkeypatch.context() as patch:
        patch.setattr(type(archive.library), "commits", lambda _: pytest.fail("it looked"))
        assert archive.finds() == 0


def test_vectors_are_read_of_changed_photos_only(archive, monkeypatch):
    archive.holds(one="a", two="b", three="c")
    archive.grouped()
    archive.holds(one="a tagged", two="b", three="c")
    read = []
    faces = type(archive.library).faces

    def told(library, commit, columns):
        read.append(commit.shard)
        return faces(library, commit, columns)

    monkeypatch.setattr(type(archive.library), "faces", told)
    archive.finds()
    assert {int(shard) for shard in read} == {1, 4}  # the first before, and after the change


def test_a_run_looks_again_at_a_face_that_became_an_heir(archive):
    archive.holds(one="a", two="b", copy="a 1")
    decide(archive.library, lambda _: [Name(ANNA, (face("a"),)), Reject(BERTA, (face("a"),))], "somebody")
    archive.grouped()
    archive.holds(two="b", one="a 1")
    present, parent = _present_and_parent(archive)
    assert not present.changed_since(parent.said()).touched.any()
    archive.finds()
    present, parent = _present_and_parent(archive)
    changed = present.changed_since(parent.said())
    assert dict(zip(present.face_ids.to_pylist(), changed.touched.tolist(), strict=True)) == {
        face("a 1"): True,
        face("b"): False,
    }


def test_a_run_looks_again_at_an_heir_that_takes_the_place_of_its_original(archive):
    archive.holds(one="a")
    decide(archive.library, lambda _: [Name(ANNA, (face("a"),))], "somebody")
    archive.holds(one="a 1")
    archive.grouped()
    archive.holds(one="a 1", original="a")
    archive.grouped()
    archive.holds(one="a 1")
    present, parent = _present_and_parent(archive)
    assert present.links.persons.tolist() == [0]
    assert present.changed_since(parent.said()).touched.tolist() == [True]


def _present_and_parent(archive):
    present = faces_to_group(archive.library, latest_scan(archive.library))
    return present, parent_of(archive.library, present.face_ids)


def test_changed_photos_keep_the_numbers_of_their_clusters(archive):
    archive.holds(one="a", two="a 1", three="b", four="b 1")
    archive.grouped()
    archive.holds(one="a 2", two="a 12", three="b", four="b 12")
    archive.finds()
    present, parent = _present_and_parent(archive)
    table = archive.library.clusters(1)
    before = dict(zip(table["face_id"].to_pylist(), table["cluster_id"].to_pylist(), strict=True))
    now = dict(zip(present.face_ids.to_pylist(), parent.ids_of_versions(heirs_of(archive.library)), strict=True))
    assert now[face("a 2")] == now[face("a 12")] == before[face("a")]
    assert now[face("b 12")] == now[face("b")] == before[face("b")]
    assert sorted(parent.ids().tolist()) == [-1, -1, -1, now[face("b")]]


def test_names_are_found_anew_when_heirs_were_found(archive):
    archive.holds(one="a", two="b", three="c")
    decide(archive.library, lambda _: [Name(ANNA, (face("a"),), "Anna")], "somebody")
    archive.holds(one="a 1", two="b", three="c")
    archive.grouped()
    settings = NamesSettings()
    assert propagate_names(archive.library.folder, settings).undecided == 2
    assert not propagate_names(archive.library.folder, settings).fresh
    table = pa.table([[face("d")], [face("b")], [1.0]], HEIRS)
    archive.library.add_heirs(table, {})
    assert propagate_names(archive.library.folder, settings).fresh


def test_heirs_that_cannot_be_written_are_found_the_next_time(archive, monkeypatch):
    archive.holds(one="a")
    archive.holds(one="a 1")
    with monkeypatch.context() as patch:
        patch.setattr("facecluster.store.runs.create_record", fail)
        with pytest.raises(StorageError):
            archive.finds()
    assert archive.heirs() == []
    assert archive.finds() == 1
    assert archive.library.heirs_numbers() == [2]


def fail(*_):
    raise StorageError("No space left on device")


def test_what_was_read_is_read_again_when_there_is_more(archive):
    archive.holds(one="a")
    archive.grouped()
    assert len(heirs_of(archive.library).faces) == 0
    archive.holds(one="a 1")
    archive.grouped()
    assert heirs_of(archive.library).faces.to_pylist() == [face("a"), face("a 1")]
    assert heirs_of(archive.library) is heirs_of(archive.library)
