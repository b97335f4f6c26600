"""The photo around a face, as a dialog shows it: every face on it outlined, and who that is."""

from dataclasses import dataclass

import pandas as pd

from facecluster.people.who import NOBODY
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.photo import Box, NoPicture, Picture, box_of, faces_of_photo
from facecluster.web.review.pictures.sheets import Sheets, Tile
from facecluster.web.wording import day_in_words, shortened


@dataclass(frozen=True)
class Outlined:
    """A face on the photo."""

    tile: Tile
    box: Box | None  # px; None: where it is, is not known
    person: str | None  # id
    cluster: int | None  # of a face that is nobody's
    asked: bool  # the face that the photo was asked for


@dataclass(frozen=True)
class PhotoShown:
    """A photo and the faces on it."""

    face: Outlined  # that it was asked for
    faces: tuple[Outlined, ...]  # from left to right, that one among them
    path: str  # relative to the archive
    day: str | None
    size: tuple[int, int] | None  # width and height, px, in which boxes are; None: there is no picture
    why_not: str | None  # a sentence, where there is none


def photo_shown(moment: Moment, sheets: Sheets, row: int, picture: Picture | NoPicture) -> PhotoShown:
    """What the dialog shows of the photo around the face of a row."""
    rows = faces_of_photo(moment, row)
    tiles = sheets.tiles(moment, rows)
    faces = tuple(
        _outlined(moment, one, tile, asked=one == row) for one, tile in zip(rows.tolist(), tiles, strict=True)
    )
    path, taken_at = (moment.people.faces[column].iloc[row] for column in ("photo_path", "taken_at"))
    there = isinstance(picture, Picture)
    return PhotoShown(
        face=next(face for face in faces if face.asked),
        faces=faces,
        path=shortened(path),
        day=None if pd.isna(taken_at) else day_in_words(taken_at),
        size=(picture.width, picture.height) if there else None,
        why_not=None if there else picture.why,
    )


def _outlined(moment: Moment, row: int, tile: Tile, *, asked: bool) -> Outlined:
    faces, who = moment.people.faces, moment.people.who
    person, cluster = faces["person"].iloc[row], faces["cluster_id"].iloc[row]
    return Outlined(
        tile=tile,
        box=box_of(tile.face_id),
        person=who.people[person].id if person != NOBODY else None,
        cluster=int(cluster) if person == NOBODY and not pd.isna(cluster) else None,
        asked=asked,
    )
