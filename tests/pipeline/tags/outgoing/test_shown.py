import shutil

import pyarrow as pa
import pytest

from facecluster.errors import UsageError
from facecluster.people.statements import Ignore, Name
from facecluster.pipeline.catalogue import latest_scan
from facecluster.pipeline.tags.outgoing.shown import Which, no_people, shown_people
from facecluster.schemas import NAMES as NAMES_TABLE
from facecluster.schemas import SHOWN
from tests.pipeline.people_library import BY_THE_MODEL
from tests.pipeline.tags.tagged_library import (
    ANNA,
    BERTA,
    CARL,
    HEIGHT,
    NAMES,
    WIDTH,
    box_of,
    index,
    make_photo,
    say,
    tagged_library,
)


@pytest.fixture
def tagged(tmp_path):
    return tagged_library(tmp_path, ["one.jpg", "two.jpg", "2020/three.jpg"])


def shown(tagged, **which):
    table = shown_people(tagged.library, latest_scan(tagged.library), Which(**which)).table
    return list(zip(table["path"].to_pylist(), table["name"].to_pylist(), strict=True))


def test_nobody_is_shown_before_anybody_is_named(tagged):
    found = shown_people(tagged.library, latest_scan(tagged.library), Which())
    assert found.table.schema == SHOWN
    assert len(found.table) == 0
    assert found.photos["path"].to_pylist() == ["2020/three.jpg", "one.jpg", "two.jpg"]
    assert no_people().table.schema == SHOWN
    assert no_people().photos.schema == found.photos.schema


def test_people_are_shown_where_they_were_named_in_order_of_path_and_place(tagged):
    tagged.name(BERTA, "one.jpg", "2020/three.jpg")
    tagged.name(ANNA, "one.jpg")
    found = shown_people(tagged.library, latest_scan(tagged.library), Which()).table.to_pylist()
    assert [(row["path"], row["name"]) for row in found] == [
        ("2020/three.jpg", NAMES[BERTA]),
        ("one.jpg", NAMES[ANNA]),
        ("one.jpg", NAMES[BERTA]),
    ]
    row = found[1]
    assert tuple(row[edge] for edge in ("x0", "y0", "x1", "y1")) == box_of(ANNA)
    assert (row["stored_width"], row["stored_height"], row["orientation"]) == (WIDTH, HEIGHT, 1)
    assert (row["person"], row["provenance"], row["probability"]) == (ANNA, "human", 1)


def test_the_frame_of_a_turned_photo_is_the_stored_one(tmp_path):
    tagged = tagged_library(tmp_path, {"turned.jpg": 6})
    tagged.name(ANNA, "turned.jpg")
    (row,) = shown_people(tagged.library, latest_scan(tagged.library), Which()).table.to_pylist()
    assert (row["stored_width"], row["stored_height"], row["orientation"]) == (HEIGHT, WIDTH, 6)


def test_whoever_is_ignored_or_has_no_name_is_not_shown(tagged):
    for person in NAMES:
        tagged.name(person, "one.jpg")
    say(tagged.library, Ignore(BERTA), Name("d" * 12, (tagged.face("two.jpg", ANNA),)))
    assert shown(tagged) == [("one.jpg", NAMES[ANNA]), ("one.jpg", NAMES[CARL])]


def test_each_copy_of_a_photo_shows_the_same(tagged):
    shutil.copy(tagged.archive / "one.jpg", tagged.archive / "copy of one.jpg")
    index(tagged)
    tagged.name(ANNA, "one.jpg")
    assert shown(tagged) == [("copy of one.jpg", NAMES[ANNA]), ("one.jpg", NAMES[ANNA])]


def test_photos_that_are_gone_or_changed_show_nobody(tagged):
    tagged.name(ANNA, "one.jpg", "two.jpg", "2020/three.jpg")
    (tagged.archive / "one.jpg").unlink()
    make_photo(tagged.archive / "2020" / "three.jpg", orientation=3)
    index(tagged)
    assert shown(tagged) == [("two.jpg", NAMES[ANNA])]


def test_some_people_of_all(tagged):
    for person in NAMES:
        tagged.name(person, "one.jpg")
    assert shown(tagged, people=("anna müller",)) == [("one.jpg", NAMES[ANNA])]
    assert len(shown(tagged, people=(ANNA, CARL))) == 2
    with pytest.raises(UsageError, match="Nobody is called"):
        shown(tagged, people=("Zoe",))


def test_names_by_the_machine_are_shown_on_request(tagged):
    tagged.name(ANNA, "one.jpg")
    tagged.name(BERTA, "one.jpg")
    sure, unsure = tagged.face("two.jpg", ANNA), tagged.face("two.jpg", BERTA)
    rows = sorted([(sure, ANNA, 0.9999, True), (unsure, BERTA, 0.7, False)])
    table = pa.table(list(map(list, zip(*rows, strict=True))), NAMES_TABLE)
    tagged.library.add_names(table, {"run": None, "journal": 0, **BY_THE_MODEL})
    assert len(shown(tagged)) == 2
    assert shown(tagged, provenances=frozenset({"automatic"})) == [("two.jpg", NAMES[ANNA])]
    everything = frozenset({"human", "automatic", "proposed"})
    assert len(shown(tagged, provenances=everything)) == 4
    assert len(shown(tagged, provenances=everything, min_probability=0.8)) == 3
