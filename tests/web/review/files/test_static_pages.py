import hashlib
import re
import stat
import unicodedata
from urllib.parse import unquote, urlsplit

import pytest

from facecluster.errors import LibraryError
from facecluster.people.statements import Ignore, Name, Rename
from facecluster.web.page import write_report
from facecluster.web.pages_beside import pages_folder
from facecluster.web.review.files import static_pages, static_screens
from facecluster.web.review.files.static_pages import write_pages
from facecluster.web.review.pages import ASKED
from tests.end_to_end.test_hostile_names import ALLOWED
from tests.pipeline.asked_library import asked_library
from tests.pipeline.people_library import ANNA, FACE, named, people_library, told
from tests.pipeline.small_library import small_library
from tests.web.review.rendered import SENDS, Fragment

SCREENS = ["people", "groups", "alone", "ignored", "failed", "history", *ASKED]


class Site:
    """Pages as somebody finds them who opens the report and follows links."""

    def __init__(self, library, report):
        self.report = report
        report.touch()
        write_pages(library, report)
        self.folder = pages_folder(report)
        self.files = {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()}
        self.pages = {name: Fragment((self.folder / name).read_text()) for name in self.files if name.endswith(".html")}

    def __getitem__(self, name):
        return self.pages[f"{name}.html"]

    def links(self, name):
        """Where a page leads to, and what it loads."""
        page = self.pages[name]
        return [one[word] for one in page.has("href") + page.has("src") for word in ("href", "src") if word in one]

    def reached(self):
        """The files that links lead to, from the one the report leads to."""
        to_do, seen = ["people.html"], set()
        while to_do:
            name = to_do.pop()
            seen.add(name)
            paths = (unquote(urlsplit(link).path) for link in (self.links(name) if name in self.pages else ()))
            to_do += {path for path in paths if path and not path.startswith("../")} - seen
        return seen


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The pages of a library in which everything can be seen: people, groups, a stranger, questions of all kinds."""
    folder = tmp_path_factory.mktemp("asked")
    library, ids = asked_library(folder)
    told(library, Ignore("e" * 12, (ids[31],)))
    site = Site(library, folder / "album #1.html")
    write_report(library, site.report)
    return site


def test_every_screen_is_there(site):
    assert set(SCREENS) <= {name.removesuffix(".html") for name in site.pages}
    assert {one.removeprefix("person-")[:1] for one in site.pages if one.startswith("person-")} == {"a", "b", "e"}
    assert site.folder.name == "album #1-pages"


def test_links_all_lead_somewhere_and_every_file_is_reached(site):
    assert site.reached() == site.files - {"contents.json"}
    for name, page in site.pages.items():
        ids = [one["id"] for one in page.has("id")]
        for link in map(urlsplit, site.links(name)):
            assert link[:2] == ("", "")
            assert (site.folder / (unquote(link.path) or name)).is_file()
            assert not link.fragment or ids.count(link.fragment) == 1


def test_the_report_leads_to_them_and_they_to_the_report(site):
    (address,) = re.findall('href="([^"#][^"]*)"', site.report.read_text())
    assert (site.report.parent / unquote(address)) == site.folder / "people.html"
    assert all("../album%20%231.html" in site.links(name) for name in site.pages)


def test_there_is_nothing_to_press_and_no_script_can_run(site):
    for page in site.pages.values():
        assert not page.tags & SENDS
        assert not page.has("style")
        (policy,) = page.all("meta", http_equiv="Content-Security-Policy")
        assert policy["content"].startswith("default-src 'none'; ")
        assert "script-src" not in policy["content"]
        assert "unsafe" not in policy["content"]
        assert not re.search(r"\s(on\w+|hx-[\w-]+)=", page.html)


def test_each_has_one_first_heading_and_its_tab(site):
    for name, page in site.pages.items():
        assert len(page.all("h1")) == 1, name
    lit = {name: [one["href"] for one in site[name].all("a", aria_current="page")] for name in SCREENS}
    assert lit == {name: [f"{'groups' if name == 'alone' else name}.html"] for name in SCREENS}


def test_nothing_tells_where_they_were_made(site):
    for path in site.folder.rglob("*.html"):
        assert "/photos" not in path.read_text()
        assert str(site.report.parent) not in path.read_text()
    assert str(site.report.parent) not in (site.folder / "contents.json").read_text()


def test_only_their_owner_may_look_at_them(site):
    for path in (site.folder, *site.folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_they_say_what_they_show(site):
    for page in site.pages.values():
        assert "This page shows run 1 and 2 decisions." in page.text


def test_every_face_of_a_person_and_a_group_is_on_its_page(site):
    assert len(site[f"person-{ANNA}"].has("data-face")) == 9
    assert len(site["cluster-0"].has("data-face")) == 11
    assert len(site["people"].has("data-unit")) == 2
    assert len(site["ignored"].has("data-unit")) == 1


def test_questions_stand_one_below_the_other(site):
    for screen in ASKED:
        counts = [one["data-key"] for one in site[screen].has("data-key")]
        assert len(counts) == len(set(counts)) == int(re.search(rf'data-open="{screen}">(\d+)', site[screen].html)[1])


def content(folder):
    return {path.relative_to(folder): hashlib.sha256(path.read_bytes()).digest() for path in folder.rglob("*.*")}


def test_the_same_people_give_the_same_pages(tmp_path):
    library = people_library(tmp_path)
    named(library, ANNA, "Anna", "a1")
    once = content(write_pages(library, tmp_path / "report.html"))
    assert content(write_pages(library, tmp_path / "report.html")) == once
    named(library, ANNA, "Anna", "a2")
    assert content(write_pages(library, tmp_path / "report.html")) != once


def test_nobody_is_known_and_nothing_is_grouped_beyond_that(tmp_path):
    site = Site(people_library(tmp_path), tmp_path / "report.html")
    assert "Nobody is known yet" in site["people"].text
    assert "Nothing was decided yet" in site["history"].text
    assert "Nobody is ignored" in site["ignored"].text
    assert "No photo failed" in site["failed"].text
    assert "Nothing is left to look through" in site["more"].text
    assert site.reached() == site.files - {"contents.json"}


def test_faces_that_are_not_grouped_have_none(tmp_path):
    with pytest.raises(LibraryError, match="not grouped yet"):
        write_pages(small_library(tmp_path, clusters=None), tmp_path / "report.html")
    assert not (tmp_path / "report-pages").exists()


def test_photos_that_failed_are_listed(tmp_path):
    assert "broken.jpg" in Site(small_library(tmp_path), tmp_path / "report.html")["failed"].text


@pytest.fixture
def few(monkeypatch):
    """Caps that a library of ten faces reaches."""
    monkeypatch.setattr(static_pages, "MAX_UNITS", 1)
    monkeypatch.setattr(static_screens, "FACES_OF_OTHERS", 0)
    monkeypatch.setattr(static_screens, "FACES_ALONE", 0)
    monkeypatch.setattr(static_screens, "DECISIONS", 1)


@pytest.mark.usefixtures("few")
def test_what_is_left_out_is_said_and_every_link_leads_somewhere(tmp_path):
    library = people_library(tmp_path)
    named(library, ANNA, "Anna", "a1")
    named(library, ANNA, "Anna", "a2")
    site = Site(library, tmp_path / "report.html")
    assert [name for name in site.pages if "-" in name] == [f"person-{ANNA}.html"]
    assert "cluster-0.html" not in site.links("groups.html")
    assert "groups.html" in [one["href"] for one in site["groups"].all("a")]
    assert "2 more are not shown here" in site["alone"].text
    assert "Earlier decisions are not shown here" in site["history"].text
    assert site.reached() == site.files - {"contents.json"}


@pytest.mark.parametrize("names", [ALLOWED[::2], ALLOWED[1::2]], ids=["even", "odd"])
def test_hostile_names_are_text(names, tmp_path):
    library = people_library(tmp_path)
    people = [f"{number:012x}" for number in range(len(names))]
    faces = list(FACE.values())[: len(names)]
    told(library, *(Name(id_, (face,), f"Plain {id_}") for id_, face in zip(people, faces, strict=True)))
    plain = Site(library, tmp_path / "report.html")
    names = [unicodedata.normalize("NFC", name) for name in names]
    told(library, *(Rename(id_, name) for id_, name in zip(people, names, strict=True)))
    site = Site(library, tmp_path / "report.html")
    assert site.pages.keys() == plain.pages.keys()
    for name, page in site.pages.items():
        if name != "history.html":  # there is one decision more
            assert [one.tag for one in page.elements] == [one.tag for one in plain.pages[name].elements]
    for id_, name in zip(people, names, strict=True):
        assert " ".join(name.split()) in site[f"person-{id_}"].text


@pytest.mark.parametrize("id_", ["../../up", "a/b", "A" * 100, "#x?y"])
def test_an_id_that_was_imported_leads_nowhere_else(id_, tmp_path):
    library = people_library(tmp_path)
    told(library, Name(id_, (FACE["a1"],), "Anna"))
    site = Site(library, tmp_path / "report.html")
    (page,) = (name for name in site.pages if name.startswith("person-"))
    assert page in site.reached()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["library", "report-pages", "report.html"]
