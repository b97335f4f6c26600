"""Mentions: names that are one, names that are none, and the table that says what became of each."""

import numpy as np

from facecluster.pipeline.tags.incoming.mentions import NONE, OUTCOMES, imports_table, mentions_in
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.schemas import IMPORTS
from tests.pipeline.tags.tag_tables import tag, tags

BOX = (0.1, 0.1, 0.2, 0.2)


def outcomes(fates):
    return [None if outcome == NONE else OUTCOMES[outcome] for outcome in fates.outcomes]


def test_an_empty_table_mentions_nobody():
    mentions, fates = mentions_in(tags())
    assert (len(mentions.people), mentions.names, len(fates.outcomes)) == (0, (), 0)
    assert imports_table(mentions, fates).equals(IMPORTS.empty_table())


def test_names_that_differ_in_capitals_and_blanks_are_one_person_written_as_first():
    mentions, fates = mentions_in(tags(tag("Anna  Müller"), tag("Berta"), tag(" anna müller", photo="b")))
    assert (mentions.names, mentions.keys) == (("Anna  Müller", "Berta"), ("anna müller", "berta"))
    assert mentions.people.tolist() == [0, 1, 0]
    assert outcomes(fates) == [None] * 3


def test_what_says_nothing_is_settled():
    table = tags(
        tag(None, BOX),
        tag("  ", BOX),
        tag("a\x07b", BOX),
        tag("Anna", (0.2, 0.2, 0.2, 0.4)),
        tag(None, source=None, reason="broken"),
        tag("Anna", BOX),
        tag("Anna"),
    )
    mentions, fates = mentions_in(table)
    assert outcomes(fates) == [
        Outcome.UNNAMED, Outcome.UNNAMED, Outcome.REFUSED, Outcome.REFUSED, Outcome.FAILED, None, None
    ]  # fmt: skip
    assert "control character" in fates.reasons[2]
    assert "width" in fates.reasons[3]
    assert mentions.placed.tolist() == [True] * 4 + [False, True, False]


def test_a_file_is_another_document_to_each_photo():
    ini = "x/.picasa.ini"
    rows = [tag("A", file=ini), tag("B", file=ini), tag("A", photo="b", file=ini), tag("A", photo="b", path="c.jpg")]
    mentions, _ = mentions_in(tags(*rows))
    one, same, other, copy = mentions.documents
    assert one == same
    assert len({one, other, copy}) == 3
    assert mentions.photos.tolist() == [0, 0, 1, 1]


def test_the_table_has_what_became_of_each():
    mentions, fates = mentions_in(tags(tag("Anna", BOX), tag(None, source=None, reason="broken"), tag("Anna")))
    fates.settle(np.array([0]), Outcome.NAMED)
    fates.faces[0] = "face"
    fates.settle(np.array([2]), Outcome.REFUSED, ["why"])
    fates.rename(np.array([0, 2]), Outcome.NAMED, Outcome.DRAWN)
    table = imports_table(mentions, fates)
    assert table.schema == IMPORTS
    assert table["outcome"].to_pylist() == ["drawn", "failed", "refused"]
    assert table["face_id"].to_pylist() == ["face", None, None]
    assert table["reason"].to_pylist() == [None, "broken", "why"]
