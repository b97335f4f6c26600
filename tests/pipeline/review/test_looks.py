import numpy as np
import pytest

import facecluster.pipeline.review.looks as under_test
from facecluster.people.statements import Ignore, Name, NotAFace, Split, Undo
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.review.looks import MAX_FACES, looks_of, mean_face, standing_for, sure_persons, unit
from tests.pipeline.painted_library import Painted, add_names, id_of, moment_of, painted_library, rows_of
from tests.pipeline.people_library import ANNA, BERTA, CARL, told

ANNAS = [Painted(f"a{n}.jpg", vector=(1, 0.1 * n, 0, 0), shard=n % 2) for n in range(5)]
BERTAS = [Painted(f"b{n}.jpg", vector=(0, 1, 0.1 * n, 0), shard=n % 2) for n in range(2)]
CARLS = [Painted("c.jpg", vector=(0, 0, 0, 1))]
OTHERS = [Painted("o.jpg", vector=(0.5, 0.5, 0.5, 0.5), shard=1)]
FACES = [*ANNAS, *BERTAS, *CARLS, *OTHERS]


@pytest.fixture
def library(tmp_path):
    return painted_library(tmp_path, FACES)


def name(library, person, called, faces):
    return told(library, Name(person, tuple(map(id_of, faces)), called))


def mean_of(faces):
    return unit(unit(np.array([face.vector for face in faces], np.float32)).sum(axis=0))


def assert_look(looks, person, faces):
    np.testing.assert_allclose(looks.means[looks.places[person]], mean_of(faces), atol=1e-3)  # vectors are float16


def test_nobody_looks_like_nothing(library):
    looks = looks_of(library, moment_of(library))
    assert looks.places == {}
    assert looks.means.shape == (0, 4)
    assert looks.of_named(moment_of(library).people).places.size == 0


def test_a_look_is_the_mean_of_the_faces(library):
    name(library, ANNA, "Anna", ANNAS)
    name(library, CARL, "Carl", CARLS)
    looks = looks_of(library, moment_of(library))
    assert_look(looks, ANNA, ANNAS)
    assert_look(looks, CARL, CARLS)
    moment = moment_of(library)
    np.testing.assert_allclose(mean_face(library, moment, rows_of(moment, ANNAS)), mean_of(ANNAS), atol=1e-3)


def test_only_those_with_a_name_who_are_not_ignored_are_known(library):
    name(library, ANNA, "Anna", ANNAS)
    name(library, BERTA, None, BERTAS)
    name(library, CARL, "Carl", CARLS)
    told(library, Ignore(CARL))
    moment = moment_of(library)
    known = looks_of(library, moment).of_named(moment.people)
    assert [moment.people.who.people[place].name for place in known.places] == ["Anna"]
    np.testing.assert_allclose(known.means, [mean_of(ANNAS)], atol=1e-3)


def looked_at(monkeypatch):
    """How many faces are read from now on."""
    read = []
    real = under_test.vectors_by_shard

    def counted(library, spots):
        read.append(len(spots.places))
        return real(library, spots)

    monkeypatch.setattr(under_test, "vectors_by_shard", counted)
    return read


def test_what_changes_gives_what_looking_anew_gives_and_reads_no_other_faces(library, monkeypatch):
    live = Live(library)
    name(library, ANNA, "Anna", ANNAS)
    first = name(library, BERTA, "Berta", BERTAS)
    looks = looks_of(library, live.now())
    read = looked_at(monkeypatch)
    steps = [
        (lambda: name(library, CARL, "Carl", CARLS), 1),
        (lambda: told(library, Split(ANNA, BERTA, (id_of(ANNAS[0]),))), 4 + 3),
        (lambda: told(library, NotAFace((id_of(ANNAS[1]),))), 3),
        (lambda: told(library, Undo(first.id)), 1),  # the one that was split off stays
        (lambda: told(library, Ignore(CARL)), 0),
    ]
    for step, expected in steps:
        step()
        moment = live.now()
        read.clear()
        looks = looks_of(library, moment, looks)
        assert sum(read) == expected
        anew = looks_of(library, moment)
        assert looks.places == anew.places
        np.testing.assert_array_equal(looks.persons, anew.persons)
        np.testing.assert_allclose(looks.means, anew.means, atol=1e-6)


def test_after_a_reading_of_other_tables_everybody_is_looked_at(library, monkeypatch):
    name(library, ANNA, "Anna", ANNAS)
    looks = looks_of(library, moment_of(library))
    read = looked_at(monkeypatch)
    looks_of(library, moment_of(library), looks)
    assert read == [len(ANNAS)]


def test_proposed_faces_are_nobodys_yet(library):
    name(library, ANNA, "Anna", ANNAS[:1])
    add_names(library, (ANNAS[1], ANNA, 0.9, True), (ANNAS[2], ANNA, 0.6, False))
    moment = moment_of(library)
    persons = sure_persons(moment.people)
    assert persons[rows_of(moment, ANNAS)].tolist() == [0, 0, -1, -1, -1]
    assert_look(looks_of(library, moment), ANNA, ANNAS[:2])


def test_few_good_faces_from_all_over_the_time_stand_for_many(tmp_path):
    faces = [
        Painted(f"{n:03d}.jpg", quality=0.9 if n % 2 else 0.1, taken_at=f"20{n % 20:02d}-01-01") for n in range(100)
    ]
    library = painted_library(tmp_path, faces)
    moment = moment_of(library)
    rows = standing_for(moment.people, np.arange(100))
    chosen = moment.people.faces.iloc[rows]
    assert len(set(rows.tolist())) == MAX_FACES
    assert (chosen["quality"] > 0.5).all()
    years = chosen["taken_at"].dt.year
    assert years.is_monotonic_increasing
    assert years.nunique() >= 9  # of the ten with good faces
    assert standing_for(moment.people, rows).tolist() == rows.tolist()


def test_decided_faces_stand_before_automatic_ones(tmp_path):
    faces = [Painted(f"{n:03d}.jpg", quality=0.5 + n / 500) for n in range(150)]
    library = painted_library(tmp_path, faces)
    name(library, ANNA, "Anna", faces[:60])
    add_names(library, *((face, ANNA, 0.99, True) for face in faces[60:]))
    people = moment_of(library).people
    chosen = people.faces.iloc[standing_for(people, np.arange(150))]
    assert set(chosen["provenance"]) == {"human"}


def test_unit_vectors_are_of_unit_length_or_nothing():
    found = unit(np.array([[3, 4], [0, 0]], np.float32))
    np.testing.assert_allclose(found, [[0.6, 0.8], [0, 0]], atol=1e-6)
