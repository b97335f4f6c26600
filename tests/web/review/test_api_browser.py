"""Answers that must not be lost, and what undoes them, in a real browser on a server that comes and goes."""

from tests.web.review.seen import DECIDE, all_saved, banner, begin, names_of, naming, no_banner, toast
from tests.web.review.stage import answer_lost, refusal


def test_an_answer_is_decided_once_and_said(tabs, stage):
    page = tabs.page("/")
    assert page.evaluate(DECIDE, naming("Ada")) == "Said Ada"
    toast(page, "Said Ada")
    assert names_of(stage.heard) == ["Ada"]


def test_many_at_once_arrive_in_order(tabs, stage):
    page = tabs.page("/")
    names = [f"Name {number}" for number in range(30)]
    begin(page, *names)
    toast(page, "Said Name 29")
    assert names_of(stage.heard) == names


def test_what_is_decided_while_the_server_is_away_is_saved_when_it_is_back(tabs, stage, server):
    page = tabs.page("/")
    server.stop()
    begin(page, "Ada", "Bo")
    banner(page, "Not saved yet: 2 answers wait.")
    server.start()
    toast(page, "Said Bo")
    no_banner(page)
    assert names_of(stage.decided) == ["Ada", "Bo"]


def test_an_answer_that_got_lost_is_asked_for_again_under_the_same_id(tabs, stage):
    stage.answers = [answer_lost]
    page = tabs.page("/")
    assert page.evaluate(DECIDE, naming("Ada")) == "Said Ada"
    assert names_of(stage.heard) == ["Ada", "Ada"]
    assert names_of(stage.decided) == ["Ada"]


def test_a_page_that_is_loaded_again_goes_on_sending(tabs, stage, server):
    page = tabs.page("/")
    stage.answers = [refusal(503, "The disk is full.")] * 3
    begin(page, "Ada")
    banner(page, "The disk is full.")
    page.on("dialog", lambda dialog: dialog.accept())  # "leave this page?"
    stage.answers = []
    page.reload(wait_until="domcontentloaded")
    all_saved(page)
    assert names_of(stage.decided) == ["Ada"]


def test_another_tab_sends_what_a_closed_one_left(tabs, stage, server):
    first, second = tabs.page("/"), tabs.page("/")
    server.stop()
    begin(first, "Ada")
    banner(first, "1 answer waits")
    first.close()
    server.start()
    no_banner(second)
    all_saved(second)
    assert names_of(stage.decided) == ["Ada"]


def test_two_tabs_at_once_lose_nothing_and_send_nothing_twice(tabs, stage):
    pages = tabs.page("/"), tabs.page("/")
    for page, mark in zip(pages, "ab", strict=True):
        begin(page, *(f"{mark}{number}" for number in range(15)))
    for page, mark in zip(pages, "ab", strict=True):
        toast(page, f"Said {mark}14")
    assert sorted(names_of(stage.heard)) == sorted(f"{mark}{number}" for mark in "ab" for number in range(15))


def test_who_is_logged_out_is_told_and_loses_nothing(tabs, stage):
    stage.answers = [refusal(401, "Log in")] * 2
    page = tabs.page("/")
    begin(page, "Ada")
    banner(page, "You are logged out")
    assert page.get_by_role("link", name="How to log in").get_attribute("target") == "_blank"
    toast(page, "Said Ada")
    no_banner(page)


def test_after_a_new_login_the_old_page_takes_the_new_token(tabs, stage):
    page = tabs.page("/")
    stage.csrf = "another"
    assert page.evaluate(DECIDE, naming("Ada")) == "Said Ada"


def test_what_the_server_refuses_is_said_and_not_sent_again(tabs, stage):
    page = tabs.page("/")
    stage.answers = [refusal(409, "The list is from before a new run.", stale=True), refusal(400, "No such name.")]
    assert page.evaluate(DECIDE, naming("Ada")) == "Refused: The list is from before a new run. (stale)"
    assert page.evaluate(DECIDE, naming("Bo")) == "Refused: No such name."
    toast(page, "No such name.")
    assert page.evaluate(DECIDE, naming("Cy")) == "Said Cy"
    assert names_of(stage.decided) == ["Cy"]


def test_without_storage_the_page_itself_keeps_the_answer(tabs, stage):
    page = tabs.page("/")
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') } }"
    )
    assert page.evaluate(DECIDE, naming("Ada")) == "Said Ada"


def test_z_undoes_one_decision_after_the_other(tabs, stage):
    page = tabs.page("/")
    for name in ("Ada", "Bo"):
        page.evaluate(DECIDE, naming(name))
    page.keyboard.press("z")
    page.keyboard.press("z")
    page.keyboard.press("z")
    toast(page, "Nothing left to undo from this tab.")
    all_saved(page)
    ids = [asked["id"] for asked in stage.decided[:2]]
    assert [asked["say"] for asked in stage.decided[2:]] == [{"kind": "undo", "decision": one} for one in ids[::-1]]


def test_what_was_decided_before_the_page_was_loaded_again_can_be_undone(tabs, stage):
    page = tabs.page("/")
    page.evaluate(DECIDE, naming("Ada"))
    page.reload(wait_until="domcontentloaded")
    page.get_by_role("button", name="Undo").click()
    toast(page, "Undone: Said Ada")
    assert stage.decided[1]["say"]["decision"] == stage.decided[0]["id"]


def test_the_toast_of_a_decision_undoes_that_one(tabs, stage):
    page = tabs.page("/")
    for name in ("Ada", "Bo"):
        page.evaluate(DECIDE, naming(name))
    page.locator(".toast", has_text="Said Ada").get_by_role("button", name="Undo").press("Enter")
    toast(page, "Undone: Said Ada")
    assert page.locator(".toast", has_text="Undo").count() == 2
    page.keyboard.press("z")
    toast(page, "Undone: Said Bo")
    undone = [asked["say"]["decision"] for asked in stage.decided[2:]]
    assert undone == [stage.decided[0]["id"], stage.decided[1]["id"]]


def test_a_refused_decision_is_none_to_undo(tabs, stage):
    page = tabs.page("/")
    stage.answers = [refusal(400, "No.")]
    page.evaluate(DECIDE, naming("Ada"))
    page.keyboard.press("z")
    toast(page, "Nothing left to undo from this tab.")
    assert stage.decided == []
