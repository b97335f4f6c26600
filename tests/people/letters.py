"""Runs and people in letters, one a face: its cluster, `.` alone, `-` not in the run; its person, `.` nobody."""

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from facecluster.people.diff import diff_runs
from facecluster.people.who import NOBODY, Person, WhoIsWho
from facecluster.schemas import CLUSTERS

PEOPLE = "ABC"


def face(row):
    return f"face-{row:03d}"


def run(clusters):
    """The table of a run in which the face of each letter is in the cluster that the letter stands for."""
    there = [(face(row), letter) for row, letter in enumerate(clusters) if letter != "-"]
    rows = [
        {"face_id": name, "cluster_id": None if letter == "." else ord(letter) - ord("a"), "strength": 1, "outlier": 0}
        for name, letter in reversed(there)
    ]
    return pa.Table.from_pylist(rows, CLUSTERS)


def who_is_who(persons, *, ignored="", rejected=(), not_faces=(), merged=None):
    """Faces decided to be the person's of the letter, `.` nobody's."""
    n = len(persons)
    people = tuple(Person(name, f"Name of {name}", None, name in ignored, None, 0) for name in PEOPLE)
    return WhoIsWho(
        people=people,
        persons=np.array([PEOPLE.index(name) if name in PEOPLE else NOBODY for name in persons], np.int32),
        confirmed=np.zeros(n, bool),
        decided_by=np.full(n, NOBODY, np.int32),
        not_faces=np.isin(np.arange(n), list(not_faces)),
        rejected=np.array(rejected, np.int64).reshape(-1, 2),
        different=np.empty((0, 2), np.int64),
        decisions=(),
        in_force=np.empty(0, bool),
        merged=merged or {},
    )


def diff(before, after, persons=None, **said):
    """The difference of two runs of the same faces, all of which are in one or the other."""
    return diff_runs(run(before), run(after), who_is_who(persons or "." * len(before), **said))


def groups(clusters):
    """The cluster of each face, as arrays have it."""
    return np.array([{".": -1, "-": -2}.get(letter, ord(letter) - ord("a")) for letter in clusters], np.int32)


@st.composite
def pairs_of_runs(draw):
    """Two runs, and whose their faces are."""
    n = draw(st.integers(0, 25))
    letters = st.text("abcd.-", min_size=n, max_size=n)
    before, after = draw(letters), draw(letters)
    there = [row for row in range(n) if (before[row], after[row]) != ("-", "-")]
    persons = draw(st.text("ABC....", min_size=n, max_size=n))
    return tuple("".join(text[row] for row in there) for text in (before, after, persons))
