"""The numbers of people, against the same counted face by face."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from facecluster.people.who import NOBODY, Person
from facecluster.pipeline.person_counts import PROVENANCES, KnownPerson, counted_people

DAYS = [pd.NaT, pd.Timestamp("1999-12-31T23:59:59"), pd.Timestamp("2000-01-01"), pd.Timestamp("2024-02-29T12:00")]

faces = st.lists(
    st.tuples(st.integers(-1, 3), st.integers(0, 3), st.integers(0, 4), st.sampled_from(DAYS), st.integers(0, 2)),
    max_size=12,
)
"""Of each: person, provenance, photo, when, quality."""


def frame(rows):
    persons = [person for person, *_ in rows]
    codes = [source if person != NOBODY else -1 for person, source, *_ in rows]
    return pd.DataFrame(
        {
            "face_id": pd.array([f"f{row:02}" for row in range(len(rows))], dtype="str"),
            "photo": np.array([photo for *_, photo, _, _ in rows], np.int32),
            "quality": np.array([quality / 2 for *_, quality in rows], np.float32),
            "taken_at": pd.Series([when for *_, when, _ in rows], dtype="datetime64[ms]"),
            "person": np.array(persons, np.int32),
            "provenance": pd.Categorical.from_codes(codes, PROVENANCES),
        }
    )


def plainly(rows, people):
    for place, person in enumerate(people):
        theirs = [(row, *one[1:]) for row, one in enumerate(rows) if one[0] == place]
        sure = [one for one in theirs if PROVENANCES[one[1]] != "proposed"]
        days = sorted(when.strftime("%Y-%m-%d") for _, _, _, when, _ in sure if when is not pd.NaT)
        decided = [(-quality, f"f{row:02}") for row, source, _, _, quality in sure if source < 2]
        chosen = [person.cover for row, *_ in sure if f"f{row:02}" == person.cover]
        yield KnownPerson(
            person,
            *(sum(source == wanted for _, source, *_ in theirs) for wanted in range(4)),
            photos=len({photo for _, _, photo, _, _ in sure}),
            first_day=days[0] if days else None,
            last_day=days[-1] if days else None,
            cover=chosen[0] if chosen else min(decided)[1] if decided else None,
        )


@given(rows=faces, covers=st.lists(st.one_of(st.none(), st.integers(0, 12)), min_size=4, max_size=4))
def test_people_are_counted_as_face_by_face(rows, covers):
    chosen = [None if cover is None else f"f{cover:02}" for cover in covers]
    people = [
        Person(f"p{place}", None, None, ignored=False, cover=cover, dormant=0) for place, cover in enumerate(chosen)
    ]
    assert counted_people(frame(rows), people) == tuple(plainly(rows, people))


def test_nobody_is_counted():
    assert counted_people(frame([]), []) == ()
    assert counted_people(frame([(NOBODY, 0, 0, pd.NaT, 1)]), []) == ()
