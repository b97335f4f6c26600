"""pipeline.present: which faces are grouped, and under what name all that groups them goes."""

import numpy as np
import pyarrow as pa
import pytest

from facecluster.clusters.threshold import Calibration
from facecluster.people.stand_ins import NO_HEIRS
from facecluster.people.statements import Different, Name, NotAFace, Reject, Rename
from facecluster.pipeline.catalogue import latest_scan
from facecluster.pipeline.journal import decide
from facecluster.pipeline.present import Said, faces_to_group, photos_of
from facecluster.settings import ClusterSettings
from tests.pipeline.small_library import FACES, small_library
from tests.pipeline.unseen_faces import add_unseen

ANNA = "a" * 12
PRIOR = Calibration(0.1, 0.1, 0.6)


@pytest.fixture
def library(tmp_path):
    return small_library(tmp_path)


def present(library):
    return faces_to_group(library, latest_scan(library))


def digest(library, version=1, settings=ClusterSettings(), prior=PRIOR):  # noqa: B008  # it is frozen
    return present(library).digest(version, settings, prior)


def said(n_decisions):
    return Said(n_decisions, pa.array(FACES), NO_HEIRS)


def say(library, *statements):
    decide(library, lambda _: statements, "somebody")


def test_the_faces_of_the_photos_that_are_there(library):
    found = present(library)
    assert found.face_ids.to_pylist() == FACES
    assert photos_of(found.table).tolist() == [0, 0, 1]
    assert found.links.persons.tolist() == [-1] * 3
    assert found.decisions == ()


def test_what_is_no_face_is_left_out_of_what_is_said_too(library):
    say(library, NotAFace((FACES[0],)), Name(ANNA, tuple(FACES[1:2])), Different((FACES[2],), (FACES[0], FACES[1])))
    found = present(library)
    assert found.face_ids.to_pylist() == FACES[1:]
    assert found.links.persons.tolist() == [0, -1]
    assert found.links.different.tolist() in ([[0, 1]], [[1, 0]])
    assert len(found.decisions) == 1


def test_a_digest_is_of_all_that_groups_and_of_nothing_else(library):
    first = digest(library)
    others = [
        digest(library, version=2),
        digest(library, settings=ClusterSettings(min_quality=0.3)),
        digest(library, prior=PRIOR._replace(impostor_sd=0.2)),
    ]
    say(library, Rename(ANNA, "Anna"))
    assert digest(library) == first
    say(library, Name(ANNA, tuple(FACES[:1])))
    others.append(digest(library))
    say(library, Rename(ANNA, "Anne"))
    assert digest(library) == others[-1]
    say(library, NotAFace((FACES[2],)))
    others.append(digest(library))
    assert len({first, *others}) == 6


def test_nothing_has_changed_since_the_last_decision(library):
    say(library, Name(ANNA, tuple(FACES[:1])))
    found = present(library)
    assert not np.any(found.changed_since(said(1)))
    assert found.changed_since(said(0)).touched.tolist() == [True, False, False]


def test_unseen_faces_are_not_grouped_and_nothing_else_changes_by_them(library):
    statements = Name(ANNA, (FACES[0],)), Reject(ANNA, (FACES[1],)), Different((FACES[1],), (FACES[2],))
    say(library, *statements)
    before = present(library)
    prints = digest(library)
    unseen = add_unseen(library, "empty-room.jpg")
    say(library, Name(ANNA, (unseen,)))
    after = present(library)
    assert unseen > max(FACES), "else it could not stand for Anna where who is not Anna is told apart from her"
    assert digest(library) == prints
    assert after.table.equals(before.table)
    assert after.links.persons.tolist() == before.links.persons.tolist()
    assert after.links.different.tolist() == before.links.different.tolist() != []
    assert not np.any(after.changed_since(said(1)))
