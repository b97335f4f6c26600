"""Cards in a real browser: everything by keyboard alone, and what is in the journal then."""

import contextlib

import pyarrow as pa
import pytest

from facecluster.people.statements import Confirm, Different, Ignore, Merge, Name, NotAFace, Reject, Undo
from facecluster.pipeline.journal import decisions_of
from facecluster.schemas import CLUSTERS, IMPORTS, SUGGESTIONS, TREE
from facecluster.store.library import RunTables, open_library
from tests.pipeline.asked_library import ADA, asked_library, tell
from tests.pipeline.made_up_library import face_ids, made_up_library
from tests.web.review.browser import watched
from tests.web.review.reviewed import reviewed

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
AWAY = (
    "ERR_CONNECTION_REFUSED",
    "ERR_EMPTY_RESPONSE",
    "ERR_CONNECTION_RESET",
    "status of 500",
)  # cut off in the middle
SIZES = (10, 5, 5, 2)
CLUSTERED = [*[0] * 6, *[3] * 4, *[1] * 5, *[2] * 5, *[4] * 2]
"""Clusters 0 and 3 are one person's, who is met most."""


def four_people(folder):
    """The library, in which cluster 2 is the next nearest to cluster 1; its faces."""
    library, _ = made_up_library(folder, SIZES)
    ids = face_ids(sum(SIZES))
    rows = [
        {"face_id": face, "cluster_id": cluster, "strength": 0.8, "outlier": 0}
        | ({"rival_id": 2, "rival_cosine": 0.4} if cluster == 1 else {})
        for face, cluster in zip(ids, CLUSTERED, strict=True)
    ]
    table = pa.Table.from_pylist(rows, CLUSTERS)
    library.add_run(RunTables(table, TREE.empty_table(), SUGGESTIONS.empty_table()), {"settings": {}})
    return library, ids


class Reviewer:
    """Somebody with a keyboard, on a screen of a library."""

    def __init__(self, page, library):
        self.page, self.library = page, library

    @property
    def key(self):
        return self.page.locator(".question").get_attribute("data-key")

    def presses(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def types(self, text):
        """A name into the field, and takes what Enter takes."""
        self.page.keyboard.type(text)
        self.presses("Enter")

    def sees(self, key):
        """Waits for a card, which has the focus then."""
        self.page.locator(f".question[data-key='{key}']:not([aria-busy])").wait_for()
        self.page.wait_for_function("() => document.activeElement?.matches('.question')")

    def told(self, text):
        self.page.locator(".toast", has_text=text).wait_for()

    def said(self):
        """What the last decision says."""
        return decisions_of(open_library(self.library.folder))[-1].statements


@contextlib.contextmanager
def reviewing(browser, library, path, **options):
    """A logged-in browser at a screen of the review of a library."""
    with reviewed(library.folder) as server, watched(browser, **options) as watch:
        watch.page(server.link()).close()
        reviewer = Reviewer(watch.page(server.address + path), library)
        reviewer.server = server
        reviewer.page.wait_for_function("() => document.activeElement?.matches('.question')")
        yield reviewer


@pytest.fixture
def four(browser, tmp_path):
    """Somebody on the screen Name of the four people; their faces."""
    library, ids = four_people(tmp_path)
    with reviewing(browser, library, "/name") as reviewer:
        yield reviewer, ids


def test_groups_are_named_typed_and_by_number_and_it_is_undone(four):
    reviewer, ids = four
    reviewer.sees("who.cluster-0")
    reviewer.presses("Enter")
    reviewer.types("Ada")
    reviewer.sees("who.cluster-1")
    reviewer.told("named 6 faces Ada")
    (named,) = reviewer.said()
    assert (named.name, named.faces) == ("Ada", tuple(ids[:6]))
    reviewer.presses("j")
    reviewer.sees("who.cluster-2")
    reviewer.presses("j")
    reviewer.sees("who.cluster-3")
    assert reviewer.page.locator(".likeliest").inner_text().split() == ["Ada", "6", "faces", "·", "very", "alike", "1"]
    reviewer.presses("1")
    reviewer.sees("who.cluster-4")
    assert reviewer.said() == (Name(named.person, tuple(ids[6:10])),)
    reviewer.presses("z")
    reviewer.sees("who.cluster-3")
    assert isinstance(reviewer.said()[0], Undo)
    reviewer.presses("k")
    reviewer.sees("who.cluster-2")
    assert reviewer.page.url.endswith("/name?key=who.cluster-2")  # where a reload comes back to


def test_a_name_that_is_written_on_the_photos_is_given_by_its_number(browser, tmp_path):
    library, ids = four_people(tmp_path)
    hints = [
        {"path": face, "file": face, "photo_hash": face.partition("-")[0], "name": "Ada <b>", "outcome": "hint"}
        for face in ids[:4]
    ]
    library.imports.add(pa.Table.from_pylist(hints, IMPORTS), {})
    with reviewing(browser, library, "/name") as reviewer:
        reviewer.sees("who.cluster-0")
        written = reviewer.page.locator(".likeliest").inner_text()
        assert " ".join(written.split()) == "Ada <b> new · written on 4 of 6 photos 1"
        reviewer.presses("1")
        reviewer.sees("who.cluster-1")
        (named,) = reviewer.said()
        assert (named.name, named.faces) == ("Ada <b>", tuple(ids[:6]))


def test_who_is_left_out_is_somebody_else(four):
    reviewer, ids = four
    reviewer.presses("ArrowRight", "x", "ArrowRight", "x", "ArrowRight", "x", "x")
    assert reviewer.page.locator(".unticked").inner_text().startswith("2 faces")
    left_out = tuple(
        reviewer.page.locator(".ticks input:not(:checked)").evaluate_all("boxes => boxes.map(box => box.dataset.face)")
    )
    reviewer.presses("Enter")  # from a face
    reviewer.types("Ada")
    reviewer.sees("who.cluster-1")
    named, rejected = reviewer.said()
    assert set(named.faces) == set(ids[:6]) - set(left_out)
    assert rejected == Reject(named.person, tuple(sorted(left_out)))


def test_who_is_left_out_gets_a_name_or_none_or_is_no_face_and_the_rest_stays(four):
    reviewer, _ = four
    reviewer.presses("s")
    reviewer.told("First untick the faces that are meant")
    for does, kind in ((lambda: reviewer.types("Bo"), Name), (lambda: reviewer.presses("Tab", "Enter"), Name)):
        reviewer.presses("ArrowRight", "x", "s")
        reviewer.page.locator("#split input:focus").wait_for()
        does()
        reviewer.sees("who.cluster-0")
        assert [type(one) for one in reviewer.said()] == [kind]
    assert reviewer.said()[0].name is None
    reviewer.presses("ArrowRight", "x", "n")
    reviewer.sees("who.cluster-0")
    assert [type(one) for one in reviewer.said()] == [NotAFace]
    assert reviewer.page.locator(".ticks .tile").count() == 3


def test_a_stranger_and_two_groups_of_one(four):
    reviewer, ids = four
    reviewer.presses("i")
    reviewer.sees("who.cluster-1")
    (ignored,) = reviewer.said()
    assert (type(ignored), ignored.faces) == (Ignore, tuple(ids[:6]))
    reviewer.presses("m")
    reviewer.page.locator("#alike button[data-says]:focus").wait_for()
    reviewer.presses("Enter")
    reviewer.sees("who.cluster-3")
    (named,) = reviewer.said()
    assert set(named.faces) == set(ids[10:20])


def test_the_photo_around_a_face(four):
    reviewer, _ = four
    reviewer.presses("ArrowRight", "ArrowRight", "p")
    reviewer.page.locator("#photo:modal", has_text="not there now").wait_for()  # nobody has these photos
    reviewer.presses("j", "p")
    reviewer.page.locator("#photo:not([open])").wait_for(state="attached")
    assert reviewer.key == "who.cluster-0"
    assert reviewer.page.evaluate("document.activeElement.dataset.face") == reviewer.page.locator(".ticks input").nth(
        1
    ).get_attribute("data-face")


def test_what_somebody_else_settles_stays_and_says_so(four):
    reviewer, ids = four
    tell(reviewer.library, Name("a" * 12, tuple(ids[:6]), "<b>Cy"))
    reviewer.page.locator(".settled", has_text="me named 6 faces <b>Cy.").wait_for()
    assert reviewer.key == "who.cluster-0"
    assert reviewer.page.locator(".ticks .tile").count() == 6
    reviewer.presses("i", "Enter", "x")
    reviewer.page.locator(".settled button").click()
    reviewer.sees("who.cluster-1")
    assert len(decisions_of(open_library(reviewer.library.folder))) == 1  # there was nothing left to answer


def test_the_only_one_that_is_left_and_then_none(browser, tmp_path):
    library, ids = four_people(tmp_path)
    tell(library, Name("a" * 12, tuple(ids[:20]), "Ada"))
    with reviewing(browser, library, "/name") as reviewer:
        reviewer.presses("j")
        reviewer.told("This is the only one that is left.")
        reviewer.sees("who.cluster-4")
        reviewer.presses("Enter")
        reviewer.types("Zoe")
        reviewer.sees("")
        assert "No group is left to name" in reviewer.page.locator(".question").inner_text()


def test_an_answer_waits_for_the_server(browser, tmp_path):
    library, ids = four_people(tmp_path)
    with reviewing(browser, library, "/name", may_say=AWAY) as reviewer:
        reviewer.server.stop()
        reviewer.presses("i")
        reviewer.page.locator(".banner", has_text="Not saved yet: 1 answer waits.").wait_for()
        reviewer.presses("i", "j")  # nothing more is done meanwhile
        reviewer.server.start()
        reviewer.sees("who.cluster-1")
        assert [one.statements[0].faces for one in decisions_of(open_library(library.folder))] == [tuple(ids[:6])]


def test_one_or_two(browser, tmp_path):
    library, _ = asked_library(tmp_path)
    with reviewing(browser, library, "/same") as reviewer:
        answers = {"mixed.cluster-0": "2", "same.cluster-3.cluster-4": "n"}
        said = {}
        while reviewer.key:
            key = reviewer.key
            reviewer.presses(answers.get(key, "y" if key.startswith("same") else "1"))
            reviewer.page.wait_for_function("key => document.querySelector('.question').dataset.key !== key", arg=key)
            reviewer.page.locator(".question:not([aria-busy])").wait_for()
            said[key] = [type(one) for one in reviewer.said()]
        assert said["mixed.cluster-0"] == [Name, Name]
        assert said["same.cluster-3.cluster-4"] == [Different]
        assert all(set(kinds) <= {Name, Merge, Different, Confirm} for kinds in said.values())


def test_uncertain_faces_are_confirmed_and_rejected_at_once(browser, tmp_path):
    library, ids = asked_library(tmp_path)
    with reviewing(browser, library, f"/more?key=uncertain.person-{ADA}") as reviewer:
        assert reviewer.page.locator("[data-summary]").inner_text() == "Confirm 1"
        reviewer.presses("a")
        assert reviewer.page.locator("[data-summary]").inner_text() == "Reject 1"
        before = reviewer.key
        reviewer.presses("Enter")
        reviewer.page.wait_for_function("key => document.querySelector('.question').dataset.key !== key", arg=before)
        assert reviewer.said() == (Reject(ADA, (ids[32],)),)


@pytest.mark.parametrize(("colours", "width"), [("light", 320), ("dark", 1280)])
def test_axe_finds_nothing(browser, tmp_path, colours, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    library, ids = asked_library(tmp_path)

    def check(page, name):
        found = axe.run(page, options={"runOnly": AXE_TAGS}).response["violations"]
        assert [(name, one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name

    with reviewing(browser, library, "/name", color_scheme=colours, bypass_csp=True) as reviewer:  # for axe
        page = reviewer.page
        page.set_viewport_size({"width": width, "height": 800})
        for screen in ("more", "same", "name"):
            page.goto(f"{reviewer.server.address}/{screen}", wait_until="domcontentloaded")
            page.locator(".question").wait_for()
            check(page, screen)
        reviewer.presses("ArrowRight", "x")
        page.locator(".unticked").wait_for()
        check(page, "a face left out")
        for key, dialog in (("s", "split"), ("m", "alike"), ("p", "photo")):
            reviewer.presses(key)
            page.locator(f"#{dialog}:modal").wait_for()
            check(page, dialog)
            reviewer.presses("Escape")
        tell(library, Name(ADA, tuple(ids)))
        page.locator(".settled").wait_for()
        check(page, "settled")
        reviewer.presses("j")
        reviewer.sees("")
        check(page, "nothing left")
