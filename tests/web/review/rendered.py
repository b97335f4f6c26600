"""Templates of the review filled in, taken apart; every element that is opened is closed, in its turn."""

from html.parser import HTMLParser
from typing import NamedTuple

from facecluster.web.review.links import on_server
from facecluster.web.review.pages import Pages

VOID = {"img", "input", "meta", "link", "br"}
SENDS = {"button", "input", "form", "script", "select", "textarea", "who-box", "dialog"}
"""Elements that a page without a server has no use for."""


class Element(NamedTuple):
    tag: str
    attributes: dict


class Fragment(HTMLParser):
    """A piece of a page."""

    def __init__(self, html):
        super().__init__()
        self.html, self.elements, self._open, self._text = html, [], [], []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs):
        self.elements.append(Element(tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self._text.append(data)

    @property
    def text(self):
        """What a reader sees, with single blanks."""
        return " ".join("".join(self._text).split())

    def all(self, tag=None, **attributes):
        """The attributes of the elements of a kind; `data_face=...` stands for data-face."""
        wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
        return [
            one.attributes
            for one in self.elements
            if (tag is None or one.tag == tag) and all(one.attributes.get(name, ...) == wanted[name] for name in wanted)
        ]

    def has(self, attribute):
        """The elements that have an attribute."""
        return [one.attributes for one in self.elements if attribute in one.attributes]

    @property
    def tags(self):
        return {one.tag for one in self.elements}


def rendered(template, *, editable=True, **context):
    """A template of the review, filled in."""
    pages = Pages({"editable": editable, "to": on_server, "asset": str})
    return Fragment(pages.render(template, **context))
