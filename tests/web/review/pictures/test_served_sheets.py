import threading

import numpy as np
import pytest

import facecluster.web.review.pictures.served_sheets as under_test
from facecluster.web.review.pictures.served_sheets import ServedSheets
from tests.pipeline.painted_library import Painted, moment_of, painted_library

FACES = [Painted(f"{n}.jpg") for n in range(6)]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return painted_library(tmp_path_factory.mktemp("painted"), FACES)


@pytest.fixture(scope="module")
def moment(library):
    return moment_of(library)


@pytest.fixture
def sheets(library):
    made = ServedSheets(library)
    yield made
    made.close()


@pytest.fixture
def composing(monkeypatch):
    """Sheets wait until they may be composed; how many were."""

    class Composing:
        may_go_on = threading.Event()
        count = 0

    real = under_test.mosaic

    def slow(pictures, cell_px):
        Composing.count += 1
        Composing.may_go_on.wait()
        return real(pictures, cell_px)

    monkeypatch.setattr(under_test, "mosaic", slow)
    Composing.count = 0
    yield Composing
    Composing.may_go_on.set()


def key_of(sheets, moment, *rows):
    (sheet,) = {tile.sheet for tile in sheets.tiles(moment, np.array(rows))}
    return sheet.removeprefix("/sheets/").removesuffix(".jpg")


def test_a_key_that_nobody_was_told_of_is_not_known(sheets):
    assert sheets.jpeg("0" * 32) is None
    assert sheets.jpeg("../library.json") is None


def test_a_sheet_is_composed_once_for_all_who_ask(sheets, moment, composing):
    key = key_of(sheets, moment, 0, 1)
    assert key_of(sheets, moment, 0, 1) == key
    found = []
    threads = [threading.Thread(target=lambda: found.append(sheets.jpeg(key))) for _ in range(8)]
    for thread in threads:
        thread.start()
    composing.may_go_on.set()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert set(found) == {sheets.jpeg(key)}
    assert found[0].startswith(b"\xff\xd8")
    assert composing.count == 1


def test_tiles_do_not_wait_for_their_sheet(sheets, moment, composing):
    assert len(sheets.tiles(moment, np.arange(6))) == 6


def test_few_are_begun_before_they_are_asked_for_and_all_are_had(sheets, moment, composing, monkeypatch):
    monkeypatch.setattr(under_test, "MAX_AHEAD", 2)
    keys = [key_of(sheets, moment, row) for row in range(6)]
    assert set(sheets._under_way) == set(keys[:2])
    composing.may_go_on.set()
    assert all(sheets.jpeg(key) for key in keys)


def test_what_was_asked_for_longest_ago_is_dropped_first_and_made_again(sheets, moment, composing, monkeypatch):
    composing.may_go_on.set()
    first, second = key_of(sheets, moment, 0), key_of(sheets, moment, 1)
    sheets.jpeg(second)
    size = len(sheets.jpeg(first))
    monkeypatch.setattr(under_test, "MAX_KEPT_BYTES", int(2.5 * size))
    sheets.jpeg(key_of(sheets, moment, 2))
    assert composing.count == 3
    sheets.jpeg(first)
    assert composing.count == 3
    sheets.jpeg(second)
    assert composing.count == 4
    assert len(sheets._kept) == 2


def test_the_last_sheet_is_kept_however_large(sheets, moment, composing, monkeypatch):
    composing.may_go_on.set()
    monkeypatch.setattr(under_test, "MAX_KEPT_BYTES", 1)
    key = key_of(sheets, moment, 0)
    sheets.jpeg(key)
    sheets.jpeg(key)
    assert composing.count == 1


def test_keys_are_forgotten_too(sheets, moment, monkeypatch):
    monkeypatch.setattr(under_test, "MAX_KNOWN_SHEETS", 2)
    monkeypatch.setattr(under_test, "MAX_KEPT_BYTES", 1)
    keys = [key_of(sheets, moment, row) for row in range(3)]
    assert sheets.jpeg(keys[2])
    assert sheets.jpeg(keys[1])
    assert sheets.jpeg(keys[0]) is None


def test_a_sheet_that_failed_is_tried_again(sheets, moment, monkeypatch):
    real = under_test.mosaic
    monkeypatch.setattr(under_test, "mosaic", lambda *_: 1 // 0)
    key = key_of(sheets, moment, 0)
    with pytest.raises(ZeroDivisionError):
        sheets.jpeg(key)
    monkeypatch.setattr(under_test, "mosaic", real)
    assert sheets.jpeg(key)


def test_after_the_end_nothing_waits(library, moment, composing):
    sheets = ServedSheets(library)
    keys = [key_of(sheets, moment, row) for row in range(6)]
    found = {}
    asking = [threading.Thread(target=lambda key=key: found.__setitem__(key, sheets.jpeg(key))) for key in keys]
    for thread in asking:
        thread.start()
    ending = threading.Thread(target=sheets.close)
    ending.start()
    composing.may_go_on.set()
    for thread in [*asking, ending]:
        thread.join(60)
        assert not thread.is_alive()
    assert set(found) == set(keys)
