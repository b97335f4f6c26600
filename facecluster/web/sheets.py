"""Face rows -> people with contact sheets, and the faces that stand alone."""

import io
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from facecluster.web.groups import group_names, group_numbers
from facecluster.web.wording import days_in_words, shortened

# Together with MAX_PICTURE_BYTES these caps keep the page under 40 MB however many faces there are.
MAX_PEOPLE_IN_FULL = 150
MAX_PEOPLE_IN_BRIEF = 450
MAX_FACES_A_PERSON = 12
MAX_PHOTOS_A_PERSON = 60
MAX_FACES_ALONE = 240

MAX_PICTURE_BYTES = 11_000
"""A JPEG of 160 px and ordinary detail has 4,000 to 8,000; a larger one is made smaller."""

PICTURE_PX = 160
"""Long side of a picture that had to be made smaller: twice the pixels of the smallest tile of the page."""

PICTURE_QUALITY = 75


@dataclass(frozen=True)
class Picture:
    """One face to look at."""

    face_id: str
    jpeg: bytes
    path: str  # of the photo it was cut from, relative to the archive


@dataclass(frozen=True)
class Person:
    """Somebody as a reader sees them: a person, or a cluster that is probably one."""

    title: str  # the name; "Person 1" where there is none
    number: int  # among all, largest first; it stands on the pictures, too
    is_named: bool
    clusters: tuple[int, ...]  # that the faces are in
    n_automatic: int  # faces that the machine, not a human, named
    n_proposed: int  # faces elsewhere that may be this person's
    n_faces: int
    n_photos: int
    days: str  # of its photos, first to last; empty where no camera wrote a date
    faces: tuple[Picture, ...]  # best first
    photos: tuple[str, ...]  # paths in order of time

    @property
    def n_photos_left_out(self) -> int:
        """Photos that are not listed."""
        return self.n_photos - len(self.photos)


@dataclass(frozen=True)
class People:
    """People and clusters, largest first."""

    in_full: tuple[Person, ...]
    in_brief: tuple[Person, ...]  # with one face and no list of photos
    n_left_out: int


@dataclass(frozen=True)
class FacesAlone:
    """The faces that are nobody's and in no cluster, best first."""

    faces: tuple[Picture, ...]
    n_left_out: int


def people_of(faces: pd.DataFrame) -> People:
    """The people by number of faces, as `groups.group_numbers` counts them.

    Args:
        faces: columns face_id, photo_hash, photo_path, taken_at, quality, thumbnail, cluster_id, group (see `groups`),
            person, name (of the person; None: there is none) and provenance.
    """
    everybody, names = group_numbers(faces), group_names(faces)
    n_shown = MAX_PEOPLE_IN_FULL + MAX_PEOPLE_IN_BRIEF
    numbers = {group: number for group, number in everybody.items() if number <= n_shown}
    shown = faces.loc[faces["group"].isin(list(numbers))].groupby("group")
    proposed = faces.loc[faces["provenance"] == "proposed", "person"].value_counts().to_dict()
    people = tuple(
        _person(
            number,
            names.get(group),
            shown.get_group(group),
            n_proposed=proposed.get(-1 - group, 0),
            in_full=number <= MAX_PEOPLE_IN_FULL,
        )
        for group, number in numbers.items()
    )
    return People(people[:MAX_PEOPLE_IN_FULL], people[MAX_PEOPLE_IN_FULL:], max(0, len(everybody) - n_shown))


def faces_alone(faces: pd.DataFrame) -> FacesAlone:
    """The faces without a group, the same columns as for `people_of`."""
    alone = best_first(faces.loc[faces["group"].isna()])
    shown = alone.head(MAX_FACES_ALONE)
    return FacesAlone(_pictures(shown), len(alone) - len(shown))


def shown_ids(faces: pd.DataFrame) -> list[str]:
    """The ids of the faces that `people_of` and `faces_alone` show: the only ones whose thumbnails they look at.

    Args:
        faces: as for `people_of`; it needs no thumbnails.
    """
    blank = faces.assign(thumbnail=b"")
    people = people_of(blank)
    shown = [*people.in_full, *people.in_brief, faces_alone(blank)]
    return [picture.face_id for group in shown for picture in group.faces]


def best_first(faces: pd.DataFrame) -> pd.DataFrame:
    """The faces by falling quality, equals by face id."""
    return faces.sort_values(["quality", "face_id"], ascending=[False, True])


def spread_faces(faces: pd.DataFrame, limit: int) -> pd.DataFrame:
    """At most `limit` of a person's faces, good ones from all over the photos, best first.

    One face a photo, or the better half of them where that is enough, is cut into `limit` stretches of time, and the
    best of each is taken: a day of two hundred sharp portraits does not fill the sheet. A photo is used twice only
    where there are too few.
    """
    ranked = best_first(faces)
    repeated = ranked.duplicated("photo_hash")
    once = ranked.loc[~repeated]
    if len(once) <= limit:
        return pd.concat([once, ranked.loc[repeated]]).head(limit)
    good = _in_order_of_time(once.head(max(limit, math.ceil(len(once) / 2))))
    good = good.assign(stretch=np.arange(len(good)) * limit // len(good))
    return best_first(good).drop_duplicates("stretch")


def bounded_jpeg(jpeg: bytes) -> bytes:
    """The JPEG, made smaller if it has more than `MAX_PICTURE_BYTES`."""
    if len(jpeg) <= MAX_PICTURE_BYTES:
        return jpeg
    with Image.open(io.BytesIO(jpeg)) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((PICTURE_PX, PICTURE_PX))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=PICTURE_QUALITY)
    return buffer.getvalue()


def _person(number: int, name: str | None, faces: pd.DataFrame, *, n_proposed: int, in_full: bool) -> Person:
    photos = _in_order_of_time(faces).drop_duplicates("photo_hash")
    days = photos["taken_at"].dropna().tolist()  # in order
    return Person(
        title=name or f"Person {number}",
        number=number,
        is_named=name is not None,
        clusters=tuple(sorted(faces["cluster_id"].dropna().unique().tolist())),
        n_automatic=len(faces.loc[faces["provenance"] == "automatic"]),
        n_proposed=n_proposed,
        n_faces=len(faces),
        n_photos=len(photos),
        days=days_in_words(days[0], days[-1]) if days else "",
        faces=_pictures(spread_faces(faces, MAX_FACES_A_PERSON) if in_full else best_first(faces).head(1)),
        photos=tuple(map(shortened, photos["photo_path"].head(MAX_PHOTOS_A_PERSON))) if in_full else (),
    )


def _in_order_of_time(faces: pd.DataFrame) -> pd.DataFrame:
    """By time taken, then path; faces without a time come last."""
    return faces.sort_values(["taken_at", "photo_path", "face_id"], na_position="last")


def _pictures(faces: pd.DataFrame) -> tuple[Picture, ...]:
    rows = zip(faces["face_id"], faces["thumbnail"], faces["photo_path"], strict=True)
    return tuple(Picture(face_id, bounded_jpeg(jpeg), shortened(path)) for face_id, jpeg, path in rows)
