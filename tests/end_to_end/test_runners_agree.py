"""The result of a run does not depend on who does the work, on how many do it, or on how it is cut."""

from functools import partial

import pyarrow as pa
import pytest

from facecluster.packs.load import load_pack
from facecluster.pipeline.decoder import DecoderProcess
from facecluster.pipeline.index import index_archive
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.shard import Tools, process_shard
from facecluster.schemas import PHOTOS
from facecluster.store.archive import list_photos, read_photo
from tests.end_to_end.album import COPY, FACELESS, FAILING, quick_settings
from tests.end_to_end.contents import Contents, assert_same, contents_of, embeddings_of

WAYS = {
    "two workers": {"runner": {"workers": 2}},
    "more workers than shards": {"runner": {"workers": 3}, "index": {"photos_per_shard": 500}, "pack": {"threads": 2}},
    "a photo a shard": {"runner": {"workers": 2}, "index": {"photos_per_shard": 1}},
    "small batches": {"pack": {"embed_batch": 1}},
    "large batches": {"pack": {"embed_batch": 64, "detect_batch": 4}},
    "ray": {"runner": {"kind": "ray", "workers": 2}},
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_same_tables(way, archive, expected, tmp_path):
    index_archive(archive, tmp_path / "library", quick_settings(**WAYS[way]), lambda done, total: None)
    assert_same(contents_of(tmp_path / "library"), expected)


def test_one_shard_in_this_process_gives_the_same_tables(archive, expected):
    settings = quick_settings()
    files = tuple(list_photos(archive, settings.archive).files)
    with DecoderProcess(settings.decode) as decoder:
        pack = load_pack(settings.pack, settings.detect)
        tools = Tools(partial(read_photo, archive), decoder, pack, settings)
        tables = process_shard(Shard("all", files, PHOTOS.empty_table()), tools)
    photos = tables.photos.to_pandas().astype(expected.photos.dtypes).sort_values("path", ignore_index=True)
    order = pa.compute.sort_indices(tables.faces, [("face_id", "ascending")])
    faces = tables.faces.take(order)
    frame = faces.drop_columns(["embedding", "thumbnail"]).to_pandas()
    assert_same(Contents(photos, frame, embeddings_of(faces)), expected)


def test_the_archive_holds_what_these_tests_are_about(expected):
    photos = expected.photos.set_index("path")
    assert len(photos) == 29
    assert photos.loc[FAILING, "status"] == "error"
    assert photos.loc[FACELESS, "status"] == "no_face"
    assert photos.loc[COPY[0], "photo_hash"] == photos.loc[COPY[1], "photo_hash"]
    assert (photos["status"] == "ok").sum() >= 20
    assert len(expected.faces) >= 20
    assert expected.faces["face_id"].is_unique
