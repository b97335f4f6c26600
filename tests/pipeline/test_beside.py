import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from facecluster.pipeline.beside import beside


@given(photos=st.lists(st.integers(0, 5), max_size=25), data=st.data())
def test_as_comparing_every_face_with_every_other(photos, data):
    hashes = sorted(f"{photo:04d}" for photo in photos)
    rows = data.draw(st.lists(st.integers(0, len(hashes) - 1), max_size=8)) if hashes else []
    found = beside(pd.DataFrame({"photo_hash": pd.Series(hashes, dtype=str)}), np.array(rows, np.int64))
    expected = [
        (other, place)
        for place, row in enumerate(rows)
        for other in range(len(hashes))
        if other != row and hashes[other] == hashes[row]
    ]
    assert sorted(zip(found.rows.tolist(), found.of.tolist(), strict=True)) == sorted(expected)
