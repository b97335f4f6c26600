"""The screen Review more: which of these faces are the person's?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from starlette.routing import BaseRoute

from facecluster.people.likeness import SOME_LIKENESS, Likeness
from facecluster.people.questions import Question
from facecluster.people.who import NOBODY
from facecluster.pipeline.catalogue import prior_of
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.person_counts import PROPOSED
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.targets import Rows, clusters_of_faces
from facecluster.web.review.cards.cards import Party, party, rows_of_faces
from facecluster.web.review.cards.deck import Deck
from facecluster.web.review.pictures.sheets import Sheets, Tile

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

MAX_FACES = 36
"""Faces to go through with one answer: three rows of twelve, or six of six."""


@dataclass(frozen=True)
class Rival:
    """Somebody else whom a face may show."""

    name: str
    tile: Tile | None  # of the cover


@dataclass(frozen=True)
class Candidate:
    """A face that may be the person's."""

    tile: Tile
    rival: Rival | None


@dataclass(frozen=True)
class MoreCard:
    """A person, and faces of which some may be somebody else's."""

    kind: Literal["uncertain", "wrong"]
    person: Party  # with the cover as its only tile
    candidates: tuple[Candidate, ...]
    rest: int  # faces that come up once these are settled

    @property
    def called(self) -> str:
        """How the card calls the person."""
        return self.person.name or "the same person"


def more_card(moment: Moment, sheets: Sheets, question: Question, likeness: Likeness) -> MoreCard:
    """What the card shows of a question "uncertain" or "wrong".

    Args:
        moment: of the people.
        sheets: makes the tiles.
        question: of either kind.
        likeness: what cosines mean in the library.
    """
    assert question.kind in {"uncertain", "wrong"}
    (unit,), (side,) = question.units, question.sides
    rows = rows_of_faces(moment, side[:MAX_FACES])
    rivals = _rivals(moment, sheets, rows, unit.id, likeness.cosine(SOME_LIKENESS))
    cover = next((known.cover for known in moment.people.known if known.person.id == unit.id), None)
    return MoreCard(
        "wrong" if question.kind == "wrong" else "uncertain",
        party(moment, sheets, unit, () if cover is None else (cover,)),
        tuple(
            Candidate(tile, rivals.get(row))
            for row, tile in zip(rows.tolist(), sheets.tiles(moment, rows), strict=True)
        ),
        rest=max(0, len(side) - MAX_FACES),
    )


def _rivals(moment: Moment, sheets: Sheets, rows: Rows, but: str, least_cosine: float) -> Mapping[int, Rival]:
    """By row, whoever has a name and most of the cluster that is next nearest to a face, if that is another person."""
    people = moment.people
    faces = people.faces[["rival_id", "rival_cosine"]].iloc[rows]
    near = faces["rival_cosine"].to_numpy(np.float32, na_value=np.nan) >= least_cosine
    nearest = np.where(near, faces["rival_id"].to_numpy(np.int64, na_value=NOBODY), NOBODY)
    owners = _owners(people, np.setdiff1d(nearest, [NOBODY]))
    known = {
        row: people.known[owners[cluster]]
        for row, cluster in zip(rows.tolist(), nearest.tolist(), strict=True)
        if cluster in owners
    }
    others = {row: one for row, one in known.items() if one.person.name is not None and one.person.id != but}
    covers = sorted({one.cover for one in others.values() if one.cover is not None})
    tiles = {tile.face_id: tile for tile in sheets.tiles(moment, rows_of_faces(moment, covers))}
    return {row: Rival(one.person.name or "", tiles.get(one.cover or "")) for row, one in others.items()}


def _owners(people: LibraryPeople, clusters: np.ndarray) -> dict[int, int]:
    """The person of most faces of each cluster, by a decision or a sure name; of equals the last."""
    numbers, persons = clusters_of_faces(people), people.faces["person"].to_numpy()
    sure = (persons != NOBODY) & (people.faces["provenance"].cat.codes.to_numpy() != PROPOSED)
    sure &= np.isin(numbers, clusters)
    pairs, counts = np.unique(np.stack([numbers[sure], persons[sure]]), axis=1, return_counts=True)
    best = pairs[:, np.argsort(counts, kind="stable")]
    return dict(best.T.tolist())  # the last of a cluster stays


def routes(review: "Review") -> list[BaseRoute]:
    """The routes of this screen."""
    prior = prior_of(review.library)
    likeness = Likeness(prior.impostor_median, prior.genuine_median)
    return Deck(review, "more", lambda moment, question: more_card(moment, review.sheets, question, likeness)).routes()
