"""The questions of a review, in an order that holds still while somebody answers them."""

from collections.abc import Collection

from facecluster.people.questions import Kind, Question
from facecluster.pipeline.live import Live


class Asking:
    """The questions of an open library; they are thought of anew in the background as answers come in."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def first(self, kinds: Collection[Kind]) -> Question | None:
        """The open question of these kinds whose answer settles most; None: there is none."""
        raise NotImplementedError(kinds)

    def after(self, kinds: Collection[Kind], key: str, *, back: bool = False) -> Question | None:
        """The next open question behind that of a key, or before it; behind the last one comes the first."""
        raise NotImplementedError(kinds, key, back)

    def of(self, key: str) -> Question | None:
        """The question of a key; None: nobody asks it any more."""
        raise NotImplementedError(key)

    def remaining(self, kinds: Collection[Kind]) -> int:
        """How many open questions of these kinds there are."""
        raise NotImplementedError(kinds)


def key_of(question: Question) -> str:
    """A name for a question that holds while its units do, fit for an address."""
    raise NotImplementedError(question)
