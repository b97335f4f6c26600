import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.people.decisions import who_is_who
from facecluster.people.stand_ins import NO_HEIRS, as_versions, heirs_in, stand_ins
from facecluster.people.statements import Confirm, Name, NotAFace, Reject, Undo
from facecluster.schemas import CLUSTERS, HEIRS
from tests.people.world import PEOPLE, decision

ADA, BEN, *_ = PEOPLE


def face(photo, left=0):
    return f"{photo:020x}-{left}-0-{left + 100}-100"


def heirs(*pairs):
    return heirs_in(
        pa.table([*map(list, zip(*pairs, strict=True)), [1.0] * len(pairs)], HEIRS) if pairs else HEIRS.empty_table()
    )


def stood_in(references, there, *pairs):
    columns = (pa.array(column, pa.string()) for column in (references, there))
    return stand_ins(*columns, heirs(*pairs)).to_pylist()


OLD, NEW, NEWEST, OTHER = map(face, range(4))


@pytest.mark.parametrize(
    ("there", "meant"),
    [
        ([NEW], [NEW, NEW]),
        ([OLD], [OLD, OLD]),
        ([OLD, NEW], [OLD, NEW]),
        ([NEWEST], [NEWEST, NEWEST]),
        ([OLD, NEWEST], [OLD, NEWEST]),
        ([], [NEWEST, NEWEST]),
        ([OTHER], [NEWEST, NEWEST]),
    ],
)
def test_the_latest_version_that_is_there_stands_for_those_that_are_gone(there, meant):
    assert stood_in([OLD, NEW], there, (OLD, NEW), (NEW, NEWEST)) == meant


def test_faces_without_heirs_stay_what_they_are():
    assert stood_in([OTHER, OLD, OTHER], [NEW], (OLD, NEW)) == [OTHER, NEW, OTHER]
    assert stood_in([], [NEW], (OLD, NEW)) == []
    assert stood_in([OLD], [NEW]) == [OLD]
    assert len(heirs_in(HEIRS.empty_table()).faces) == len(NO_HEIRS.faces) == 0


def test_boxes_that_are_drawn_otherwise_are_the_same_faces():
    drawn = [face(photo, 10) for photo in range(3)]
    assert stood_in([drawn[0]], [NEW], (OLD, NEW)) == [NEW]
    assert stood_in([OLD], [drawn[1]], (OLD, NEW)) == [drawn[1]]
    assert stood_in([OLD], [drawn[0]], (OLD, NEW)) == [OLD]  # it is there under another name: matching.py finds it
    assert stood_in([OLD], [drawn[2]], (OLD, NEW), (drawn[1], drawn[2])) == [drawn[2]]


def test_a_photo_that_goes_back_and_forth_is_one():
    assert stood_in([OLD, NEW], [NEW], (OLD, NEW), (NEW, OLD)) == [NEW, NEW]
    assert stood_in([OLD, NEW], [NEWEST], (OLD, NEW), (NEW, OLD), (OLD, NEWEST)) == [NEWEST, NEWEST]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=8), st.sets(st.integers(0, 7)))
def test_what_pairs_connect_is_one_face(pairs, there):
    found = stood_in(
        [face(one) for one in range(8)],
        [face(one) for one in sorted(there)],
        *((face(one), face(other)) for one, other in pairs),
    )
    parts = [{one} for one in range(8)]
    for one, other in pairs:
        joined = parts[one] | parts[other]
        for member in joined:
            parts[member] = joined
    for one in range(8):
        meant = found[one]
        assert meant in map(face, parts[one])
        if one in there:
            assert meant == face(one)
        elif parts[one] & there:
            assert meant in {face(member) for member in parts[one] & there}
        else:
            assert {found[member] for member in parts[one]} == {meant}


def test_what_was_said_of_a_face_is_said_of_its_heir():
    said = [
        decision(0, Name(ADA, (OLD, OTHER), "Ada")),
        decision(1, Reject(BEN, (OLD,))),
        decision(2, Confirm(ADA, (NEW,))),
        decision(3, NotAFace((NEWEST,))),
        decision(4, Undo(decision(3).id)),
    ]
    there = [NEW, OTHER]
    who = who_is_who(said, there, heirs((OLD, NEW)))
    assert (who.persons.tolist(), who.confirmed.tolist(), who.rejected.tolist()) == ([0, 0], [True, False], [[0, 1]])
    assert who_is_who(said[:2], there).persons.tolist() == [-1, 0]
    assert [person.dormant for person in who_is_who(said[:2], [], heirs((OLD, NEW))).people] == [2, 0]
    assert [person.dormant for person in who_is_who(said, [], heirs((OLD, NEW))).people] == [2, 0]
    assert who_is_who(said[:4], there, heirs((OLD, NEW), (NEW, NEWEST))).not_faces.tolist() == [True, False]
    assert who_is_who(said[:4], [NEWEST], heirs((OLD, NEW), (NEW, NEWEST))).not_faces.tolist() == [True]


def clusters(*ids):
    rows = [{"face_id": name, "cluster_id": 0, "strength": 1, "outlier": 0} for name in ids]
    return pa.Table.from_pylist(rows, CLUSTERS)


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ([OLD, OTHER], [NEW, OTHER], [NEW, OTHER]),
        ([NEW], [OLD], [OLD]),  # the other way round
        ([OLD, NEW], [NEW], [OLD, NEW]),  # the name is taken
        ([OLD], [OTHER], [OLD]),
        ([], [NEW], []),
        ([OLD], [], [OLD]),
    ],
)
def test_faces_go_by_the_names_of_another_table(before, after, named):
    found = as_versions(clusters(*before), clusters(*after), heirs((OLD, NEW)))
    assert found["face_id"].to_pylist() == named
    assert found.schema.equals(CLUSTERS)


def test_two_faces_do_not_go_by_one_name():
    found = as_versions(clusters(OLD, NEWEST), clusters(NEW), heirs((OLD, NEW), (NEWEST, NEW)))
    assert sorted(found["face_id"].to_pylist()) == sorted([NEW, NEWEST])


def test_pairs_that_are_known_to_be_one():
    known = heirs((OLD, NEW), (NEW, NEWEST))
    columns = (
        pa.chunked_array([column], pa.string()) for column in ([OLD, OLD, OTHER, OTHER], [NEWEST, OTHER, OLD, OTHER])
    )
    np.testing.assert_array_equal(known.one(*columns), [True, False, False, False])
    nothing = (pa.chunked_array([column], pa.string()) for column in ([OLD], [NEW]))
    assert not NO_HEIRS.one(*nothing).any()
