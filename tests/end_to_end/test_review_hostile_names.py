"""A hundred names that try to be something else, on every screen of the review: text, and nothing breaks."""

import unicodedata

import pyarrow as pa
import pytest

from facecluster.people.statements import Ignore, Merge, Name
from facecluster.schemas import NAMES as NAMES_TABLE
from tests.end_to_end.review_browser import card, reviewing, toast
from tests.pipeline.asked_library import tell
from tests.pipeline.made_up_library import in_clusters
from tests.pipeline.people_library import BY_THE_MODEL
from tests.web.review.test_hostile_names import TEXT

MORE = [
    "<style>*{display:none}</style>",
    "</script><script>document.title='taken'</script>",
    "<a href='javascript:alert(1)'>Anna</a>",
    "</bdi></h1><form action=/decide>",
    "' autofocus onfocus='alert(1)",
    "<iframe srcdoc='<b>'></iframe>",
    "مريم 123 (أنا) <b>",
    "W" * 200,
    "👨‍👩‍👧" * 30,
]
NAMES = list(dict.fromkeys(unicodedata.normalize("NFC", name) for name in [*TEXT, *MORE]))
LEFT = 6
"""Faces that nobody has named: a group of three, and three that may be somebody's whom the machine names."""

WIDE, NARROW = 1280, 320
"""px of a desk's window, and of the narrowest that must do (WCAG 1.4.10)."""

INTRUDERS = """() => [...document.querySelectorAll("*")].filter((one) =>
  one.closest("bdi") && one.localName !== "bdi" ||
  one.matches("iframe, style, object, form:not([method=dialog], [data-does], .find)") ||
  [...one.attributes].some(({ name }) => /^on/.test(name)) ||
  /^\\s*(javascript|data):/i.test(one.getAttribute("href") ?? one.getAttribute("src"))
).map((one) => one.outerHTML)"""
"""Elements that no template of ours makes: within a name, such that load things, those with scripts in attributes."""


def person_id(place):
    return f"{place + 1:012x}"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The library, with a person of each name, and one face of them each."""
    assert len(NAMES) >= 100
    people = len(NAMES)
    clusters = [*range(people), *[people] * 3, *[people + 1] * 3]
    library, ids = in_clusters(tmp_path_factory.mktemp("hostile"), [1] * people + [LEFT], clusters)
    for place, name in enumerate(NAMES):
        tell(library, Name(person_id(place), (ids[place],), name))
    perhaps = [(face, person_id(0), 0.7, False) for face in ids[-3:]]
    table = pa.Table.from_pylist([dict(zip(NAMES_TABLE.names, row, strict=True)) for row in perhaps], NAMES_TABLE)
    # They know of all decisions, so that the review does not make others.
    library.add_names(table, {"run": 1, "journal": people, **BY_THE_MODEL})
    return library


@pytest.fixture
def reviewer(browser, library, facecluster):
    with reviewing(browser, library.folder, facecluster) as reviewer:
        yield reviewer


def looked_at(page):
    """A page on which nothing of a name has come to life, wide and narrow."""
    page.on("dialog", lambda dialog: pytest.fail(f"a name opened a dialog: {dialog.message}"))
    assert page.evaluate(INTRUDERS) == []
    assert page.title().endswith("· facecluster")
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [width, width]
    return page


def test_on_every_screen_they_are_text(reviewer, library):
    people = looked_at(reviewer.tab("/people"))
    assert sorted(people.locator(".called bdi").all_text_contents()) == sorted(NAMES)

    history = looked_at(reviewer.tab("/history"))
    said = history.locator(".event .said > p:first-child").all_text_contents()
    assert [name in line for name, line in zip(NAMES[::-1], said, strict=False)] == [True] * len(said)
    assert len(said) >= 100

    for place in sorted({0, *range(0, len(NAMES), 12), *(NAMES.index(name) for name in MORE)}):
        people.goto(f"{reviewer.process.address}/people/{person_id(place)}", wait_until="domcontentloaded")
        looked_at(people)
        assert people.locator("h1 bdi").text_content() == NAMES[place]

    for screen in ("name", "same", "more", "groups", "failed"):
        looked_at(reviewer.tab(f"/{screen}"))


def test_what_is_typed_is_offered_as_text_or_refused_with_a_sentence(reviewer):
    page = reviewer.tab("/name")
    key = card(page)
    box = page.locator(".panel who-box")
    for name in (NAMES[0], NAMES[2], *MORE[:6]):
        box.locator("input").fill(name)
        box.locator("[role=option] bdi", has_text=name).first.wait_for()
        looked_at(page)
    for name in ("\u202eannA", "An\u200bna", "An\u2066na\u2069"):
        box.locator("input").fill(name)
        box.locator("[role=option][aria-disabled=true]", has_text="type it anew").wait_for()
        page.keyboard.press("Enter")
        assert page.locator(".question").get_attribute("data-key") == key
    before = len(reviewer.journal())
    box.locator("input").fill("<b>Bold</b>")
    box.locator("[data-new]").click()
    toast(page, "named 3 faces <b>Bold</b>")
    looked_at(page)
    assert len(reviewer.journal()) == before + 1
    assert reviewer.people()["<b>Bold</b>"] == 3


def test_merged_and_ignored_they_are_text_too(reviewer, library):
    page = reviewer.tab("/people")
    one, other = person_id(NAMES.index(MORE[1])), person_id(NAMES.index(MORE[2]))
    tell(library, Merge(one, (other,)))
    page.locator(f"[data-unit='person-{other}'] .became", has_text="one with").wait_for()
    assert page.locator(f"[data-unit='person-{other}'] .became").text_content() == f"one with {MORE[1]}"
    looked_at(page)
    tell(library, *(Ignore(person_id(place), ()) for place in range(len(NAMES)) if person_id(place) != other))
    ignored = looked_at(reviewer.tab("/ignored"))
    assert sorted(ignored.locator(".called bdi").all_text_contents()) == sorted(set(NAMES) - {MORE[2]})
