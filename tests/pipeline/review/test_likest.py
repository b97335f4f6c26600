from concurrent.futures import wait

import numpy as np
import pytest

from facecluster.errors import LibraryError
from facecluster.people.statements import Ignore, Name, Undo
from facecluster.pipeline.review.likest import Likest
from facecluster.pipeline.review.live import Live
from tests.pipeline.painted_library import Painted, id_of, painted_library, rows_of
from tests.pipeline.people_library import ANNA, BERTA, CARL, told
from tests.pipeline.unseen_faces import add_unseen

ANNAS = [Painted(f"a{n}.jpg", vector=(1, 0.1 * n, 0, 0), shard=n % 2) for n in range(3)]
BERTAS = [Painted(f"b{n}.jpg", vector=(0.5, 1, 0, 0)) for n in range(2)]
CARLS = [Painted("c.jpg", vector=(0, 0, 0, 1))]
GROUP = [Painted(f"g{n}.jpg", vector=(0.9, 0.5, 0.1 * n, 0), cluster=0) for n in range(2)]
BESIDE = Painted("g0.jpg", left=100, vector=(0.9, 0.4, 0, 0))  # stands beside the group
FACES = [*ANNAS, *BERTAS, *CARLS, *GROUP, BESIDE]


@pytest.fixture
def library(tmp_path):
    library = painted_library(tmp_path, FACES)
    name(library, ANNA, "Anna", ANNAS)
    name(library, BERTA, "Berta", BERTAS)
    name(library, CARL, "Carl", CARLS)
    return library


@pytest.fixture
def live(library):
    return Live(library)


@pytest.fixture
def likest(live):
    likest = Likest(live)
    yield likest
    likest.close()


def name(library, person, called, faces):
    return told(library, Name(person, tuple(map(id_of, faces)), called))


def ranked(likest, live, faces=GROUP, limit=None):
    """The names, after everybody was looked at."""
    moment = live.now()
    likest.ranked(moment, rows_of(moment, faces))
    wait([likest._looking])
    found = likest.ranked(moment, rows_of(moment, faces), limit)
    return [moment.people.who.people[one.place].name for one in found], found


def test_the_likeliest_come_first(likest, live):
    names, found = ranked(likest, live)
    assert names == ["Anna", "Berta", "Carl"]
    group = np.array([face.vector for face in GROUP])
    group = (group / np.linalg.norm(group, axis=1, keepdims=True)).sum(axis=0)
    assert found[2].cosine == pytest.approx(0, abs=1e-3)
    cosine = np.dot(group / np.linalg.norm(group), np.array([0.5, 1, 0, 0]) / np.sqrt(1.25))
    assert found[1].cosine == pytest.approx(cosine, abs=1e-3)
    assert not any(one.together for one in found)
    assert ranked(likest, live, limit=2)[0] == ["Anna", "Berta"]


def test_few_mean_faces_of_groups_are_kept(likest, live, monkeypatch):
    monkeypatch.setattr("facecluster.pipeline.review.likest.KEPT_GROUPS", 1)
    assert ranked(likest, live, ANNAS[:1], limit=1)[0] == ["Anna"]
    assert ranked(likest, live, CARLS, limit=1)[0] == ["Carl"]
    assert len(likest._kept) == 1
    assert ranked(likest, live, ANNAS[:1], limit=1)[0] == ["Anna"]


def test_no_faces_are_like_nobody(likest, live):
    assert ranked(likest, live, faces=[])[0] == []


def test_who_stands_beside_the_group_comes_last(likest, live, library):
    name(library, ANNA, None, [BESIDE])
    names, found = ranked(likest, live)
    assert names == ["Berta", "Carl", "Anna"]
    assert [one.together for one in found] == [False, False, True]


def test_one_photo_of_many_says_nothing(tmp_path):
    group = [Painted(f"g{n:02d}.jpg", vector=(1, 0, 0, 0)) for n in range(30)]
    library = painted_library(tmp_path, [*group, *ANNAS, *BERTAS, BESIDE._replace(photo="g00.jpg")])
    name(library, ANNA, "Anna", [*ANNAS, BESIDE._replace(photo="g00.jpg")])
    name(library, BERTA, "Berta", BERTAS)
    live = Live(library)
    likest = Likest(live)
    assert ranked(likest, live, group)[0] == ["Anna", "Berta"]
    assert ranked(likest, live, group[:2])[0] == ["Berta", "Anna"]
    likest.close()


def test_the_ignored_and_the_nameless_are_left_out_and_come_back(likest, live, library):
    ignoring = told(library, Ignore(ANNA))
    assert ranked(likest, live)[0] == ["Berta", "Carl"]
    told(library, Undo(ignoring.id))
    name(library, "d" * 12, None, [BESIDE])
    assert ranked(likest, live)[0] == ["Anna", "Berta", "Carl"]


def test_what_was_said_since_counts(likest, live, library):
    ranked(likest, live)
    naming = name(library, "d" * 12, "Dora", [BESIDE])
    assert "Dora" in ranked(likest, live)[0]
    told(library, Undo(naming.id))
    assert ranked(likest, live)[0] == ["Anna", "Berta", "Carl"]


def test_an_earlier_moment_is_ranked_by_the_looks_of_now(likest, live, library):
    before = live.now()
    naming = name(library, "d" * 12, "Dora", [BESIDE])
    ranked(likest, live)
    told(library, Undo(naming.id))
    found = likest.ranked(before, rows_of(before, GROUP))
    assert [before.people.who.people[one.place].name for one in found] == ["Anna", "Berta", "Carl"]


def test_before_anybody_was_looked_at_nobody_is_known(live, monkeypatch):
    monkeypatch.setattr(Likest, "_look", lambda self: None)
    likest = Likest(live)
    moment = live.now()
    assert likest.ranked(moment, rows_of(moment, GROUP)) == []
    likest.close()


def test_a_library_that_cannot_be_read_is_told_of_by_it_and_ranked_later(library, tmp_path):
    live = Live(library)
    scans, away = library.folder / "scans", tmp_path / "away"
    scans.rename(away)
    likest = Likest(live)
    wait([likest._looking])
    with pytest.raises(LibraryError):
        live.now()
    away.rename(scans)
    assert ranked(likest, live)[0] == ["Anna", "Berta", "Carl"]
    likest.close()


def test_a_face_that_no_detector_sees_is_like_nobody(likest, live, library):
    unseen = add_unseen(library, CARLS[0].photo)
    told(library, Name(ANNA, (unseen,)))
    live.now()
    wait([live._coming])
    moment = live.now()
    (row,) = np.flatnonzero(moment.people.faces["face_id"] == unseen)
    likest.ranked(moment, np.array([row]))
    wait([likest._looking])
    assert likest.ranked(moment, np.array([row])) == []
    names, _ = ranked(likest, live)
    assert names == ["Anna", "Berta", "Carl"], "Anna looks as she did"
