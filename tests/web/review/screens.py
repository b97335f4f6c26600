"""Every screen of the review with what can be opened on it, in one library; questions have tests of their own."""

from typing import NamedTuple

from facecluster.people.statements import Ignore, Name
from facecluster.store.library import open_library
from tests.pipeline.painted_library import moment_of
from tests.pipeline.people_library import told

EILEEN, GRACE, STRANGER = "a" * 12, "b" * 12, "c" * 12
LONG = "Ingrid Maria Katharina von der Hohenburg-Wetterstein-" + "z" * 60


class Scene(NamedTuple):
    """Something to look at: a page, with what was pressed and typed on it."""

    path: str
    clicks: tuple[str, ...] = ()  # selectors, one after another
    types: str = ""
    shows: str = "h1"  # what is there then


FACE, MENU = "[data-place='0']", "[role=option]"
EILEENS = f"/people/{EILEEN}"
PEOPLE_CHOSEN = ("[data-place='0'] .check", "[data-place='1'] .check")

EMPTY = {
    "nobody known": Scene("/people", shows=".empty"),
    "nobody ignored": Scene("/ignored", shows=".empty"),
    "nothing decided": Scene("/history", shows=".empty"),
    "no photo failed": Scene("/failed", shows=".empty"),
    "no face alone": Scene("/alone", shows=".empty"),
    "nothing to look through": Scene("/more", shows=".empty"),
}
"""Screens of a library in which nothing was decided."""

SCENES = {
    "name": Scene("/name"),
    "name typed": Scene("/name", ("#who",), "e", MENU),
    "new name": Scene("/name", ("#who",), "Zoë", "[data-new]"),
    "progress": Scene("/name", (".progress > summary",), shows="[data-spread-names]"),
    "keys": Scene("/name", ("#show-help",), shows="#help:modal"),
    "people": Scene("/people"),
    "people chosen": Scene("/people", PEOPLE_CHOSEN, shows=".chosen"),
    "whose name stays": Scene("/people", (*PEOPLE_CHOSEN, "[data-does=mergePeople]"), shows="#together fieldset"),
    "nobody found": Scene("/people?q=nobody", shows=".empty"),
    "person": Scene(EILEENS),
    "person with a long name": Scene(f"/people/{GRACE}"),
    "faces chosen": Scene(EILEENS, (FACE, "[data-place='1']"), shows=".chosen"),
    "whose faces": Scene(EILEENS, (FACE, ".chosen [data-does=split]"), shows=f"#who {MENU}"),
    "rename": Scene(EILEENS, ("[data-does=rename]",), shows="#rename:modal"),
    "day of birth": Scene(EILEENS, ("[data-does=born]",), shows="#born:modal"),
    "groups": Scene("/groups"),
    "group chosen": Scene("/groups", (f"{FACE} .check",), shows=".chosen"),
    "the rest": Scene("/groups", ("[data-does=askRest]",), shows="#rest-numbers > *"),
    "group": Scene("/groups/2"),
    "ignored": Scene("/ignored"),
    "history": Scene("/history"),
    "history of one": Scene("/history", ("#whose",), "e", MENU),
    "an undone decision": Scene("/history", ("[data-number='1'] button",), shows=".toast"),
    "no such person": Scene("/people/0123456789ab"),
}
"""Screens of a library in which something was."""


def decide(folder) -> None:
    """Names two people in the library of the demo album and ignores one: everything has something to show."""
    library = open_library(folder)
    faces = moment_of(library).people.faces
    of_group = [tuple(faces.loc[faces["cluster_id"] == number, "face_id"]) for number in range(4)]
    told(library, Name(EILEEN, of_group[0], "Eileen"))
    told(library, Name(GRACE, of_group[1], LONG))
    told(library, Ignore(STRANGER, of_group[3]))


def opened(tab, address: str, scene: Scene):
    """The page of a scene, in a tab that is there."""
    tab.goto(address + scene.path, wait_until="domcontentloaded")
    tab.locator("h1, h2").first.wait_for()
    for selector in scene.clicks:
        tab.locator(selector).first.click()
    if scene.types:
        tab.keyboard.type(scene.types)
    tab.locator(scene.shows).first.wait_for()
    return tab
