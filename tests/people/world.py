"""A small world in which every face is known: faces side by side, whose boxes each model draws a little differently."""

from hypothesis import strategies as st

from facecluster.people.statements import (
    Born,
    Confirm,
    Cover,
    Decision,
    Different,
    Ignore,
    Merge,
    Name,
    NotAFace,
    Reject,
    Rename,
    Split,
    Statement,
    Unignore,
)

PHOTOS, SLOTS, MODELS = 3, 3, 3
SIDE_PX, STEP_PX = 100, 110  # of a box, and from one to the next

Face = tuple[int, int]
"""Number of the photo, number of the face in it."""

FACES: list[Face] = [(photo, slot) for photo in range(PHOTOS) for slot in range(SLOTS)]


def id_of(face: Face, model: int) -> str:
    """What the face is called where this model found it. Boxes of one face overlap by .7 or more."""
    photo, slot = face
    left, top = slot * STEP_PX + (0, 7, -5)[model], (0, -4, -6)[model] * (slot - 1)
    return f"{photo:020x}-{left}-{top}-{left + SIDE_PX}-{top + SIDE_PX + model}"


def in_version(face_id: str, version: int) -> str:
    """What a face of MEANING is called in a later version of its photo: another program wrote to the file."""
    return f"{int(face_id[:20], 16) + version * PHOTOS:020x}{face_id[20:]}"


def first_version(face_id: str) -> tuple[str, int]:
    """What a face was called in the first version of its photo, and in which version it has this id."""
    version, photo = divmod(int(face_id[:20], 16), PHOTOS)
    return f"{photo:020x}{face_id[20:]}", version


MEANING: dict[str, Face] = {id_of(face, model): face for face in FACES for model in range(MODELS)}
PEOPLE = [f"{number:012x}" for number in range(4)]

people = st.sampled_from(PEOPLE)
faces = st.lists(st.sampled_from(sorted(MEANING)), max_size=3).map(tuple)
names = st.sampled_from(["Ada", "Ben"])


def _plan(kind, *fields):
    return st.tuples(st.just(kind), *fields)


plans = st.one_of(
    _plan(Name, people, faces, st.none() | names),
    _plan(Confirm, people, faces),
    _plan(Rename, people, names),
    _plan(Merge, people, st.lists(people, max_size=2).map(tuple)),
    _plan(Split, people, people, faces, st.none() | names),
    _plan(Reject, people, faces),
    _plan(NotAFace, faces),
    _plan(Ignore, people, faces),
    _plan(Unignore, people),
    _plan(Different, faces, faces),
    _plan(Cover, people, st.none() | st.sampled_from(sorted(MEANING))),
    _plan(Born, people, st.none() | st.just("1987-03-21")),
)
"""Statements to be, sensible or not: whatever stands in a journal is folded."""

sayings = st.lists(plans, min_size=1, max_size=3)


def statement(plan) -> Statement:
    """What was planned. Not made where it is drawn: the checks of its fields' types use chance of their own."""
    kind, *fields = plan
    return kind(*fields)


def decision(place: int, *said) -> Decision:
    """The decision that somebody made as the so-manyeth, the first being 0."""
    return Decision(f"{place:016x}", "2026-01-01T00:00:00+00:00", "somebody", "human", said)
