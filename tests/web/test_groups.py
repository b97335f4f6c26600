from hypothesis import given
from hypothesis import strategies as st

from facecluster.web.groups import cluster_numbers, group_names, group_numbers
from tests.web.tables import faces_table

ROWS = st.lists(
    st.builds(
        lambda cluster, person, provenance: (
            {"cluster_id": cluster, "person": person, "provenance": provenance}
            if person is not None
            else {"cluster_id": cluster}
        ),
        st.none() | st.integers(0, 5),
        st.none() | st.integers(0, 3),
        st.sampled_from(["human", "imported", "automatic", "proposed"]),
    ),
    max_size=30,
)


@given(ROWS)
def test_a_face_is_with_its_person_else_with_its_cluster_else_alone(rows):
    groups = faces_table(*rows)["group"].astype(object).where(lambda group: group.notna(), None).tolist()
    sure = [row.get("provenance") not in {None, "proposed"} for row in rows]
    assert groups == [
        -1 - row["person"] if is_sure else row["cluster_id"] for row, is_sure in zip(rows, sure, strict=True)
    ]


@given(ROWS.filter(len))
def test_numbers_count_from_one_by_falling_size(rows):
    faces = faces_table(*rows)
    numbers = group_numbers(faces)
    sizes = faces["group"].value_counts()
    ranked = sorted(numbers, key=numbers.__getitem__)
    assert sorted(numbers.values()) == list(range(1, len(sizes) + 1))
    assert [sizes[group] for group in ranked] == sorted(sizes.tolist(), reverse=True)


def test_of_equals_people_come_first():
    faces = faces_table({"cluster_id": 0}, {"person": 3, "provenance": "human"}, {"cluster_id": 1})
    assert group_numbers(faces) == {-4: 1, 0: 2, 1: 3}


def test_names_are_those_of_people_who_have_one():
    faces = faces_table(
        {"person": 0, "name": "Ada", "provenance": "human"},
        {"person": 1, "provenance": "human"},
        {"cluster_id": 2, "person": 0, "name": "Ada", "provenance": "proposed"},
    )
    assert group_names(faces) == {-1: "Ada"}


def test_a_cluster_bears_the_number_of_most_of_its_faces():
    ada = {"person": 0, "name": "Ada", "provenance": "human"}
    faces = faces_table(
        *[{**ada, "cluster_id": 5}] * 3, {"cluster_id": 5}, *[{"cluster_id": 6}] * 2, {**ada, "cluster_id": 6}
    )
    assert cluster_numbers(faces) == {5: 1, 6: 2}
