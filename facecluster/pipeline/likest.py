"""Who a group of faces may be: people by how alike their faces are to those of the group."""

from typing import NamedTuple

from facecluster.pipeline.live import Live, Moment
from facecluster.pipeline.targets import Rows


class Likely(NamedTuple):
    """Somebody whom a group of faces may show."""

    place: int  # of the person, in Moment.people.who.people
    cosine: float  # of the mean faces of both (people.likeness says what it means)
    together: bool  # has a face in the photos of the group, so it is somebody else in all likelihood


class Likest:
    """What the people of an open library look like, kept up to date in the background. Any thread may ask."""

    def __init__(self, live: Live) -> None:
        """Looks at everybody's faces in the background, from now on."""
        self._live = live

    def ranked(self, moment: Moment, rows: Rows, limit: int | None = None) -> list[Likely]:
        """The named people whom these faces may show, likeliest first, those who stand beside them last.

        Whoever is ignored, or was not looked at yet, is left out: soon after opening there may be few.
        """
        raise NotImplementedError(moment, rows, limit)

    def close(self) -> None:
        """Stop looking."""
