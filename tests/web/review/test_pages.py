import contextlib
import re
from typing import NamedTuple

import pytest
from jinja2 import UndefinedError
from starlette.requests import Request

from facecluster.pipeline.review.asking import MORE, NAME, SAME, Asking
from facecluster.pipeline.review.live import Live
from facecluster.web.review.links import on_server
from facecluster.web.review.pages import CSRF, Pages, Shell, open_questions, whole_page
from facecluster.web.review.statics import statics
from tests.pipeline.people_library import people_library
from tests.web.review.stage import PROGRESS

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x>',
    "{{ 7 * 7 }}",
    "a\u202eb",
    "nul\x00",
    "zero\u200bwidth",
    "\ud800",
]
CONTENT = """{% extends "review/base.html.j2" %}
{% block title %}{{ name }}{% endblock %}
{% block content %}<h1>{{ name }}</h1>{% endblock %}"""
SHELL = Shell("people", "1-2-3-4-5", "the-library", {"name": 1234, "same": 0, "more": 7}, "the-token")


class Seen:
    """Which static files a page asks for."""

    def __init__(self):
        self.names = []

    def __call__(self, name):
        self.names.append(name)
        return f"/static/{name}"


def made(editable=True, asset=str, shell=SHELL, name="Ada"):
    pages = Pages({"editable": editable, "to": on_server, "asset": asset})
    return pages._environment.from_string(CONTENT).render(shell=shell, progress=PROGRESS, name=name)


@pytest.fixture
def pages():
    return Pages({"editable": True, "to": on_server, "asset": statics().address})


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_text_that_can_be_read(name):
    html = made(name=name)
    shown = re.search("<h1>(.*?)</h1>", html, re.DOTALL)[1]
    assert "<" not in shown
    assert shown.isprintable() or "\u200b" in shown
    assert html.encode()  # no lone surrogate is left


def test_every_template_of_the_review_can_be_read(pages):
    names = [name for name in pages._environment.list_templates() if name.startswith("review/")]
    assert len(names) > 20
    for name in names:
        pages._environment.get_template(name)


def test_what_a_template_needs_and_does_not_get_is_an_error(pages):
    with pytest.raises(UndefinedError, match="title"):
        pages.render("locked", sentence="No.")


def test_the_shell_carries_what_scripts_need():
    html = made()
    assert '<html lang="en" data-state="1-2-3-4-5" data-library="the-library">' in html
    assert '<meta name="csrf" content="the-token">' in html
    assert "<title>Ada · facecluster</title>" in html
    assert html.count("<h1") == 1


def test_one_tab_is_lit():
    assert re.findall(r'href="([^"]+)" aria-current="page"', made()) == ["/people"]
    assert "aria-current" not in made(shell=SHELL._replace(screen=""))


def test_tabs_tell_how_many_questions_are_open():
    html = made()
    assert re.findall(r'data-open="(\w+)">([^<]+)<', html) == [("name", "1,234"), ("same", "0"), ("more", "7")]
    assert "data-open" not in made(shell=SHELL._replace(open={}))


def test_every_file_that_a_page_asks_for_ships():
    seen = Seen()
    made(asset=seen)
    assert len(seen.names) > 5
    assert set(seen.names) <= set(statics().contents)


def test_scripts_import_what_ships():
    files = statics().contents
    imported = {name for text in files.values() for name in re.findall(rb'(?:import|from) "\./([\w.-]+)"', text)}
    assert len(imported) > 8
    assert {name.decode() for name in imported} <= set(files)


def test_nothing_is_inline():
    html = made()
    assert not re.search(r"<style|\sstyle=|\son\w+=", html)
    assert re.findall(r"<script([^>]*)>", html) == re.findall(r"<script([^>]*)></script>", html)


def test_a_page_without_a_server_has_nothing_to_press():
    html = made(editable=False, shell=SHELL._replace(csrf=""))
    assert not re.search("<script|<button|<input|<dialog|<form|csrf|hx-", html)
    assert "<h1>Ada</h1>" in html


class Opened(NamedTuple):
    """What a whole page needs of a review."""

    library: object
    asking: object
    pages: Pages


@pytest.fixture
def opened(tmp_path, pages):
    library = people_library(tmp_path)
    with contextlib.closing(Asking(Live(library))) as asking:
        yield Opened(library, asking, pages)


def test_a_whole_page_is_of_its_moment_and_its_login(opened):
    moment = Live(opened.library).now()
    request = Request({"type": "http", "headers": [], CSRF: "of-this-login"})
    html = whole_page(opened, request, moment, "base", "failed").body.decode()
    assert f'data-state="{moment.state}" data-library="{opened.library.identity.id}"' in html
    assert '<meta name="csrf" content="of-this-login">' in html
    assert re.findall(r'href="([^"]+)" aria-current="page"', html) == ["/failed"]
    assert f"of {len(moment.people.faces)} faces" in html


def test_open_questions_are_counted_by_screen(opened):
    remaining = {"name": NAME, "same": SAME, "more": MORE}
    assert open_questions(opened) == {screen: opened.asking.remaining(kinds) for screen, kinds in remaining.items()}
