"""The server is killed, what it says gets lost, a login ends, while answers are on their way: each is decided once."""

import pytest

from tests.end_to_end.review_browser import all_saved, banner, card, no_banner
from tests.web.review.seen import AWAY, REFUSED

DECIDE_ALL = """(faces) => {
  const page = document.querySelector('script[src*="/page"]').src;
  return import(page.replace("/page", "/api")).then(({ decide }) => {
    for (const [place, face] of faces.entries())
      decide({ kind: "name", faces: { faces: [face] }, who: { new: `Person ${place}` }, but: [] });
  });
}"""
"""Begins to name each of some faces, as the page does it, without waiting for any answer."""


@pytest.fixture
def reviewer(review, demo_library):
    return review(demo_library, may_say=(*AWAY, *REFUSED))


def decided_once(reviewer, page, before):
    """The answer to a card has arrived, the next one is there, and all is as if nothing had happened."""
    after = card(page, before)
    all_saved(page)
    no_banner(page)
    (decision,) = reviewer.journal()
    assert reviewer.kinds() == ["Ignore"]
    assert len(decision.id) == 16
    page.keyboard.press("i")
    card(page, after)
    assert len(reviewer.journal()) == 2


def test_a_server_that_is_killed_before_it_decides(reviewer):
    page = reviewer.tab("/name")
    before = card(page)
    reviewer.process.freeze()
    with page.expect_request("**/decide"):
        page.keyboard.press("i")
    reviewer.process.kill()
    banner(page, "Not saved yet: 1 answer waits. facecluster does not answer. Is it still running? Trying again...")
    assert reviewer.journal() == []
    reviewer.process.start()
    decided_once(reviewer, page, before)


def test_a_server_that_is_killed_when_it_has_decided(reviewer):
    page = reviewer.tab("/name")
    before = card(page)

    def lose(route):
        assert route.fetch().status == 200
        reviewer.process.kill()
        route.abort("connectionreset")

    page.route("**/decide", lose, times=1)
    page.keyboard.press("i")
    banner(page, "Not saved yet: 1 answer waits.")
    assert len(reviewer.journal()) == 1
    reviewer.process.start()
    decided_once(reviewer, page, before)


def test_a_login_that_has_ended(reviewer):
    page = reviewer.tab("/name")
    before = card(page)
    (reviewer.folder / "review" / "key").unlink()
    page.keyboard.press("i")
    banner(page, "Not saved yet: 1 answer waits. You are logged out. Log in again in another tab")
    assert page.get_by_role("link", name="How to log in").is_visible()
    assert reviewer.journal() == []
    reviewer.tabs.page(reviewer.process.another_link()).wait_for_url("**/name*", wait_until="domcontentloaded")
    page.bring_to_front()
    decided_once(reviewer, page, before)


def test_a_page_that_is_closed_with_its_answer_unsaved(reviewer):
    page = reviewer.tab("/name")
    card(page)
    reviewer.process.kill()
    page.keyboard.press("i")
    banner(page, "Not saved yet: 1 answer waits.")
    page.close(run_before_unload=False)
    reviewer.process.start()
    later = reviewer.tab("/history")
    all_saved(later)
    assert reviewer.kinds() == ["Ignore"]
    assert len(reviewer.journal()) == 1
    later.reload(wait_until="domcontentloaded")
    later.locator("[data-number='1']", has_text="ignored 4 faces").wait_for()


def test_many_answers_and_a_server_that_is_killed_again_and_again(reviewer):
    rows = reviewer.tab("/groups")
    page = reviewer.tab("/people")
    faces = sorted(
        face
        for cluster in rows.locator("[data-unit]").evaluate_all("all => all.map(one => one.dataset.unit.slice(8))")
        for face in faces_of(reviewer, cluster)
    )
    page.evaluate(DECIDE_ALL, faces)
    for least in (2, 5, 8):
        page.wait_for_function(
            """most => Object.keys(localStorage).filter((key) => key.includes("outbox")).length <= most""",
            arg=len(faces) - least,
        )
        reviewer.process.kill()
        reviewer.process.start()
    all_saved(page)
    assert [one.statements[0].faces for one in reviewer.journal()] == [(face,) for face in faces]
    assert len({one.id for one in reviewer.journal()}) == len(faces) == 13
    assert reviewer.people() == {f"Person {place}": 1 for place in range(13)}


def faces_of(reviewer, cluster):
    page = reviewer.tab(f"/groups/{cluster}")
    faces = page.locator("[data-face]").evaluate_all("all => all.map(one => one.dataset.face)")
    page.close()
    return faces
