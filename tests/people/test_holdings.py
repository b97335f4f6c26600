from collections import Counter

from hypothesis import given

from facecluster.people.holdings import PersonChange
from tests.people.letters import PEOPLE, diff, pairs_of_runs


def test_a_person_has_the_faces_of_the_clusters_named_so():
    found = diff("aaa.---", "aaaaaa.", "A......")
    assert found.people == (PersonChange("A", before=3, after=6, gained=3, lost=0),)


def test_a_cluster_is_of_the_person_with_most_decided_faces_in_it():
    found = diff("aaaabb", "aaaaaa", "AAB..C")
    assert found.people == (PersonChange("A", 3, 4, 1, 0), PersonChange("C", 2, 1, 0, 1))


@given(pairs_of_runs())
def test_people_have_the_faces_that_a_naive_count_gives_them(runs):
    def faces(clusters, persons):
        owners = {}
        for cluster in set(clusters) - set(".-"):
            there = Counter(person for person, letter in zip(persons, clusters, strict=True) if letter == cluster)
            there.pop(".", None)
            owners[cluster] = min(there, key=lambda person: (-there[person], person), default=".")
        whose = [
            "." if letter == "-" else person if person != "." else owners.get(letter, ".")
            for letter, person in zip(clusters, persons, strict=True)
        ]
        return {person: {row for row, name in enumerate(whose) if name == person} for person in PEOPLE}

    before, after, persons = runs
    was, now = faces(before, persons), faces(after, persons)
    expected = {
        PersonChange(name, len(was[name]), len(now[name]), len(now[name] - was[name]), len(was[name] - now[name]))
        for name in PEOPLE
        if was[name] != now[name]
    }
    assert set(diff(before, after, persons).people) == expected
