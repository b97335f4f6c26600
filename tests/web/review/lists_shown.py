"""What tests of the screens that are lists share: a library that is open, and what a list of it shows."""

from facecluster.pipeline.review.live import Live
from tests.pipeline.people_library import SHORT


class Opened:
    """The library of ten faces, as somebody has it open."""

    def __init__(self, library):
        self.library, self.live = library, Live(library)

    @property
    def now(self):
        return self.live.now()


def short(ids):
    """The short names of faces."""
    return [SHORT[id_] for id_ in ids]


def items_of(shown):
    """The items that come with a page, in their order."""
    return [item for section in shown.sections for window in section.windows for item in window.items or ()]


def marked(items):
    """The marks of items, by place."""
    return {item.place: item.mark for item in items if item.mark is not None}
