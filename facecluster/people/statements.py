"""What a human can say of faces and people: the words that a decision is made of.

A face is named by its face id, photo hash and box: so a decision outlives any regrouping and any change of model. A
person is named by an id of its own: two people may bear one name. A person without a name is one whom somebody said to
be one (the faces are the same person's), or chose to ignore.

Statements are read in their order, the later over the earlier. A statement about a face that is gone stays, and counts
again when its photo returns. Whatever a statement mentions exists: undoing the first mention of a person takes nothing
from later ones.
"""

from dataclasses import dataclass
from typing import Literal, get_args

FaceIds = tuple[str, ...]


@dataclass(frozen=True)
class Name:
    """These faces are this person's, who is called so.

    Takes them from whoever had them, and back what was said against it.
    """

    person: str  # id
    faces: FaceIds
    name: str | None = None  # None: the name stays, or there is none


@dataclass(frozen=True)
class Confirm:
    """These faces, each looked at on its own, are this person's."""

    person: str
    faces: FaceIds


@dataclass(frozen=True)
class Rename:
    """The person is called so."""

    person: str
    name: str


@dataclass(frozen=True)
class Merge:
    """These people are one: the first, who keeps its id.

    Of name, day of birth and cover it keeps what it has, and takes what it lacks from the first of the others who has
    it. It is ignored if all of them were. What is said later of one of them is said of it.
    """

    into: str
    gone: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """These faces are not the person's but another's."""

    person: str
    to: str  # id of the other, new or known
    faces: FaceIds
    name: str | None = None  # of the other, as in Name


@dataclass(frozen=True)
class Reject:
    """These faces are not this person's, until somebody says that they are; whose they are is not said."""

    person: str
    faces: FaceIds


@dataclass(frozen=True)
class NotAFace:
    """These are no faces: a painting, a pattern, a mistake of the detector."""

    faces: FaceIds


@dataclass(frozen=True)
class Ignore:
    """These faces, if any, are this person's, who is not to be asked about again: a stranger."""

    person: str
    faces: FaceIds = ()


@dataclass(frozen=True)
class Unignore:
    """The person counts again."""

    person: str


@dataclass(frozen=True)
class Different:
    """The faces of the one side and those of the other are not one person's."""

    ones: FaceIds
    others: FaceIds


@dataclass(frozen=True)
class Cover:
    """The picture that stands for a person, as long as it is a face of theirs; None: the program's choice."""

    person: str
    face: str | None


@dataclass(frozen=True)
class Born:
    """The person's day of birth, ISO 8601; None: unknown. No photo taken before it shows the person."""

    person: str
    day: str | None


@dataclass(frozen=True)
class Undo:
    """The decision counts no more; undoing that brings it back."""

    decision: str  # id


Statement = (
    Name | Confirm | Rename | Merge | Split | Reject | NotAFace | Ignore | Unignore | Different | Cover | Born | Undo
)
KINDS: dict[str, type] = {kind.__name__.lower(): kind for kind in get_args(Statement)}
"""By the word that stands for it in a journal."""

Provenance = Literal["human", "imported"]


@dataclass(frozen=True)
class Decision:
    """What somebody said at one time, and what is undone as one."""

    id: str  # 16 hexadecimal digits, by chance
    time: str  # ISO 8601, UTC, to the second
    who: str
    provenance: Provenance
    statements: tuple[Statement, ...]


def faces_in(statement: Statement) -> FaceIds:
    """The faces that a statement speaks of, in its order: of `Different`, the one side and then the other."""
    match statement:
        case Different():
            return statement.ones + statement.others
        case Cover():
            return () if statement.face is None else (statement.face,)
        case Name() | Confirm() | Split() | Reject() | NotAFace() | Ignore():
            return statement.faces
        case _:
            return ()


def people_in(statement: Statement) -> tuple[str, ...]:
    """The ids of the people that a statement speaks of, in the order of its fields."""
    match statement:
        case Merge():
            return (statement.into, *statement.gone)
        case Split():
            return (statement.person, statement.to)
        case NotAFace() | Different() | Undo():
            return ()
        case _:
            return (statement.person,)
