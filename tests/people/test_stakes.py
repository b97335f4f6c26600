from facecluster.people.stakes import Stake
from tests.people.letters import diff


def test_people_in_one_cluster_are_at_stake():
    found = diff("aab.", "aaaa", "A.B.")
    assert found.stakes == (Stake("shared", ("A", "B"), (0,), 2, 0),)
    assert diff("aaaa", "aaaa", "A.B.").stakes == ()
    assert diff("aaaa", "aab.", "A.B.").stakes == ()


def test_a_third_person_in_a_cluster_of_two_is_at_stake():
    assert diff("aab", "aaa", "ABC").stakes == (Stake("shared", ("A", "B", "C"), (0,), 3, 0),)


def test_a_person_in_more_pieces_than_before_is_at_stake():
    found = diff("aaaab", "aab.b", "AAAAB")
    assert found.stakes == (Stake("shared", ("A", "B"), (1,), 2, 0), Stake("apart", ("A",), (0, 1), 4, 1))
    assert diff("aab.b", "aaaab", "AAAAB").stakes == ()


def test_a_person_of_whom_no_face_is_left_is_at_stake():
    assert diff("aab", "--b", "AAB").stakes == (Stake("lost", ("A",), (), 2, 0),)
    assert diff("--b", "aab", "AAB").stakes == ()


def test_people_who_are_ignored_are_at_stake_only_with_others():
    assert diff("aaab", "-a.b", "AAAB", ignored="A").stakes == ()
    assert diff("ab", "aa", "AB", ignored="AB").stakes == ()
    assert diff("ab", "aa", "AB", ignored="A").stakes == (Stake("shared", ("A", "B"), (0,), 2, 0),)
