"""What others do while one looks, and parts of a page that could not be had, in a real browser."""

from tests.web.review.seen import DECIDE, banner, naming, no_banner, toast


def test_what_others_decide_is_told_and_what_this_page_decides_is_not(tabs, stage):
    page = tabs.page("/")
    page.evaluate("document.addEventListener('library-changed', ({detail}) => (window.changed = detail))")
    page.evaluate(DECIDE, naming("Ada"))
    page.wait_for_function("() => document.documentElement.dataset.state === '1-1-0-0-1'")
    assert page.locator(".toast").all_text_contents() == ["Said AdaUndo\u00d7"]
    stage.news = [{"decision": "x", "number": 2, "who": "Ann", "said": "named 12 faces Ada"}]
    toast(page, "Ann named 12 faces Ada (elsewhere)")
    assert page.evaluate("window.changed.state") == "1-1-0-0-2"
    assert page.locator("#progress").text_content().strip() == "Progress"
    assert page.locator("[data-open=name]").text_content() == "1,233"


def test_a_server_that_is_away_is_said_and_that_it_is_back(tabs, server):
    page = tabs.page("/")
    page.evaluate("document.addEventListener('server-back', () => (window.isBack = true))")
    server.stop()
    banner(page, "facecluster does not answer")
    server.start()
    no_banner(page)
    page.wait_for_function("() => window.isBack")


def test_a_window_that_could_not_be_had_is_asked_for_again(tabs, server, stage):
    page = tabs.page("/", width=1280, height=900)
    server.stop()
    page.locator("[data-first='840']").scroll_into_view_if_needed()
    banner(page, "facecluster does not answer")
    server.start()
    page.locator("[data-place='850']").wait_for()


def test_a_picture_that_is_gone_lets_its_part_be_asked_for_again_once(tabs, stage):
    page = tabs.page("/")
    page.evaluate(
        """() => { const part = document.createElement('div');
        Object.assign(part, {id: 'part', innerHTML: '<img src="/gone.jpg" alt="">'});
        part.dataset.fragment = '/fragment'; document.querySelector('main').append(part); }"""
    )
    page.locator("#part", has_text="fresh 1").wait_for()
    page.evaluate("document.querySelector('#part').innerHTML = '<img src=\"/gone.jpg\" alt=\"\">'")
    page.wait_for_function("() => document.querySelector('#part img').complete")
    assert stage.fragments == 1
