"""A thread that thinks when it is asked to, once for all who ask meanwhile, and rests in between."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from facecluster.errors import FaceclusterError

REST = 5.0
"""Times as long as a thinking took, it need not think again: the processor is for who decides."""

logger = logging.getLogger(__name__)


class Thinker:
    """Thinks in the background. Any thread may ask it to."""

    def __init__(self, think: Callable[[], None]) -> None:
        """Begins at once."""
        self._think = think
        self._turn = threading.Lock()
        self._rest_until = 0.0  # of time.monotonic
        self.has_failed = False  # the last thinking
        self._pool = ThreadPoolExecutor(1, "facecluster-thinking")
        self._thinking = self._pool.submit(self._try)

    @property
    def is_rested(self) -> bool:
        """Whether it has rested long enough to think unless somebody waits for it."""
        return time.monotonic() >= self._rest_until

    def begin(self) -> Future[None]:
        """The thinking that is under way, or that begins now; its result tells why it failed."""
        with self._turn:
            if self._thinking.done():
                self._thinking = self._pool.submit(self._try)
            return self._thinking

    def close(self) -> None:
        """Think no more; returns when nobody does."""
        self._pool.shutdown(cancel_futures=True)

    def _try(self) -> None:
        begin, self.has_failed = time.monotonic(), True
        try:
            self._think()
            self.has_failed = False
        except FaceclusterError as error:  # who waits is told; who does not goes on with what was thought before
            logger.warning("No new questions: %s", error)
            raise
        finally:
            self._rest_until = time.monotonic() + REST * (time.monotonic() - begin)
