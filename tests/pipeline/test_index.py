import os
import shutil
from dataclasses import replace

import pytest

from facecluster.errors import ArchiveError, LibraryError, PackMismatchError
from facecluster.packs.load import describe_pack
from facecluster.pipeline import index as index_module
from facecluster.pipeline.decoder import DecoderProcess
from facecluster.pipeline.index import index_archive, pack_identity
from facecluster.pipeline.status import library_status
from facecluster.store.library import create_library, open_library
from tests.end_to_end.album import FACELESS, FAILING, quick_settings
from tests.end_to_end.contents import assert_same, commit_count, contents_of

FACES = ("obama-portrait.jpg", "collins-portrait.jpg")


@pytest.fixture
def photos(archive, tmp_path):
    """An archive to change: two faces in folders of their own, one photo without, one broken."""
    root = tmp_path / "photos"
    for number, name in enumerate((*FACES, FACELESS, FAILING)):
        (root / str(number)).mkdir(parents=True)
        shutil.copy(archive / name, root / str(number) / name)
    return root


@pytest.fixture
def decoded(monkeypatch):
    """The photos handed to the decoder, one entry each; workers are in this process."""

    def run_here(shards, job, progress, work):
        with work.open_worker(job) as worker:
            for shard in shards:
                progress.shard(worker.work(shard, lambda: progress.photos(1)))

    handed_in, decode = [], DecoderProcess.decode
    monkeypatch.setattr(index_module, "runner_of", lambda settings: run_here)
    monkeypatch.setattr(
        DecoderProcess, "decode", lambda self, data, side_px: handed_in.append(len(data)) or decode(self, data, side_px)
    )
    return handed_in


@pytest.fixture
def index(photos, tmp_path, decoded):
    """An index pass of the archive; the library is `tmp_path / "library"`."""

    def run(archive=photos, retry_failed=False, moved=False, **sections):
        decoded.clear()
        return index_archive(
            archive,
            tmp_path / "library",
            quick_settings(**sections),
            lambda done, total: None,
            retry_failed=retry_failed,
            moved=moved,
        )

    return run


def test_the_first_pass_looks_at_everything(index, decoded, tmp_path):
    summary = index()
    assert (summary.listed, summary.indexed, summary.already) == (4, 4, 0)
    assert (summary.failed, summary.faces_found, summary.changed, summary.vanished) == (1, 2, 0, 0)
    assert len(decoded) >= 4
    assert summary.seconds > 0
    assert summary.step_seconds.total > 0
    assert set(contents_of(tmp_path / "library").photos["status"]) == {"ok", "no_face", "error"}


def test_the_second_pass_decodes_nothing_and_writes_nothing(index, decoded, tmp_path):
    index()
    before = sorted((tmp_path / "library").rglob("*"))
    summary = index()
    assert (summary.indexed, summary.already, summary.failed, decoded) == (0, 4, 1, [])
    assert sorted((tmp_path / "library").rglob("*")) == before


def test_a_new_photo_is_the_only_one_looked_at(index, decoded, photos, archive):
    index()
    shutil.copy(archive / "biden-close.jpg", photos)
    summary = index()
    assert (summary.indexed, summary.already, summary.changed, summary.faces_found) == (1, 4, 0, 1)


def test_a_photo_with_other_bytes_is_looked_at_again(index, photos, archive, tmp_path):
    index()
    shutil.copy(archive / "biden-close.jpg", photos / "0" / FACES[0])
    summary = index()
    assert (summary.indexed, summary.changed, summary.vanished) == (1, 1, 0)
    faces = contents_of(tmp_path / "library").faces
    assert len(faces) == 2, "the old face is nobody's now"


def test_a_moved_photo_is_known_by_its_bytes(index, decoded, photos, tmp_path):
    index()
    faces = contents_of(tmp_path / "library").faces
    (photos / "0" / FACES[0]).rename(photos / "elsewhere.jpg")
    summary = index()
    assert (summary.indexed, summary.vanished, summary.faces_found, decoded) == (1, 1, 0, [])
    assert contents_of(tmp_path / "library").faces["face_id"].tolist() == faces["face_id"].tolist()


def test_a_copy_is_the_same_photo(index, decoded, photos, tmp_path):
    index()
    shutil.copy(photos / "0" / FACES[0], photos / "copy.jpg")
    summary = index()
    assert (summary.indexed, summary.vanished, summary.faces_found, decoded) == (1, 0, 0, [])
    contents = contents_of(tmp_path / "library")
    assert (len(contents.photos), contents.photos["photo_hash"].nunique(), len(contents.faces)) == (5, 4, 2)


def test_a_touched_photo_is_read_but_not_decoded(index, decoded, photos):
    index()
    os.utime(photos / "0" / FACES[0], ns=(1, 1))
    summary = index()
    assert (summary.indexed, summary.changed, summary.vanished, decoded) == (1, 1, 0, [])


def test_a_vanished_photo_leaves_and_comes_back_without_work(index, decoded, photos, tmp_path):
    index()
    before = contents_of(tmp_path / "library")
    (photos / "0").rename(tmp_path / "aside")
    summary = index()
    assert (summary.indexed, summary.already, summary.vanished, decoded) == (0, 3, 1, [])
    assert len(contents_of(tmp_path / "library").faces) == 1
    (tmp_path / "aside").rename(photos / "0")
    summary = index()
    assert (summary.indexed, summary.already, summary.vanished, decoded) == (0, 4, 0, [])
    assert_same(contents_of(tmp_path / "library"), before)


def test_photos_of_a_folder_that_cannot_be_read_are_offline_not_gone(index, decoded, photos, tmp_path):
    (photos / "0").rename(tmp_path / "disk")
    (photos / "0").symlink_to(tmp_path / "disk")
    index()
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    summary = index()
    assert (summary.indexed, summary.already, summary.vanished, decoded) == (0, 4, 0, [])
    assert summary.unreadable_folders == ("0",)
    assert library_status(open_library(tmp_path / "library"))["photos"]["offline"] == 1
    assert len(contents_of(tmp_path / "library").faces) == 2


@pytest.mark.parametrize("emptied", [True, False], ids=["empty", "missing"])
def test_an_archive_without_photos_changes_nothing(emptied, index, photos, tmp_path):
    index()
    before = contents_of(tmp_path / "library")
    files = sorted((tmp_path / "library").rglob("*"))
    shutil.rmtree(photos)
    if emptied:
        photos.mkdir()
    with pytest.raises(ArchiveError, match="mounted"):
        index()
    assert sorted((tmp_path / "library").rglob("*")) == files
    assert_same(contents_of(tmp_path / "library"), before)


def test_an_archive_without_photos_makes_no_library(index, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ArchiveError, match="No photos"):
        index(tmp_path / "empty")
    assert not (tmp_path / "library").exists()


def test_another_archive_is_refused_unless_it_has_moved(index, decoded, photos, tmp_path):
    index()
    photos.rename(tmp_path / "moved")
    with pytest.raises(ArchiveError, match="--moved"):
        index(tmp_path / "moved")
    summary = index(tmp_path / "moved", moved=True)
    assert (summary.indexed, summary.already, decoded) == (0, 4, [])
    assert index(tmp_path / "moved").already == 4, "it stands there from now on"


def test_a_library_of_another_pack_is_refused(index, tmp_path):
    identity = pack_identity(describe_pack(quick_settings().pack))
    create_library(tmp_path / "library", replace(identity, name="other", sha256="0" * 64))
    with pytest.raises(PackMismatchError, match=r"'other'.*--library"):
        index()
    assert commit_count(tmp_path / "library") == 0


def test_settings_that_change_faces_index_again_and_back(index, decoded):
    index()
    assert index(detect={"min_face_px": 5000}).indexed == 4
    assert index(runner={"workers": 7}, index={"photos_per_shard": 1}).indexed == 0, "these change no row"
    assert decoded == []


def test_failed_photos_are_tried_again_when_asked_or_when_decoding_has_changed(index, photos):
    index()
    assert index(retry_failed=True).indexed == 1
    assert index().indexed == 0
    assert index(decode={"timeout_seconds": 19.0}).indexed == 1
    (photos / "gone.jpg").symlink_to(photos / "nowhere.jpg")
    assert index().indexed == 2, "the decoder has changed back"
    assert index().indexed == 1, "what could not be read is tried every time"
    assert index().failed == 2


def test_two_passes_at_once_are_refused(index, tmp_path):
    index()
    with open_library(tmp_path / "library").locked(), pytest.raises(LibraryError, match="Another facecluster"):
        index()
