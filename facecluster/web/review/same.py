"""The screen Same person?: are these two one?"""

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

if TYPE_CHECKING:
    from facecluster.web.review.app import Review


def routes(review: "Review") -> list[BaseRoute]:  # noqa: ARG001
    """The routes of this screen."""
    return []
