"""The questions of a review, in an order that holds still while somebody answers them."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain

from facecluster.errors import FaceclusterError
from facecluster.people.questions import Question
from facecluster.pipeline.live import Live, Moment, State
from facecluster.pipeline.open_questions import OpenQuestions
from facecluster.pipeline.question_keys import asked_by, key_of
from facecluster.pipeline.question_line import Line
from facecluster.pipeline.standing import Places, Standing, faces_named, places_of
from facecluster.pipeline.thinking import MORE, NAME, SAME, SCREENS, Kinds, Thought, thought_of

__all__ = ["MORE", "NAME", "SAME", "Asking", "Kinds", "key_of"]

ENOUGH_DECISIONS = 10
"""That answer some questions and raise others, so that it is worth to think anew."""

REST = 5.0
"""Times as long as a thinking took, nobody thinks again for decisions alone: the processor is for who decides."""

logger = logging.getLogger(__name__)


class Asking:
    """The questions of an open library. Any thread may ask.

    They are thought of anew in the background as answers come in; meanwhile those that are settled are left out, which
    takes no vectors.
    """

    def __init__(self, live: Live) -> None:
        """Begins to think."""
        self._live = live
        self._lock = threading.Lock()
        self._lines: dict[Kinds, Line] = {kinds: Line() for kinds in SCREENS}
        self._thought: Thought | None = None
        self._earlier: dict[str, Question] = {}  # handed out, and not thought of again
        self._places: Places | None = None  # of the faces that questions name
        self._now: tuple[Moment, OpenQuestions] | None = None
        self._rest_until = 0.0  # of time.monotonic
        self._has_failed = False  # the last thinking
        self._thinker = ThreadPoolExecutor(1, "facecluster-thinking")
        self._thinking: Future[None] = self._thinker.submit(self._think)

    def first(self, kinds: Kinds) -> Question | None:
        """The open question of these kinds whose answer settles most; None: there is none.

        Raises:
            LibraryError: the library is empty, not grouped yet or damaged.
        """
        return self._next(kinds, lambda line, questions: line.best_first(questions.worth))

    def after(self, kinds: Kinds, key: str, *, back: bool = False) -> Question | None:
        """The next open question behind that of a key, behind the last one the first; or the one before it, if any.

        Raises:
            LibraryError: as above.
        """
        if back:
            return self._next(kinds, lambda line, _: line.before(key))
        return self._next(kinds, lambda line, _: line.behind(key))

    def of(self, key: str) -> Question | None:
        """The question of a key with the faces it is about by now; None: it is settled, or there is none of this key.

        Raises:
            LibraryError: as above.
        """
        asked, moment = asked_by(key), self._moment()
        if asked is None:
            return None
        with self._lock:
            question = self._questions(moment).question(key)
            if question:
                self._hand_out(key, question)
            return question

    def is_open(self, key: str) -> bool:
        """Whether a question is still asked, as it is until somebody answers it or new thinking drops it.

        Raises:
            LibraryError: as above.
        """
        moment = self._moment()
        with self._lock:
            return self._questions(moment).is_open(key)

    def remaining(self, kinds: Kinds) -> int:
        """How many open questions of these kinds there are.

        Raises:
            LibraryError: as above.
        """
        moment = self._moment()
        with self._lock:
            return self._questions(moment).count(kinds)

    def close(self) -> None:
        """Think no more; returns when nobody does."""
        self._thinker.shutdown(cancel_futures=True)

    def _next(self, kinds: Kinds, way: Callable[[Line, OpenQuestions], Iterator[str]]) -> Question | None:
        """The first open question on a way through the line of a screen, which may need new thinking to go on."""
        while True:
            moment = self._moment()
            with self._lock:
                questions = self._questions(moment)
                for key in way(self._lines[kinds], questions):
                    if questions.is_open(key) and (question := questions.question(key)):
                        self._hand_out(key, question)
                        return question
            if not self._think_of_more(moment):
                return None

    def _hand_out(self, key: str, question: Question) -> None:
        next(line for kinds, line in self._lines.items() if question.kind in kinds).hand_out(key)

    def _questions(self, moment: Moment) -> OpenQuestions:
        """The questions as they stand at a moment. For who holds the lock."""
        assert self._thought
        if self._now is None or self._now[0] is not moment:
            if self._places is None or self._places.among is not moment.present.face_ids:
                known = chain(self._thought.questions.values(), self._earlier.values())
                self._places = places_of(faces_named(known), moment.present.face_ids)
            self._now = moment, OpenQuestions(self._thought, self._earlier, Standing(moment, self._places))
        return self._now[1]

    def _moment(self) -> Moment:
        """The present, of which questions are known; has them thought of anew if they are out of date."""
        moment = self._live.now()
        if self._thought is None:
            self._think_again().result()
        elif self._is_due(self._thought, moment):
            self._think_again()
        return moment

    def _is_due(self, thought: Thought, moment: Moment) -> bool:
        rested = time.monotonic() >= self._rest_until
        if _tables(thought.state) != _tables(moment.state):
            return rested or not self._has_failed
        return rested and moment.state.journal - thought.state.journal >= ENOUGH_DECISIONS

    def _think_of_more(self, moment: Moment) -> bool:
        """Wait until somebody has thought in the light of a moment; whether that was still to be done."""
        if self._thought is not None and self._thought.state == moment.state:
            return False
        self._think_again().result()
        return True

    def _think_again(self) -> Future[None]:
        """The thinking that is under way, or that begins now."""
        with self._lock:
            if self._thinking.done():
                self._thinking = self._thinker.submit(self._think)
            return self._thinking

    def _think(self) -> None:
        """Think of questions and let them take the place of those before."""
        begin, self._has_failed = time.monotonic(), True
        try:
            moment = self._live.now()
            thought = thought_of(self._live.library, moment)
            with self._lock:
                self._replace(thought)
                self._questions(moment)  # so that no request waits for what is found but once
            self._has_failed = False
        except FaceclusterError as error:  # who waits is told; who does not goes on with the questions there are
            logger.warning("No new questions: %s", error)
            raise
        finally:
            self._rest_until = time.monotonic() + REST * (time.monotonic() - begin)

    def _replace(self, thought: Thought) -> None:
        before = self._earlier | (self._thought.questions if self._thought else {})
        self._earlier = {
            key: question
            for key, question in before.items()
            if key not in thought.questions and any(line.has_handed_out(key) for line in self._lines.values())
        }
        for kinds, line in self._lines.items():
            line.renew(thought.order[kinds])
        self._thought, self._places, self._now = thought, None, None


def _tables(state: State) -> State:
    """A state but for what people decided."""
    return state._replace(journal=0)
