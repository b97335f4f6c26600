from facecluster.people.cluster_changes import Part
from tests.people.letters import diff


def told(found):
    return [(change.change, change.before, change.after) for change in found.clusters]


def test_one_cluster_into_two():
    found = diff("a" * 30 + "b", "a" * 18 + "c" * 12 + "b")
    assert told(found) == [("split", (Part(0, 30, 30),), (Part(0, 18, 18), Part(2, 12, 12)))]
    assert found.faces.moved == 12


def test_two_clusters_into_one():
    found = diff("aaabb.", "aaaaaa")
    assert told(found) == [("merged", (Part(0, 3, 3), Part(1, 2, 2)), (Part(0, 6, 5),))]


def test_a_face_between_two_clusters_that_go_on_is_neither_split_nor_merger():
    found = diff("aaabbb", "aabbbb")
    assert told(found) == [
        ("shrunk", (Part(0, 3, 2),), (Part(0, 2, 2),)),
        ("grown", (Part(1, 3, 3),), (Part(1, 4, 3),)),
    ]


def test_clusters_of_new_and_of_lone_faces_are_created():
    found = diff("a...--", "abbbcc")
    assert told(found) == [("created", (), (Part(1, 3, 0),)), ("created", (), (Part(2, 2, 0),))]


def test_clusters_whose_faces_are_gone_are_gone():
    assert told(diff("aab", "aa-")) == [("gone", (Part(1, 1, 0),), ())]


def test_clusters_of_people_come_first():
    found = diff("aaaabb" + "cccc", "aadd" + "eeeeee", "....BA....")
    assert [(change.change, change.people) for change in found.clusters] == [("merged", ("A", "B")), ("split", ())]
