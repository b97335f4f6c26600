"""The questions of a review, in an order that holds still while somebody answers them."""

import threading
from collections.abc import Callable, Iterator
from itertools import chain

from facecluster.people.questions import Question
from facecluster.pipeline.review.live import Live, Moment, State
from facecluster.pipeline.review.open_questions import OpenQuestions
from facecluster.pipeline.review.question_keys import asked_by, key_of
from facecluster.pipeline.review.question_line import Line
from facecluster.pipeline.review.standing import Places, Standing, faces_named, places_of
from facecluster.pipeline.review.thinker import Thinker
from facecluster.pipeline.review.thinking import MORE, NAME, SAME, SCREENS, Kinds, Thought, thought_of

__all__ = ["MORE", "NAME", "SAME", "Asking", "Kinds", "key_of"]

ENOUGH_DECISIONS = 10
"""That answer some questions and raise others, so that it is worth to think anew."""


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
        self._thinker = Thinker(self._think)

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
        self._thinker.close()

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
                self._places = self._places_at(moment, self._thought)
            self._now = moment, OpenQuestions(self._thought, self._earlier, Standing(moment, self._places))
        return self._now[1]

    def _moment(self) -> Moment:
        """The present, of which questions are known; has them thought of anew if they are out of date."""
        moment = self._live.now()
        if self._thought is None:
            self._thinker.begin().result()
        elif self._is_due(self._thought, moment):
            self._thinker.begin()
        return moment

    def _is_due(self, thought: Thought, moment: Moment) -> bool:
        if _tables(thought.state) != _tables(moment.state):
            return self._thinker.is_rested or not self._thinker.has_failed
        return self._thinker.is_rested and moment.state.journal - thought.state.journal >= ENOUGH_DECISIONS

    def _think_of_more(self, moment: Moment) -> bool:
        """Wait until somebody has thought in the light of a moment; whether that was still to be done."""
        if self._thought is not None and self._thought.state == moment.state:
            return False
        self._thinker.begin().result()
        return True

    def _think(self) -> None:
        """Think of questions and let them take the place of those before."""
        moment = self._live.now()
        thought = thought_of(self._live.library, moment)
        places = self._places_at(moment, thought)
        with self._lock:
            self._replace(thought, places)

    def _replace(self, thought: Thought, places: Places) -> None:
        """Go on with what was thought of, and with what was handed out before. For who holds the lock."""
        self._earlier = {
            key: question
            for key, question in self._before().items()
            if key not in thought.questions and any(line.has_handed_out(key) for line in self._lines.values())
        }
        for kinds, line in self._lines.items():
            line.renew(thought.order[kinds])
        self._thought, self._places, self._now = thought, places, None

    def _places_at(self, moment: Moment, thought: Thought) -> Places:
        """Where the faces of all questions are that can be looked at."""
        questions = chain(thought.questions.values(), self._before().values())
        return places_of(faces_named(questions), moment.present.face_ids)

    def _before(self) -> dict[str, Question]:
        """The questions that were thought of until now."""
        return self._earlier | (self._thought.questions if self._thought else {})


def _tables(state: State) -> State:
    """A state but for what people decided."""
    return state._replace(journal=0)
