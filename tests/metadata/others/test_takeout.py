import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.others import takeout
from facecluster.metadata.others.takeout import people_in_takeout
from facecluster.metadata.words import Source, Tag


def names(document) -> list:
    return [tag.name for tag in people_in_takeout(json.dumps(document).encode())]


def test_people_are_names_without_a_place():
    document = {"title": "IMG.jpg", "people": [{"name": "Anna Smith"}, {"name": "山田太郎"}]}
    assert people_in_takeout(json.dumps(document).encode()) == (
        Tag(Source.TAKEOUT, "Anna Smith", None),
        Tag(Source.TAKEOUT, "山田太郎", None),
    )


def test_a_name_counts_once_as_it_stands_first():
    assert names({"people": [{"name": " Anna "}, {"name": "Bob"}, {"name": "ANNA"}]}) == ["Anna", "Bob"]


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        1,
        None,
        "Anna",
        {"people": None},
        {"people": "Anna"},
        {"people": [None, 1, {}, {"name": 1}, {"name": " "}]},
    ],
)
def test_what_names_nobody(document):
    assert names(document) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding_of_json_is_read(encoding):
    assert [tag.name for tag in people_in_takeout('{"people": [{"name": "Zoë"}]}'.encode(encoding))] == ["Zoë"]


def test_half_characters_are_shown_as_what_they_are():
    data = rb'{"people": [{"name": "a\ud83d"}, {"name": "b\ud83d\ude00"}]}'
    assert [tag.name for tag in people_in_takeout(data)] == ["a\ufffd", "b\U0001f600"]


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe\xff", b"[" * 100_000, b"1" * 5_000, b"<xml/>"])
def test_what_is_no_json_is_broken(data):
    with pytest.raises(MetadataError) as caught:
        people_in_takeout(data)
    assert caught.value.fault == MetadataFault.BROKEN


def test_too_much_json_is_not_read(monkeypatch):
    monkeypatch.setattr(takeout, "MAX_JSON_BYTES", 10)
    with pytest.raises(MetadataError) as caught:
        people_in_takeout(b" " * 11)
    assert caught.value.fault == MetadataFault.TOO_LARGE


@given(st.lists(st.text(), max_size=5))
def test_names_can_be_written_anywhere(people):
    for tag in people_in_takeout(json.dumps({"people": [{"name": name} for name in people]}).encode()):
        assert tag.name
        assert tag.name == tag.name.strip()
        tag.name.encode()
