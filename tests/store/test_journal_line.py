import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.store.journal_line import Line, bytes_to_line, digest, is_whole, line_to_bytes

LINE = Line(7, "a" * 64, 1, {"id": "x", "names": ["Ännä", "\u202e", "\n"]})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
    max_leaves=4,
)


@given(st.integers(1), st.text("0123456789abcdef"), st.dictionaries(st.text(), JSON))
def test_a_line_comes_back_as_it_was_written(number, previous, record):
    line = Line(number, previous, 1, record)
    assert bytes_to_line(line_to_bytes(line)) == line


def test_a_line_is_one_line_of_ascii_and_of_json():
    data = line_to_bytes(LINE)
    assert data.isascii()
    assert data.count(b"\n") == 1
    assert data.endswith(b"\n")
    fields = json.loads(data)
    assert list(fields) == ["number", "previous", "format", "record", "sha256"]
    assert fields.pop("sha256") == digest(json.dumps(fields).encode())


def test_any_flipped_bit_and_any_cut_shows():
    data = line_to_bytes(LINE)
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            assert bytes_to_line(bytes(flipped)) is None
        assert not is_whole(data[:place])
        assert not is_whole(data[place + 1 :])
    assert is_whole(data)
    assert not is_whole(data + b"\n")
    assert not is_whole(data + data)


def test_a_whole_line_with_other_fields_is_told():
    body = b'{"number": 1, "what": 2'
    data = body + b', "sha256": "%s"}\n' % digest(body + b"}").encode()
    assert is_whole(data)
    with pytest.raises(ValueError, match="expected the fields number, previous, format, record, found number, what"):
        bytes_to_line(data)
