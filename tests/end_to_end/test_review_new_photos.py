"""A run while the review is open, and an archive that goes away or changes under it."""

import os
import shutil
import subprocess
import sys

import pytest
from PIL import Image, ImageEnhance

from facecluster.store.library import open_library
from tests.end_to_end.command import PATIENCE_SECONDS
from tests.end_to_end.review_browser import all_saved, card, toast
from tests.web.review.seen import REFUSED

MAIN = [sys.executable, "-c", "from facecluster.cli.main import main; main()"]
HAS_PICTURE = "one => one.complete && one.naturalWidth > 0"


@pytest.fixture
def archive(demo_album, tmp_path):
    """A copy of the demo album, to change."""
    return shutil.copytree(demo_album, tmp_path / "archive")


@pytest.fixture
def reviewer(review, demo_library, archive, facecluster, tmp_path):
    """Somebody who reviews a library of that copy."""
    library = shutil.copytree(demo_library, tmp_path / "of-copy")
    ended = facecluster("index", archive, "--library", library, "--moved")
    assert ended.code == 0, ended.err
    return review(library, may_say=REFUSED)


def pictures(page):
    """Waits until every face that is shown has its picture."""
    page.wait_for_function(f"() => [...document.querySelectorAll('main .face img')].every({HAS_PICTURE})")


def test_a_run_that_adds_photos_while_names_are_given(reviewer, archive):
    name, groups = reviewer.tab("/name"), reviewer.tab("/groups")
    for place in (2, 3):
        groups.locator(f"[data-place='{place}']").hover()
        groups.locator(f"[data-place='{place}'] .check").click()
    for photo in sorted(archive.glob("obama*.jpg")):
        with Image.open(photo) as picture:
            ImageEnhance.Brightness(picture.convert("RGB")).enhance(0.8).save(archive / f"dim-{photo.name}")
    command = [*MAIN, "run", str(archive), "--library", str(reviewer.folder)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
        # Meanwhile the page decides as ever.
        name.bring_to_front()
        first = card(name)
        name.keyboard.press("Enter")
        name.keyboard.type("Ada")
        name.locator("[data-new][aria-selected=true]").wait_for()
        name.keyboard.press("Enter")
        second = card(name, first)
        assert reviewer.people() == {"Ada": 4}
        _, said = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 0, said
    assert len(open_library(reviewer.folder).run_numbers()) == 2

    # A card of the run before means the faces that it shows.
    faces = set(name.locator(".ticks input").evaluate_all("all => all.map((one) => one.dataset.face)"))
    name.wait_for_function("() => document.documentElement.dataset.state.split('-')[1] === '2'")
    assert name.locator(".question").get_attribute("data-key") == second
    name.keyboard.press("i")
    card(name, second)
    (ignored,) = reviewer.said()
    assert faces <= set(ignored.faces)

    # What was chosen in a list of the run before is refused with a sentence: its places may be of others now.
    groups.bring_to_front()
    before = len(reviewer.journal())
    groups.locator("[data-does=ignoreGroups]").click()
    toast(groups, "The list is from before a new run: load it again, and select again. Nothing was changed.")
    all_saved(groups)
    assert len(reviewer.journal()) == before
    groups.reload(wait_until="domcontentloaded")
    groups.locator("[data-place='0']").hover()
    groups.locator("[data-place='0'] .check").click()
    groups.locator("[data-does=ignoreGroups]").click()
    groups.locator("[data-place='0'] .became", has_text="ignored").wait_for()
    assert len(reviewer.journal()) == before + 1
    assert reviewer.people() == {"Ada": 4}


def photo_of(page, place):
    """The dialog with the photo of a face of the card."""
    page.locator(".ticks .tile").nth(place).hover()
    page.locator(".ticks .look").nth(place).click()
    return page.locator("#photo:modal")


def test_an_archive_that_goes_away_and_comes_back_changed(reviewer, archive):
    page = reviewer.tab("/name")
    photo = photo_of(page, 0)
    page.wait_for_function(f"() => [...document.querySelectorAll('#photo .picture img')].some({HAS_PICTURE})")
    shown = photo.locator(".where bdi").inner_text()
    assert (archive / shown).is_file()
    assert str(archive) not in page.content()
    page.keyboard.press("Escape")

    away = archive.rename(archive.with_name("away"))
    page.reload(wait_until="domcontentloaded")
    pictures(page)
    photo = photo_of(page, 1)  # the other picture may have been kept
    photo.locator(".banner", has_text="The archive is not there now").wait_for()
    pictures(page)
    page.keyboard.press("Escape")
    key = page.locator(".question").get_attribute("data-key")
    page.keyboard.press("i")  # what was found can be decided on without its photos
    card(page, key)
    page.keyboard.press("z")
    page.wait_for_function("key => document.querySelector('.question').dataset.key === key", arg=key)

    away.rename(archive)
    for file in archive.iterdir():
        with file.open("ab") as photo:
            photo.write(b"changed")
    photo = photo_of(page, 2)
    photo.locator(".banner", has_text="The file has changed since it was indexed").wait_for()
    assert photo.locator(".picture").count() == 0
    pictures(page)
    assert len(reviewer.journal()) == 2
