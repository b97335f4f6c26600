"""Mentions with a box: of which face they are, which file has the say, and what is to be drawn."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.metadata.words import Frame
from facecluster.pipeline.tags.incoming.mentions import NONE, OUTCOMES, mentions_in
from facecluster.pipeline.tags.incoming.placing import (
    FACE_COLUMNS,
    FRAME_COLUMNS,
    NOT_DECODED,
    OTHER_SHAPE,
    first_say,
    frames_of,
    place_mentions,
    settle_hints,
    to_be_drawn,
)
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.schemas import PHOTOS
from tests.metadata.one_box import stored_box
from tests.pipeline.tags.tag_tables import photo_hash, tag, tags

BOXES = [(10.0, 10.0, 30.0, 40.0), (60.0, 20.0, 80.0, 50.0), (120.0, 30.0, 145.0, 60.0)]  # px of 200 x 100, upright
NOWHERE = (150.0, 70.0, 160.0, 90.0)


def frame(orientation=1):
    return Frame(*((200, 100) if orientation < 5 else (100, 200)), orientation)


def part(box, orientation=1):
    return stored_box(box, frame(orientation))


def place(table, orientation=1, *, undecoded=(), photos="ab"):
    """Mentions and fates after they were placed on BOXES, which are in every photo; and what was placed."""
    mentions, fates = mentions_in(table)
    rows = [(photo_hash(photo), *frame(orientation)) for photo in photos if photo not in undecoded]
    known = [dict(zip(FRAME_COLUMNS, row, strict=True)) for row in rows]
    frames = frames_of(mentions, pa.Table.from_pylist(known, pa.schema(map(PHOTOS.field, FRAME_COLUMNS))))
    places = {name: place for place, name in enumerate(mentions.hashes.to_pylist())}
    there = [(photo, places[photo_hash(photo)]) for photo in photos if photo_hash(photo) in places]
    faces = [(f"{photo}{number}", *box, place) for photo, place in there for number, box in enumerate(BOXES)]
    names = [*FACE_COLUMNS, "photo"]
    schema = pa.schema(zip(names, [pa.string(), *[pa.float32()] * 4, pa.int32()], strict=True))
    table = pa.Table.from_pylist([dict(zip(names, face, strict=True)) for face in faces], schema)
    placed = place_mentions(mentions, fates, frames, table)
    return mentions, fates, frames, placed


def outcomes(fates):
    return [None if outcome == NONE else OUTCOMES[outcome] for outcome in fates.outcomes]


def test_nothing_is_placed_nowhere():
    mentions, fates, frames, placed = place(tags())
    assert (len(placed.found), len(placed.undrawn)) == (0, 0)
    assert len(to_be_drawn(mentions, fates, frames, placed.undrawn).regions) == 0
    settle_hints(mentions, fates)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_regions_without_a_face_are_drawn_where_they_are_upright(orientation):
    table = tags(tag("Anna", part(BOXES[1], orientation)), tag("Berta", part(NOWHERE, orientation), photo="b"))
    mentions, fates, frames, placed = place(table, orientation)
    assert (placed.found.tolist(), fates.faces[0]) == ([0], "a1")
    undrawn = to_be_drawn(mentions, fates, frames, placed.undrawn)
    (region,) = undrawn.regions.to_pylist()
    assert region.pop("photo_hash") == photo_hash("b")
    assert list(region.values()) == pytest.approx(NOWHERE, abs=1e-4)


def test_a_file_that_draws_upright_draws_what_is_not_found_upright_too():
    upright = [[edge / side for edge, side in zip(box, (200, 100) * 2, strict=True)] for box in (*BOXES[:2], NOWHERE)]
    mentions, fates, frames, placed = place(tags(*map(tag, "ABC", upright)), 6)
    assert fates.faces.tolist() == ["a0", "a1", None]
    (region,) = to_be_drawn(mentions, fates, frames, placed.undrawn).regions.to_pylist()
    assert list(region.values())[1:] == pytest.approx(NOWHERE, abs=1e-4)


def test_a_person_whom_a_file_places_on_a_face_is_not_drawn_by_a_better_one():
    table = tags(tag("Anna", part(NOWHERE), file="1.xmp"), tag("Anna", part(BOXES[0]), file="2.xmp"))
    _, fates, _, placed = place(table)
    assert (placed.found.tolist(), placed.undrawn.tolist()) == ([1], [])
    assert outcomes(fates) == [Outcome.OUTRANKED, None]


def test_two_of_one_name_in_one_file_are_both_meant():
    _, _, _, placed = place(tags(tag("Anna", part(BOXES[0])), tag("Anna", part(BOXES[1])), tag("Anna", part(NOWHERE))))
    assert (placed.found.tolist(), placed.undrawn.tolist()) == ([0, 1], [2])


@pytest.mark.parametrize(
    ("applied_to", "is_drawn"),
    [((None, None), True), ((2000, 1000), True), ((201, 100), True), ((0, 0), True), ((200, 150), False),
     ((100, 100), False), ((100, 200), False)],
)  # fmt: skip
def test_regions_of_another_picture_are_not_drawn(applied_to, is_drawn):
    mentions, fates, frames, placed = place(tags(tag("Anna", part(NOWHERE), applied_to=applied_to)))
    assert len(to_be_drawn(mentions, fates, frames, placed.undrawn).rows) == is_drawn
    assert fates.reasons == ({} if is_drawn else {0: OTHER_SHAPE})


@pytest.mark.parametrize("applied_to", [(50, 100), (100, 50)])
def test_programs_say_the_size_of_the_stored_picture_or_of_the_upright_one(applied_to):
    mentions, fates, frames, placed = place(tags(tag("Anna", part(NOWHERE, 6), applied_to=applied_to)), 6)
    assert len(to_be_drawn(mentions, fates, frames, placed.undrawn).rows) == 1


def test_nothing_is_drawn_into_a_photo_that_nobody_could_decode():
    mentions, fates, frames, placed = place(tags(tag("Anna", part(NOWHERE), photo="b")), undecoded="b", photos="b")
    assert len(to_be_drawn(mentions, fates, frames, placed.undrawn).rows) == 0
    assert fates.reasons == {0: NOT_DECODED}


def test_hints_are_said_once_a_photo_and_not_beside_a_region():
    rows = [tag("A"), tag("a", source="takeout"), tag("B", part(NOWHERE)), tag("b", file="x.json"), tag("A", photo="b")]
    mentions, fates, _, _ = place(tags(*rows))
    settle_hints(mentions, fates)
    assert outcomes(fates) == [Outcome.HINT, Outcome.OUTRANKED, None, Outcome.OUTRANKED, Outcome.HINT]


names = st.sampled_from(["Anna", "anna", "Berta", "Carl", None, " ", "\x07"])
places = st.sampled_from([*BOXES, NOWHERE, None])
rows = st.builds(
    lambda name, box, photo, file: tag(name, box and part(box), photo=photo, file=file),
    names,
    places,
    st.sampled_from("ab"),
    st.sampled_from(["1.xmp", "2.xmp"]),
)


@settings(max_examples=50)
@given(st.lists(rows, max_size=15))
def test_everything_is_settled_once_and_no_face_has_two_names(drawn):
    table = tags(*sorted(drawn, key=lambda row: (row["path"], row["file"])))
    mentions, fates, frames, placed = place(table)
    settle_hints(mentions, fates)
    undrawn = to_be_drawn(mentions, fates, frames, placed.undrawn)
    still_open = np.flatnonzero(fates.open).tolist()
    assert sorted([*placed.found.tolist(), *undrawn.rows.tolist()]) == still_open
    faces = fates.faces[placed.found].tolist()
    assert len(set(faces)) == len(faces)
    assert all(face[0] == row["path"][0] for face, row in zip(fates.faces, table.to_pylist(), strict=True) if face)
    assert first_say(placed.found, fates).tolist() == placed.found.tolist()
