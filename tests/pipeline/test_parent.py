"""Libraries that grow, shrink and are spoken of: what a run keeps of the one it comes after."""

import numpy as np
import pytest

from facecluster.errors import StorageError
from facecluster.people.statements import Different, Ignore, Name, NotAFace, Reject, Undo
from facecluster.pipeline import graph
from facecluster.pipeline.group import group_library
from facecluster.pipeline.journal import decide
from facecluster.pipeline.kept_graph import LISTS
from facecluster.settings import ClusterSettings
from tests.clusters.people import same_partition
from tests.pipeline.test_group import SETTINGS, add_scan, library_of

PEOPLE = [20, 12, 8, 6, 5, 4, 3, 2, 1, 1]
ANNA, BELA, STRANGER = "a" * 12, "b" * 12, "c" * 12


@pytest.fixture
def grown(tmp_path):
    """A library of 62 faces whose first run has seen 58."""
    library, files, who = library_of(tmp_path / "library", PEOPLE)
    add_scan(library, files[:58])
    group_library(library.folder, SETTINGS)
    add_scan(library, files)
    return library, files, who


def clusters_of(library, run):
    """The cluster of each face, -1: alone, by face id."""
    table = library.clusters(run)
    return dict(zip(table["face_id"].to_pylist(), table["cluster_id"].fill_null(-1).to_pylist(), strict=True))


def face(row):
    return f"face {row:04}.jpg"


def faces_in(library, run, cluster):
    return [name for name, its in clusters_of(library, run).items() if its == cluster]


def say(library, *statements):
    return decide(library, lambda _: statements, "somebody")


def test_a_few_new_faces_are_a_warm_run_that_keeps_the_numbers(grown):
    library, _, who = grown
    summary = group_library(library.folder, SETTINGS)
    assert (summary.kind, summary.new, summary.gone, summary.faces) == ("warm", 4, 0, 62)
    before, after = clusters_of(library, 1), clusters_of(library, 2)
    assert all(after[name] == cluster for name, cluster in before.items() if cluster >= 0)
    assert same_partition(np.array([after[face(row)] for row in range(62)]), np.where(who > 7, -1, who))
    record = library.run_record(2)
    assert (record["parent"], record["tree_of"], record["since_full"]) == (1, 1, 4)
    assert record["next_cluster_id"] >= library.run_record(1)["next_cluster_id"]


def test_many_new_faces_are_a_full_run_that_keeps_the_numbers_too(tmp_path):
    library, files, _ = library_of(tmp_path / "library", PEOPLE)
    add_scan(library, files[:50])
    assert group_library(library.folder, SETTINGS).kind == "full"
    add_scan(library, files)
    assert group_library(library.folder, SETTINGS).kind == "full"
    assert library.run_record(2)["tree_of"] is None
    before, after = clusters_of(library, 1), clusters_of(library, 2)
    kept = [after[name] == cluster for name, cluster in before.items() if cluster >= 0]
    assert np.mean(kept) > 0.9


def test_what_came_and_went_since_the_last_full_run_adds_up(tmp_path):
    library, files, _ = library_of(tmp_path / "library", PEOPLE)
    add_scan(library, files[:54])
    group_library(library.folder, SETTINGS)
    kinds = []
    for end in (56, 58, 59, 62, 62):
        add_scan(library, files[:end])
        kinds.append(group_library(library.folder, SETTINGS).kind)
    assert kinds == ["warm", "warm", "warm", "full", "full"]
    assert [library.run_record(run)["since_full"] for run in library.run_numbers()] == [0, 2, 4, 5, 0]
    assert [library.run_record(run)["tree_of"] for run in library.run_numbers()] == [None, 1, 1, 1, None]


def test_a_full_run_gives_the_clusters_of_a_fresh_library(grown, tmp_path):
    library, _, _ = grown
    group_library(library.folder, SETTINGS)
    summary = group_library(library.folder, SETTINGS, full=True)
    assert (summary.kind, summary.fresh, summary.new) == ("full", True, 0)
    assert not group_library(library.folder, SETTINGS, full=True).fresh, "it is there already"
    assert not group_library(library.folder, SETTINGS).fresh
    fresh, _, _ = library_of(tmp_path / "fresh", PEOPLE)
    group_library(fresh.folder, SETTINGS)
    ours, theirs = clusters_of(library, 3), clusters_of(fresh, 1)
    assert list(ours) == list(theirs)
    assert same_partition(*(np.array(list(one.values())) for one in (ours, theirs)))
    kept = ("strength", "outlier", "tree_node", "departure", "rival_cosine")
    assert library.clusters(3).select(kept).equals(fresh.clusters(1).select(kept))


def test_a_warm_run_stands_in_the_tree_of_the_full_one(grown):
    library, _, _ = grown
    group_library(library.folder, SETTINGS)
    first, second = (library.clusters(run).to_pandas().set_index("face_id") for run in (1, 2))
    columns = ["tree_node", "departure", "outlier"]
    assert second.loc[first.index, columns].equals(first[columns])
    new = second.drop(first.index)
    assert new["tree_node"].isna().all()
    assert (new["outlier"] == 1).all()
    nodes = library.tree(2).to_pandas()
    assert nodes.drop(columns="cluster_id").equals(library.tree(1).to_pandas().drop(columns="cluster_id"))
    assert set(nodes["cluster_id"].dropna()) <= set(second["cluster_id"].dropna())


def test_faces_that_are_gone_are_gone_and_their_numbers_are_not_given_again(grown):
    library, files, who = grown
    group_library(library.folder, SETTINGS)
    pair = np.flatnonzero(who == 7)
    (number,) = {clusters_of(library, 2)[face(row)] for row in pair}
    add_scan(library, [file for row, file in enumerate(files) if row not in pair])
    summary = group_library(library.folder, SETTINGS)
    assert (summary.kind, summary.gone, summary.faces) == ("full" if summary.gone + 4 > 6 else "warm", 2, 60)
    assert number not in clusters_of(library, 3).values()
    add_scan(library, files)
    group_library(library.folder, SETTINGS)
    again = {clusters_of(library, 4)[face(row)] for row in pair}
    assert len(again) == 1
    assert min(again) >= library.run_record(3)["next_cluster_id"]


@pytest.mark.parametrize("other", ["settings", "calibration", "engine", "journal"])
def test_what_a_run_began_with_must_be_the_same(other, grown, monkeypatch):
    library, _, _ = grown
    settings = SETTINGS
    match other:
        case "settings":
            settings = ClusterSettings(min_quality=0.3)
        case "calibration":
            library.add_calibration(
                impostor_median=0.01, impostor_sd=0.09, genuine_median=0.65, measured_at="now", source="labels.csv"
            )
        case "engine":
            monkeypatch.setattr("facecluster.pipeline.group.GROUPING_VERSION", 99)
        case "journal":
            record = library.run_record(1) | {"journal": 5}
            monkeypatch.setattr(type(library), "run_record", lambda _self, _number: record)
    assert group_library(library.folder, settings).kind == "full"


def test_the_parent_is_the_run_that_counts(grown):
    library, files, _ = grown
    group_library(library.folder, SETTINGS)
    library.make_current(1, "now")
    assert not group_library(library.folder, SETTINGS).fresh, "the newest run has all this"
    add_scan(library, files[:60])
    group_library(library.folder, SETTINGS)
    assert library.run_record(3)["parent"] == 1


def test_a_run_to_be_reviewed_says_so_and_is_not_made_twice(grown):
    library, _, _ = grown
    assert group_library(library.folder, SETTINGS, review=True).run == 2
    assert library.run_record(2)["review"]
    assert library.current_run() == 1
    assert not group_library(library.folder, SETTINGS, review=True).fresh
    assert not library.run_record(1)["review"]


# what people say -----------------------------------------------------------------------------------------------------


def test_faces_of_one_name_are_one_cluster_and_those_of_two_names_are_two(grown):
    library, _, who = grown
    group_library(library.folder, SETTINGS)
    ours, theirs = np.flatnonzero(who == 1), np.flatnonzero(who == 2)
    say(library, Name(ANNA, (face(ours[0]), face(theirs[0])), "Anna"))
    summary = group_library(library.folder, SETTINGS)
    assert (summary.kind, summary.fresh, summary.new) == ("warm", True, 0)
    after = clusters_of(library, 3)
    assert len({after[face(row)] for row in (*ours, *theirs)}) == 1
    assert not group_library(library.folder, SETTINGS).fresh
    say(library, Name(BELA, tuple(face(row) for row in theirs), "Bela"))
    group_library(library.folder, SETTINGS)
    after = clusters_of(library, 4)
    assert {after[face(row)] for row in ours}.isdisjoint({after[face(row)] for row in theirs})
    assert len({after[face(row)] for row in theirs}) == 1


def test_what_is_taken_back_holds_no_longer(grown):
    library, _, who = grown
    group_library(library.folder, SETTINGS)
    ours, theirs = np.flatnonzero(who == 1), np.flatnonzero(who == 2)
    decision = say(library, Name(ANNA, (face(ours[0]), face(theirs[0])), "Anna"))
    group_library(library.folder, SETTINGS)
    say(library, Undo(decision.id))
    assert group_library(library.folder, SETTINGS).kind == "warm"
    before, after = clusters_of(library, 2), clusters_of(library, 4)
    assert same_partition(*(np.array(list(one.values())) for one in (before, after)))


@pytest.mark.parametrize("full", [False, True])
def test_a_face_that_is_rejected_leaves_and_stays_away(full, grown):
    library, files, who = grown
    group_library(library.folder, SETTINGS)
    ours = [face(row) for row in np.flatnonzero(who == 0)]
    say(library, Name(ANNA, tuple(ours[:3]), "Anna"), Reject(ANNA, (ours[5],)))
    group_library(library.folder, SETTINGS, full=full)
    add_scan(library, files[1:])
    group_library(library.folder, SETTINGS, full=full)
    after = clusters_of(library, 4)
    known = [name for name in ours if name in after]
    (cluster,) = {after[name] for name in ours[1:3]}
    assert after[ours[5]] != cluster
    assert np.mean([after[name] == cluster for name in known]) > 0.8


def test_different_people_are_two(grown):
    library, _, who = grown
    ours = [face(row) for row in np.flatnonzero(who == 0)]
    say(library, Different((ours[0],), (ours[1], ours[2])))
    group_library(library.folder, SETTINGS)
    after = clusters_of(library, 2)
    assert after[ours[0]] not in (after[ours[1]], after[ours[2]])


def test_ignored_strangers_are_not_made_one_person(grown):
    library, _, who = grown
    strangers = [face(np.flatnonzero(who == person)[0]) for person in (3, 4, 5)]
    say(library, Ignore(STRANGER, tuple(strangers)))
    group_library(library.folder, SETTINGS)
    assert len({clusters_of(library, 2)[name] for name in strangers}) == 3


def test_what_is_no_face_is_in_no_run_until_that_is_taken_back(grown):
    library, _, who = grown
    painting = face(np.flatnonzero(who == 0)[0])
    decision = say(library, NotAFace((painting,)))
    summary = group_library(library.folder, SETTINGS)
    assert (summary.faces, summary.gone) == (61, int(painting in clusters_of(library, 1)))
    assert painting not in clusters_of(library, 2)
    say(library, Undo(decision.id))
    assert group_library(library.folder, SETTINGS).faces == 62
    assert len({clusters_of(library, 3)[face(row)] for row in np.flatnonzero(who == 0)}) == 1


def test_a_name_alone_changes_no_cluster(grown):
    library, _, who = grown
    group_library(library.folder, SETTINGS)
    say(library, Name(ANNA, (face(np.flatnonzero(who == 0)[0]),), "Anna"))
    group_library(library.folder, SETTINGS)
    assert clusters_of(library, 3) == clusters_of(library, 2)


# kills and damage ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["graph", "tables"])
def test_a_run_that_is_ended_anywhere_is_made_by_the_next_as_if_nothing_had_been(where, grown, tmp_path, monkeypatch):
    library, _, _ = grown

    def stop(*_):
        raise StorageError("The disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(type(library.graph), "save", stop) if where == "graph" else patch.setattr(
            type(library), "add_run", stop
        )
        with pytest.raises(StorageError):
            group_library(library.folder, SETTINGS)
    assert library.run_numbers() == [1]
    group_library(library.folder, SETTINGS)
    calm, files, _ = library_of(tmp_path / "calm", PEOPLE)
    for end in (58, 62):
        add_scan(calm, files[:end])
        group_library(calm.folder, SETTINGS)
    assert library.clusters(2).equals(calm.clusters(2))
    assert library.tree(2).equals(calm.tree(2))


def test_lost_lists_cost_a_search_and_change_nothing(grown, tmp_path, monkeypatch):
    library, _, _ = grown
    (library.graph.folder / LISTS).unlink()
    monkeypatch.setattr(graph, "SMALL_PAIRS", 1)
    told = []
    group_library(library.folder, SETTINGS, on_pairs=lambda _, total: told.append(total))
    assert told[-1] == 62 * 61 // 2
    calm, files, _ = library_of(tmp_path / "calm", PEOPLE)
    for end in (58, 62):
        add_scan(calm, files[:end])
        told.clear()
        group_library(calm.folder, SETTINGS, on_pairs=lambda _, total: told.append(total))
    assert told[-1] == 4 * 58 + 6
    assert library.clusters(2).equals(calm.clusters(2))
