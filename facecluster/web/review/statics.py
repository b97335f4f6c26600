"""Scripts, styles and the library htmx, as they ship with the package."""

import hashlib
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
"""Content types by suffix, not by the machine's own table; what has no such suffix is not served."""

FOREVER = "public, max-age=31536000, immutable"


class Statics(NamedTuple):
    """The files, by name, under an address that changes with any of them."""

    digest: str
    contents: dict[str, bytes]

    def address(self, name: str) -> str:
        """Where a file is on the server; templates call it `asset`."""
        return f"/static/{self.digest}/{name}"


@cache
def statics() -> Statics:
    """All files that ship."""
    folder = files("facecluster.web") / "static"
    contents = {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if suffix_of(path.name) in TYPES
    }
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return Statics(digest.hexdigest()[:16], contents)


def suffix_of(name: str) -> str:
    """`.js` of `api.js`."""
    return f".{name.rpartition('.')[2]}"


def routes(review: "Review") -> list[BaseRoute]:  # noqa: ARG001
    """Where pages find them."""
    shipped = statics()

    def send(request: Request) -> Response:
        name = request.path_params["name"]
        # Scripts import each other by name, so a page of an older server asks for its own files, and must not get ours.
        if request.path_params["digest"] != shipped.digest or name not in shipped.contents:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return Response(shipped.contents[name], media_type=TYPES[suffix_of(name)], headers={"cache-control": FOREVER})

    return [Route("/static/{digest}/{name}", send)]
