import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from facecluster.web import sheets
from facecluster.web.sheets import bounded_jpeg, faces_alone, people_of, spread_faces
from tests.web.tables import faces_table, jpeg

DAYS = pd.date_range("2014-03-12", periods=400, freq="D")


def dated(*rows, days=DAYS):
    return faces_table(*rows).assign(taken_at=list(days[: len(rows)]))


def test_no_faces_are_no_people_and_none_alone():
    people = people_of(dated())
    assert (people.in_full, people.in_brief, people.n_left_out) == ((), (), 0)
    assert faces_alone(dated()).faces == ()


def test_people_are_numbered_by_size_and_equals_by_cluster():
    people = people_of(dated(*({"cluster_id": c} for c in [5, 2, 9, 9, 9, 2, 5]))).in_full
    assert [(person.title, person.clusters, person.n_faces) for person in people] == [
        ("Person 1", (9,), 3),
        ("Person 2", (2,), 2),
        ("Person 3", (5,), 2),
    ]


def test_a_person_has_a_name_and_all_clusters_and_what_the_machine_added():
    ada = {"person": 0, "name": "Ada", "provenance": "human"}
    rows = [
        {**ada, "cluster_id": 4},
        {**ada, "cluster_id": 7},
        {**ada, "cluster_id": 7, "provenance": "automatic"},
        {**ada, "provenance": "imported"},
        {**ada, "cluster_id": 9, "provenance": "proposed"},
        {"cluster_id": 9},
    ]
    person, other = people_of(dated(*rows)).in_full
    assert (person.title, person.is_named, person.number, person.clusters) == ("Ada", True, 1, (4, 7))
    assert (person.n_faces, person.n_automatic, person.n_proposed) == (4, 1, 1)
    assert (other.title, other.is_named, other.n_faces, other.clusters) == ("Person 2", False, 2, (9,))


def test_a_person_without_a_name_has_a_number():
    (person,) = people_of(dated({"cluster_id": 3, "person": 2, "provenance": "human"})).in_full
    assert (person.title, person.is_named, person.clusters) == ("Person 1", False, (3,))


def test_a_face_that_is_perhaps_somebodys_is_still_alone():
    maybe = {"person": 0, "name": "Ada", "provenance": "proposed"}
    assert len(faces_alone(dated(maybe, {})).faces) == 2


def test_a_person_twice_in_one_photo_is_one_photo():
    (person,) = people_of(
        dated({"cluster_id": 0, "photo_hash": "x"}, {"cluster_id": 0, "photo_hash": "x"}, {"cluster_id": 0})
    ).in_full
    assert (person.n_faces, person.n_photos) == (3, 2)
    assert person.photos == ("photo-0.jpg", "photo-2.jpg")


def test_photos_are_listed_in_order_of_time_and_undated_ones_last():
    faces = dated({"cluster_id": 0}, {"cluster_id": 0}, {"cluster_id": 0}, days=[pd.NaT, DAYS[9], DAYS[0]])
    (person,) = people_of(faces).in_full
    assert person.photos == ("photo-2.jpg", "photo-1.jpg", "photo-0.jpg")
    assert person.days == "Mar 2014"


def test_nothing_is_said_of_the_time_where_no_camera_wrote_it():
    (person,) = people_of(dated({"cluster_id": 0}, days=[pd.NaT])).in_full
    assert person.days == ""


def test_people_over_the_cap_are_shown_in_brief_then_counted(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_PEOPLE_IN_FULL", 2)
    monkeypatch.setattr(sheets, "MAX_PEOPLE_IN_BRIEF", 3)
    people = people_of(dated(*({"cluster_id": c, "quality": 0.01 * c} for c in [*range(7), *range(7)])))
    assert [person.title for person in people.in_full] == ["Person 1", "Person 2"]
    assert [person.title for person in people.in_brief] == ["Person 3", "Person 4", "Person 5"]
    assert [len(person.faces) for person in people.in_brief] == [1, 1, 1]
    assert all(person.photos == () for person in people.in_brief)
    assert people.n_left_out == 2


def test_photos_over_the_cap_are_counted(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_PHOTOS_A_PERSON", 2)
    (person,) = people_of(dated(*[{"cluster_id": 0}] * 5)).in_full
    assert len(person.photos) == 2
    assert person.n_photos_left_out == 3


def test_the_clearest_faces_alone_are_shown_and_the_rest_counted(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_FACES_ALONE", 2)
    alone = faces_alone(dated({"quality": 0.1}, {"quality": 0.9}, {"quality": 0.5}, {"cluster_id": 0, "quality": 1.0}))
    assert [face.path for face in alone.faces] == ["photo-1.jpg", "photo-2.jpg"]
    assert alone.n_left_out == 1


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.integers(0, 399)), max_size=60),
    st.integers(1, 12),
    st.randoms(use_true_random=False),
)
def test_a_sheet_is_full_spread_and_blind_to_the_order_of_rows(drawn, limit, random):
    rows = [{"quality": quality, "photo_hash": f"p{photo}", "cluster_id": 0} for quality, photo, _ in drawn]
    faces = dated(*rows, days=[DAYS[day] for _, _, day in drawn])
    sheet = spread_faces(faces, limit)
    assert len(sheet) == min(limit, len(faces))
    assert sheet["photo_hash"].nunique() == min(limit, faces["photo_hash"].nunique())
    assert sheet["face_id"].is_unique
    if len(faces):
        assert sheet["quality"].iloc[0] == faces["quality"].max()
    order = list(range(len(faces)))
    random.shuffle(order)
    assert spread_faces(faces.iloc[order], limit)["face_id"].tolist() == sheet["face_id"].tolist()


def test_one_day_of_sharp_portraits_does_not_fill_the_sheet():
    years = [{"quality": 0.6} for _ in range(100)]
    party = [{"quality": 0.9} for _ in range(60)]
    days = [*DAYS[:100], *[DAYS[100]] * 60]
    sheet = spread_faces(dated(*years, *party, days=days), 8)
    assert (sheet["quality"] < 0.9).sum() >= 2
    assert (sheet["quality"] == 0.9).sum() >= 2


def test_the_worse_half_of_many_faces_is_not_on_the_sheet():
    blurred = [{"quality": 0.1} for _ in range(50)]
    sharp = [{"quality": 0.8} for _ in range(50)]
    assert spread_faces(dated(*blurred, *sharp), 12)["quality"].min() == 0.8


def test_an_ordinary_thumbnail_is_kept_byte_for_byte():
    assert bounded_jpeg(jpeg()) == jpeg()


@pytest.mark.parametrize("size", [(512, 512), (512, 40)])
def test_a_heavy_thumbnail_is_made_smaller(size):
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "JPEG", quality=95)
    small = bounded_jpeg(buffer.getvalue())
    assert len(small) < len(buffer.getvalue()) / 3
    assert max(Image.open(io.BytesIO(small)).size) == sheets.PICTURE_PX
