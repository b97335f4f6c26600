"""Each screen as a page without a server: how much of it is shown, in which template, under which tab."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from facecluster.pipeline.review.lists import ALONE, OF_CLUSTER
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.photo import NoPicture
from facecluster.pipeline.targets import place_of
from facecluster.web.review.cards.cards import rows_of_faces
from facecluster.web.review.files.file_links import Place
from facecluster.web.review.files.static_cards import Questions, cards_shown
from facecluster.web.review.lists.face_list import FaceList
from facecluster.web.review.lists.failed import failed_screen
from facecluster.web.review.lists.groups import alone_screen, group_list, group_screen, groups_screen
from facecluster.web.review.lists.history import history_screen
from facecluster.web.review.lists.ignored import ignored_list, ignored_screen
from facecluster.web.review.lists.listings import WINDOW
from facecluster.web.review.lists.people import Wanted, people_list, people_screen
from facecluster.web.review.lists.person import list_of_person, person_screen
from facecluster.web.review.pictures.photo_shown import photo_shown
from facecluster.web.review.pictures.sheets import Sheets

UNITS_LISTED = 2 * WINDOW
"""People, groups or strangers on the page of their list."""

FACES_OF_PERSON = 2 * WINDOW
FACES_OF_OTHERS = WINDOW  # of a group, or of somebody who is ignored
FACES_ALONE = 4 * WINDOW
DECISIONS = 4 * WINDOW

NO_PHOTOS = NoPicture("These pages hold pictures of faces alone. The photo is shown by facecluster review.")


class Shown(NamedTuple):
    """A page before it is filled in."""

    template: str
    tab: str
    context: dict[str, Any]


@dataclass(frozen=True)
class Screens:
    """The screens of a library at one moment."""

    moment: Moment
    questions: Questions
    sheets: Sheets

    def shown(self, place: Place) -> Shown:
        """What a page shows."""
        return self._makers[place.screen](place.of)

    @property
    def _makers(self) -> dict[str, Callable[[str], Shown]]:
        return {
            "name": lambda _: self._cards("name"),
            "same": lambda _: self._cards("same"),
            "more": lambda _: self._cards("more"),
            "people": lambda _: self._people(),
            "person": self._person,
            "groups": lambda _: self._groups(),
            "cluster": self._group,
            "alone": lambda _: self._alone(),
            "ignored": lambda _: self._ignored(),
            "failed": lambda _: Shown("failed", "failed", {"shown": failed_screen(self.moment)}),
            "history": self._history,
            "photo": self._photo,
        }

    def _cards(self, screen: str) -> Shown:
        return Shown("file_cards", screen, {"shown": cards_shown(self.questions, screen, self.sheets)})

    def _people(self) -> Shown:
        everybody = Wanted()
        shown = people_screen(people_list(self.moment, everybody), everybody, self.sheets, UNITS_LISTED)
        return Shown("people", "people", {"shown": shown})

    def _person(self, id_: str) -> Shown:
        place = place_of(id_, self.moment.people)
        assert place is not None
        ignored = self.moment.people.who.people[place].ignored
        at_once = FACES_OF_OTHERS if ignored else FACES_OF_PERSON
        shown = person_screen(list_of_person(self.moment, place), place, "person", self.sheets, at_once)
        return Shown("person", "ignored" if ignored else "people", {"shown": shown})

    def _groups(self) -> Shown:
        shown = groups_screen(group_list(self.moment), self.sheets, UNITS_LISTED)
        return Shown("groups", "groups", {"shown": shown})

    def _group(self, number: str) -> Shown:
        listing = FaceList(self.moment, f"{OF_CLUSTER}{number}")
        shown = group_screen(listing, int(number), self.sheets, FACES_OF_OTHERS)
        return Shown("group", "groups", {"shown": shown})

    def _alone(self) -> Shown:
        shown = alone_screen(FaceList(self.moment, ALONE), self.sheets, FACES_ALONE)
        return Shown("faces_alone", "groups", {"shown": shown})

    def _ignored(self) -> Shown:
        shown = ignored_screen(ignored_list(self.moment), self.sheets, UNITS_LISTED)
        return Shown("ignored", "ignored", {"shown": shown})

    def _history(self, person: str) -> Shown:
        shown = history_screen(self.moment, person or None, at_once=DECISIONS)
        return Shown("history", "history", {"shown": shown})

    def _photo(self, face: str) -> Shown:
        (row,) = rows_of_faces(self.moment, [face]).tolist()
        return Shown("file_photo", "groups", {"photo": photo_shown(self.moment, self.sheets, row, NO_PHOTOS)})
