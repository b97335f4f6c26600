"""Mentions that are of a face, each of its own -> a decision in the journal, and what becomes of each."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from facecluster.people.decisions import who_is_who
from facecluster.people.matching import rows_by_name
from facecluster.people.stand_ins import Heirs
from facecluster.people.statements import Name
from facecluster.people.who import WhoIsWho
from facecluster.pipeline.heirs import heirs_of
from facecluster.pipeline.journal import Decisions, decide, decisions_of
from facecluster.pipeline.tags.incoming.deciding import NEW, SEVERAL, Called, Claims, Judged, judge, whom_they_mean
from facecluster.pipeline.tags.incoming.imported import Decided
from facecluster.pipeline.tags.incoming.mentions import OUTCOMES, Fates, Mentions, Rows
from facecluster.pipeline.tags.incoming.said_before import SaidBefore, said_by_imports
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.store.library import Library

NAMES_A_FACE = [OUTCOMES.index(outcome) for outcome in (Outcome.NAMED, Outcome.DRAWN)]
NO_FACES = pa.array([], pa.string())


class _NothingNewError(Exception):
    """All that metadata says holds already, or must not hold."""


class _Case(NamedTuple):
    """What is to be judged, in the light of whatever was decided until then."""

    claims: Claims
    called: Called
    face_ids: pa.StringArray
    heirs: Heirs

    def judge(self, decisions: Decisions) -> Judged:
        known = _known(decisions, self.face_ids, self.heirs)
        return judge(self.claims, self.called, *known, self.face_ids)


def settle_ambiguous(library: Library, mentions: Mentions, fates: Fates, rows: Rows) -> Rows:
    """Those of some mentions of whose people it is clear who they are; the others are settled."""
    known = _known(decisions_of(library), NO_FACES, heirs_of(library))
    several = whom_they_mean(mentions.keys, *known)[mentions.people[rows]] == SEVERAL
    fates.settle(rows[several], Outcome.AMBIGUOUS)
    return rows[~several]


def decide_on(
    library: Library, face_ids: pa.StringArray, mentions: Mentions, fates: Fates, rows: Rows, who: str
) -> Decided:
    """What was decided about the faces of some mentions, which are settled by that.

    Args:
        library: its journal gets the decision, if there is anything new to say.
        face_ids: of the faces that are there.
        mentions: all of them.
        fates: of the mentions; it has the faces.
        rows: of the mentions to be settled, each of a face of its own.
        who: decides.
    """
    case = _case(library, face_ids, mentions, fates, rows)
    judged: list[Judged] = []

    def say(decisions: Decisions) -> tuple[Name, ...]:
        judged.append(case.judge(decisions))
        if not judged[-1].statements:
            raise _NothingNewError
        return judged[-1].statements

    try:
        decision = decide(library, say, who, "imported")
    except _NothingNewError:
        decision = None
    fates.outcomes[rows] = judged[-1].outcomes
    ids = [one.id for one in decisions_of(library)]
    return Decided(decision, ids.index(decision.id) + 1 if decision else None, *_counts(mentions, fates, judged[-1]))


def try_on(
    library: Library, face_ids: pa.StringArray, mentions: Mentions, fates: Fates, rows: Rows, undrawn: Rows
) -> Decided:
    """What `decide_on` would decide if a face were made for each of the undrawn; all are settled by that."""
    judged = _case(library, face_ids, mentions, fates, rows).judge(decisions_of(library))
    fates.outcomes[rows] = judged.outcomes
    fates.settle(undrawn, Outcome.DRAWN)
    return Decided(None, None, *_counts(mentions, fates, judged))


def _known(decisions: Decisions, face_ids: pa.StringArray, heirs: Heirs) -> tuple[WhoIsWho, SaidBefore]:
    who = who_is_who(decisions, face_ids, heirs)
    return who, said_by_imports(who, face_ids, heirs)


def _case(library: Library, face_ids: pa.StringArray, mentions: Mentions, fates: Fates, rows: Rows) -> _Case:
    faces = rows_by_name(pa.array(fates.faces[rows], pa.string()), face_ids)
    called = Called(mentions.keys, mentions.names)
    return _Case(Claims(faces, mentions.people[rows]), called, face_ids, heirs_of(library))


def _counts(mentions: Mentions, fates: Fates, judged: Judged) -> tuple[int, int]:
    """How many people get faces: new ones, and known ones."""
    people = np.unique(mentions.people[np.isin(fates.outcomes, NAMES_A_FACE)])
    whom = judged.whom[people]
    return int((whom == NEW).sum()), len(np.unique(whom[whom != NEW]))
