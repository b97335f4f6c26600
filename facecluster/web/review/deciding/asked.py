"""What a page may ask to be decided: the shapes of its words, and nothing else."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

PersonId = Annotated[str, Field(min_length=1, max_length=100)]  # people.records.MAX_ID
FaceId = Annotated[str, Field(min_length=1, max_length=100)]
DecisionId = Annotated[str, Field(min_length=1, max_length=100)]
PageDecisionId = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
Cluster = Annotated[int, Field(ge=0, le=2**31 - 1)]  # an int32 in schemas.CLUSTERS
Run = Annotated[int, Field(ge=1, le=2**31 - 1)]
Place = Annotated[int, Field(ge=0, le=2**31 - 1)]
Text = Annotated[str, Field(max_length=10_000)]  # what is too long for a name is for people.names to say
Range = Annotated[list[Place], Field(min_length=2, max_length=2)]


class Words(BaseModel):
    """A part of what is asked: all of it is known, and of the kind it is said to be."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Faces(Words):
    """Faces one by one."""

    faces: list[FaceId]


class OfCluster(Words):
    """The faces of a cluster in a run about which nobody has decided."""

    cluster: Cluster
    run: Run


class OfList(Words):
    """Places in a list, from the first to the last of each range, as it was in a state of the library."""

    of_list: Annotated[Text, Field(alias="list")]
    state: Text
    ranges: Annotated[list[Range], Field(min_length=1)]


class Known(Words):
    """Somebody who is known, by the id."""

    person: PersonId


class New(Words):
    """Somebody new, by the name."""

    new: Text


class Face(Words):
    """A face."""

    face: FaceId


def _key(*keys: str) -> Discriminator:
    """Tells alternatives apart by the key that only one of them has."""

    def found(value: Any) -> str | None:
        return next((key for key in keys if isinstance(value, dict) and key in value), None)

    return Discriminator(found, custom_error_type="alternative", custom_error_message=f"one of {', '.join(keys)}")


Crowd = Annotated[
    Annotated[Faces, Tag("faces")] | Annotated[OfCluster, Tag("cluster")] | Annotated[OfList, Tag("list")],
    _key("faces", "cluster", "list"),
]
Who = Annotated[Annotated[Known, Tag("person")] | Annotated[New, Tag("new")], _key("person", "new")]
Unit = Annotated[
    Annotated[Known, Tag("person")] | Annotated[OfCluster, Tag("cluster")] | Annotated[Face, Tag("face")],
    _key("person", "cluster", "face"),
]


class Name(Words):
    """These faces are somebody's, None: of one person without a name; those in `but` are not."""

    kind: Literal["name"]
    faces: Crowd
    who: Who | None
    but: list[FaceId] = []


class Confirm(Words):
    """These faces were looked at and are the person's; those in `but` are not."""

    kind: Literal["confirm"]
    person: PersonId
    faces: Crowd
    but: list[FaceId] = []


class Reject(Words):
    """These faces are not the person's."""

    kind: Literal["reject"]
    person: PersonId
    faces: Crowd


class Split(Words):
    """These faces of the person are somebody else's; None: somebody without a name."""

    kind: Literal["split"]
    person: PersonId
    faces: Crowd
    who: Who | None


class NotAFace(Words):
    """These are no faces."""

    kind: Literal["not_a_face"]
    faces: Crowd


class Ignore(Words):
    """People, and groups and faces as a stranger each, are not to be asked about again."""

    kind: Literal["ignore"]
    units: Annotated[list[Unit], Field(min_length=1)]


class IgnoreFaces(Words):
    """These faces are one stranger's."""

    kind: Literal["ignore_faces"]
    faces: Crowd


class IgnoreList(OfList):
    """As `Ignore`, of a list of units."""

    kind: Literal["ignore_list"]


class Unignore(Words):
    """The person counts again."""

    kind: Literal["unignore"]
    person: PersonId


class UnignoreList(OfList):
    """As `Unignore`, of a list of people."""

    kind: Literal["unignore_list"]


class Merge(Words):
    """These are one person: the first who is one, or somebody without a name."""

    kind: Literal["merge"]
    units: Annotated[list[Unit], Field(min_length=2)]


class MergeList(OfList):
    """As `Merge`, of a list of units."""

    kind: Literal["merge_list"]


class NameList(OfList):
    """The faces of these groups are somebody's."""

    kind: Literal["name_list"]
    who: Who


class Differ(Words):
    """These are two people."""

    kind: Literal["differ"]
    one: Unit
    other: Unit


class TwoPeople(Words):
    """A person, or a group, is two."""

    kind: Literal["two_people"]
    unit: Unit
    sides: Annotated[list[list[FaceId]], Field(min_length=2, max_length=2)]


class OnePerson(Words):
    """All of these faces are one person's: of a group that of somebody without a name."""

    kind: Literal["one_person"]
    unit: Unit


class Rename(Words):
    """The person is called so."""

    kind: Literal["rename"]
    person: PersonId
    name: Text


class Born(Words):
    """The person was born on that day; None: that is not known."""

    kind: Literal["born"]
    person: PersonId
    day: Text | None


class Cover(Words):
    """The face stands for the person."""

    kind: Literal["cover"]
    person: PersonId
    face: FaceId


class Undo(Words):
    """The decision counts no more."""

    kind: Literal["undo"]
    decision: DecisionId


Say = Annotated[
    Name | NameList | Confirm | Reject | Split | NotAFace | Ignore | IgnoreFaces | IgnoreList | Unignore | UnignoreList
    | Merge | MergeList | Differ | TwoPeople | OnePerson | Rename | Born | Cover | Undo,
    Field(discriminator="kind"),
]  # fmt: skip


class Asked(Words):
    """One thing to decide, and the id that the page gave to it: to ask twice is to ask once."""

    id: PageDecisionId
    say: Say
