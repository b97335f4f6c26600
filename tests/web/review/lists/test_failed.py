import numpy as np
import pyarrow as pa
import pytest

from facecluster.pipeline.review.live import Live
from facecluster.pipeline.rows import PhotoRow, faces_table, photos_table
from facecluster.schemas import SCAN
from facecluster.web.failures import MAX_FAILED_A_FAULT
from facecluster.web.review.app import open_review
from facecluster.web.review.lists.failed import failed_screen
from tests.pipeline.people_library import TAKEN, people_library
from tests.pipeline.small_library import small_library
from tests.web.review.clients import HERE, client_of, opened

HOSTILE = "<b>\u202egpj.exe"


def test_photos_that_failed_by_reason(tmp_path):
    screen = failed_screen(Live(small_library(tmp_path)).now())
    assert screen.photos == 1
    assert [(fault.title, fault.photos[0].path) for fault in screen.faults] == [("Damaged", "broken.jpg")]


def test_no_photo_failed(tmp_path):
    with opened(tmp_path) as review:
        assert failed_screen(review.live.now()).photos == 0
        assert "No photo failed" in client_of(review, logged_in=True).get("/failed").text


def with_failures(folder, failures):
    """The library of ten faces, and photos that failed for these reasons."""
    library = people_library(folder)
    paths = [*(f"p{photo}.jpg" for photo in TAKEN), *failures]
    columns = [paths, [100] * len(paths), pa.array([0] * len(paths), SCAN.types[2]), [False] * len(paths)]
    library.add_scan(pa.table(columns, SCAN), "/photos", "print", "2026-01-02T03:04:05+00:00")
    rows = [PhotoRow(path, 100, 0, None, status="error", reason=reason) for path, reason in failures.items()]
    library.add_shard("000002-a", photos_table(rows), faces_table([], np.empty((0, 4), np.float32)), "print", "decoder")
    return library


@pytest.fixture
def client(tmp_path):
    failures = {f"{number:04}.jpg": "corrupt: x" for number in range(MAX_FAILED_A_FAULT + 3)}
    with open_review(with_failures(tmp_path, failures | {HOSTILE: "empty"}), HERE) as review:
        yield client_of(review, logged_in=True)


def test_the_page_lists_the_first_and_asks_for_the_others(client):
    page = client.get("/failed").text
    assert "104 photos" in page
    assert "&lt;b&gt;\\u202egpj.exe" in page
    assert "<b>\u202e" not in page
    assert f"{MAX_FAILED_A_FAULT - 1:04}.jpg" in page
    assert f"{MAX_FAILED_A_FAULT:04}.jpg" not in page
    assert f'hx-get="/failed?fault=corrupt&first={MAX_FAILED_A_FAULT}"'.replace("&", "&amp;") in page.replace(
        "&first", "&amp;first"
    )
    more = client.get(f"/failed?fault=corrupt&first={MAX_FAILED_A_FAULT}").text
    assert more.count("<li>") == 3
    assert "0102.jpg" in more
    assert "hx-get" not in more


@pytest.mark.parametrize(
    ("asked", "status"), [("fault=corrupt&first=x", 400), ("fault=corrupt", 400), ("fault=meteor&first=0", 404)]
)
def test_an_address_that_leads_nowhere(client, asked, status):
    assert client.get(f"/failed?{asked}").status_code == status
