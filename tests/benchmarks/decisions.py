"""What it takes to tell who is who by many decisions over many faces, printed as a Markdown table.

    python -m tests.benchmarks.decisions [FACES DECISIONS]

The decisions speak of 10 faces each on average, most often naming them; some people are merged, some decisions undone.
They are read over the faces that they speak of; over the faces as another model draws their boxes, so that no face is
called as it was; and over every other photo. The memory is the most that the process holds meanwhile over what it held
before: the decisions and the ids of the faces themselves (Linux only).
"""

import resource
import sys
from time import perf_counter

import numpy as np
import psutil

from facecluster.people.decisions import who_is_who
from facecluster.people.matching import PHOTO_DIGITS
from facecluster.people.statements import (
    Confirm,
    Decision,
    Different,
    FaceIds,
    Merge,
    Name,
    NotAFace,
    Reject,
    Split,
    Statement,
    Undo,
)
from facecluster.people.who import NOBODY
from tests.benchmarks.scale import in_own_process

FACES, DECISIONS = 1_000_000, 100_000
FACES_A_DECISION = 10  # on average; their number is geometric
DECISIONS_A_PERSON = 5
KINDS = (Name, Confirm, Reject, Split, NotAFace, Different, Merge, Undo)
SHARES = (0.45, 0.20, 0.10, 0.05, 0.05, 0.05, 0.05, 0.05)
MOVED_PX = 9  # of 100, to the right and up
TIME = "2026-01-01T00:00:00Z"


def made_faces(n: int, moved_px: int = 0) -> list[str]:
    """Ids of faces, one to seven a photo, 100 px wide and 120 px apart; the boxes moved by so much."""
    counts = np.random.default_rng(0).integers(1, 8, n)
    photos = np.repeat(np.arange(n), counts)[:n]
    lefts = 120 * (np.arange(n) - (np.cumsum(counts) - counts)[photos]) + moved_px
    return [
        f"{photo:020x}-{left}-{-moved_px}-{left + 100}-130"
        for photo, left in zip(photos.tolist(), lefts.tolist(), strict=True)
    ]


def made_decisions(n: int, faces: list[str]) -> list[Decision]:
    """Decisions of every kind on faces and people taken by chance."""
    chance = np.random.default_rng(1)
    kinds = chance.choice(len(KINDS), n, p=SHARES).tolist()
    counts = chance.geometric(1 / FACES_A_DECISION, n)
    spoken_of = np.split(chance.integers(0, len(faces), counts.sum()), np.cumsum(counts)[:-1])
    people = chance.integers(0, n // DECISIONS_A_PERSON + 1, (n, 2)).tolist()
    return [
        Decision(f"{place:016x}", TIME, "somebody", "human", (_statement(place, *made, [faces[row] for row in rows]),))
        for place, (*made, rows) in enumerate(zip(kinds, people, spoken_of, strict=True))
    ]


def _statement(place: int, kind: int, people: list[int], faces: list[str]) -> Statement:
    person, other = (f"{number:012x}" for number in people)
    spoken_of: FaceIds = tuple(faces)
    made: dict[type, Statement] = {
        Name: Name(person, spoken_of, f"Person {person}"),
        Confirm: Confirm(person, spoken_of),
        Reject: Reject(person, spoken_of),
        Split: Split(person, other, spoken_of),
        NotAFace: NotAFace(spoken_of),
        Different: Different(spoken_of[::2], spoken_of[1::2]),
        Merge: Merge(person, (other,)),
        Undo: Undo(f"{place // 2:016x}"),
    }
    return made[KINDS[kind]]


def there(what: str, faces: list[str]) -> list[str]:
    """The faces over which decisions about `faces` are read."""
    match what:
        case "other boxes":
            return made_faces(len(faces), MOVED_PX)
        case "every other photo":
            return [face for face in faces if int(face[:PHOTO_DIGITS], 16) % 2]
        case _:
            return faces


def measure(what: str, n_faces: int, n_decisions: int) -> tuple[int, float, float, int]:
    """Faces that are there, seconds, megabytes, faces that somebody was said to be."""
    faces = made_faces(n_faces)
    decisions, present = made_decisions(n_decisions, faces), there(what, faces)
    held_bytes = psutil.Process().memory_info().rss
    started = perf_counter()
    who = who_is_who(decisions, present)
    seconds = perf_counter() - started
    peak_bytes = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # Linux counts in units of 1024
    return len(present), seconds, (peak_bytes - held_bytes) / 1e6, int((who.persons != NOBODY).sum())


def main(n_faces: int = FACES, n_decisions: int = DECISIONS) -> None:
    """A row for each of the three sets of faces, each in a process of its own."""
    print("| decisions | faces | what is there | seconds | memory, MB | faces with a person |")
    print("|---|---|---|---|---|---|")
    for what in ("the same faces", "other boxes", "every other photo"):
        n_there, seconds, megabytes, decided = in_own_process(measure, what, n_faces, n_decisions)
        costs = f"{seconds:.2f} | {megabytes:,.0f}"
        print(f"| {n_decisions:,} | {n_there:,} | {what} | {costs} | {decided:,} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
