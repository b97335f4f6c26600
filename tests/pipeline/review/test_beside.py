import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from facecluster.pipeline.review.beside import beside


@given(photos=st.lists(st.integers(0, 5), max_size=25), data=st.data())
def test_as_comparing_every_face_with_every_other(photos, data):
    photos = sorted(photos)
    rows = data.draw(st.lists(st.integers(0, len(photos) - 1), max_size=8)) if photos else []
    found = beside(pd.DataFrame({"photo": np.array(photos, np.int32)}), np.array(rows, np.int64))
    expected = [
        (other, place)
        for place, row in enumerate(rows)
        for other in range(len(photos))
        if other != row and photos[other] == photos[row]
    ]
    assert sorted(zip(found.rows.tolist(), found.of.tolist(), strict=True)) == sorted(expected)
