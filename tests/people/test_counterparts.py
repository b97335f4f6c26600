from collections import Counter

from hypothesis import given

from facecluster.people.counterparts import counterparts_of, overlaps_of
from tests.people.letters import groups, pairs_of_runs


def pairs(overlaps, mask):
    return set(zip(overlaps.before[mask].tolist(), overlaps.after[mask].tolist(), strict=True))


@given(pairs_of_runs())
def test_overlaps_are_counted_largest_first(runs):
    before, after = map(groups, runs[:2])
    found = overlaps_of(before, after)
    expected = Counter(
        (one, other) for one, other in zip(before.tolist(), after.tolist(), strict=True) if min(one, other) >= 0
    )
    rows = list(zip(found.before.tolist(), found.after.tolist(), found.faces.tolist(), strict=True))
    assert {(one, other): faces for one, other, faces in rows} == expected
    assert found.faces.tolist() == sorted(found.faces.tolist(), reverse=True)


def test_the_largest_overlap_wins_whatever_the_numbers():
    overlaps = overlaps_of(groups("aaaabb"), groups("bbbaaa"))
    assert pairs(overlaps, counterparts_of(overlaps).same) == {(0, 1), (1, 0)}


def test_of_equal_overlaps_one_number_wins():
    overlaps = overlaps_of(groups("bb"), groups("ab"))
    fates = counterparts_of(overlaps)
    assert pairs(overlaps, fates.same) == {(1, 1)}
    assert pairs(overlaps, fates.split_off) == {(1, 0)}


def test_who_lost_a_counterpart_to_a_larger_one_takes_the_next():
    overlaps = overlaps_of(groups("aaabbbbaa"), groups("aaaaaaacc"))
    fates = counterparts_of(overlaps)
    assert pairs(overlaps, fates.same) == {(1, 0), (0, 2)}
    assert not fates.merged_into.any()


@given(pairs_of_runs())
def test_every_cluster_that_shares_faces_has_one_fate(runs):
    overlaps = overlaps_of(*map(groups, runs[:2]))
    fates = counterparts_of(overlaps)
    same, split_off, merged = (pairs(overlaps, mask) for mask in fates)
    before = [one for one, _ in same | merged]
    after = [other for _, other in same | split_off]
    assert sorted(before) == sorted(set(overlaps.before.tolist()))
    assert sorted(after) == sorted(set(overlaps.after.tolist()))
    assert {one for one, _ in split_off} <= {one for one, _ in same}
    assert {other for _, other in merged} <= {other for _, other in same}


@given(pairs_of_runs())
def test_counterparts_are_the_same_seen_from_either_side(runs):
    before, after = map(groups, runs[:2])
    there, back = overlaps_of(before, after), overlaps_of(after, before)
    one, other = counterparts_of(there), counterparts_of(back)
    assert pairs(there, one.same) == {(b, a) for a, b in pairs(back, other.same)}
    assert pairs(there, one.split_off) == {(b, a) for a, b in pairs(back, other.merged_into)}
