"""web.review.sentences: people without a name are told of without their ids."""

import pytest

from facecluster.web.review.deciding.sentences import without_ids

NOBODY = "the person 0737b6ffab9f"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f"said of 1,024 faces: {NOBODY}", "said of 1,024 faces: one person"),
        (
            f"said of 1 face: {NOBODY}; said of 4 faces: {NOBODY}",
            "said of 1 face: one person; said of 4 faces: one person",
        ),
        (f"ignored 20 faces as {NOBODY}", "ignored 20 faces as a stranger"),
        (f"ignored {NOBODY}", "ignored somebody without a name"),
        (f"took 2 faces from Ada for {NOBODY}", "took 2 faces from Ada for somebody without a name"),
        (f"said of 1 face: not {NOBODY}", "said of 1 face: not somebody without a name"),
        ("named 3 faces Ada", "named 3 faces Ada"),
        ("named 3 faces the person next door", "named 3 faces the person next door"),
        ("", ""),
    ],
)
def test_without_ids(said, told):
    assert without_ids(said) == told
