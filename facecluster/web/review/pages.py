"""Contexts -> HTML, of the page that a server serves and of the same screens without one."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from facecluster.web.wording import counted, moment_in_words, printable


class Pages:
    """Renders the templates of the review."""

    def __init__(self, shared: Mapping[str, Any]) -> None:
        """`shared` is known to every template: `editable`, and `to`, which makes links."""
        self._environment = Environment(
            loader=PackageLoader("facecluster.web"),
            autoescape=True,
            finalize=_finalized,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"counted": counted, "moment": moment_in_words}
        self._environment.globals |= shared

    def render(self, template: str, **context: Any) -> str:
        """The template `review/<template>.html.j2` filled in."""
        return self._environment.get_template(f"review/{template}.html.j2").render(**context)


def _finalized(value: object) -> object:
    """What an expression puts on the page: text from outside is made printable before it is escaped."""
    return value if isinstance(value, Markup) else printable(str(value))
