"""The order in which somebody goes through the questions of a screen."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import chain


class Line:
    """The keys of questions, one after the other. Those that were handed out keep their order for good."""

    def __init__(self) -> None:
        self._keys: tuple[str, ...] = ()
        self._handed_out: set[str] = set()

    def hand_out(self, key: str) -> None:
        """Let a question hold its place from now on."""
        self._handed_out.add(key)

    def has_handed_out(self, key: str) -> bool:
        """Whether a question holds its place."""
        return key in self._handed_out

    def renew(self, keys: Sequence[str]) -> None:
        """Put a new order, the best first, behind the questions that were handed out."""
        seen = self._seen()
        self._handed_out = set(seen)
        self._keys = (*seen, *(key for key in keys if key not in self._handed_out))

    def best_first(self, worth: Callable[[str], float]) -> Iterator[str]:
        """All questions by what they are worth; those that nobody has seen come in the best order already."""
        seen = sorted(self._seen(), key=worth, reverse=True)
        unseen = (key for key in self._keys if key not in self._handed_out)
        return heapq.merge(seen, unseen, key=worth, reverse=True)

    def behind(self, key: str) -> Iterator[str]:
        """The questions behind one, then those from the first to itself; all, if it is none of them."""
        place = self._place(key)
        return chain(self._keys[place + 1 :], self._keys[: place + 1])

    def before(self, key: str) -> Iterator[str]:
        """The questions before one, the nearest first."""
        return reversed(self._keys[: max(self._place(key), 0)])

    def _place(self, key: str) -> int:
        """Of a question; -1: it is none of them."""
        return self._keys.index(key) if key in self._keys else -1

    def _seen(self) -> list[str]:
        return [key for key in self._keys if key in self._handed_out]
