from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from facecluster.errors import LibraryError
from facecluster.measure.known_people import known_people
from facecluster.measure.labels import read_labels
from facecluster.people.statements import Born, Confirm, Ignore, Merge, Name, NotAFace, Reject
from facecluster.pipeline.catalogue import census_of, clustered_faces, latest_scan
from facecluster.pipeline.group import group_library
from facecluster.pipeline.index import index_archive
from facecluster.pipeline.journal import decide
from facecluster.pipeline.propagate import propagate_names
from facecluster.schemas import NAMES
from facecluster.settings import ClusterSettings, NamesSettings, Settings
from facecluster.store.library import open_library
from facecluster.store.runs import RunTables
from tests.pipeline.made_up_library import face_ids, made_up_library
from tests.pipeline.small_library import small_library
from tests.pipeline.unseen_faces import add_unseen

PHOTOS = Path(__file__).parents[3] / "shared" / "photos"
SETTINGS = NamesSettings()
ANNA, BERTA = "a" * 12, "b" * 12


@pytest.fixture
def made_up(tmp_path):
    """A grouped library of people with 8, 6 and 1 faces, and whose each face is."""
    library, people = made_up_library(tmp_path, [8, 6, 1])
    group_library(library.folder, ClusterSettings())
    return library, np.array(people)


def tell(library, *statements):
    return decide(library, lambda _: statements, "me")


def faces_of(people, person, count=None):
    ids = np.array(face_ids(len(people)))[people == person]
    return tuple(ids[:count].tolist())


def names_in(library, number=None):
    table = library.names(number or library.names_numbers()[-1])
    assert table.schema.equals(NAMES)
    return {row["face_id"]: row["person"] for row in table.to_pylist()}


def test_one_named_face_names_the_others_of_the_person_and_nobody_else(made_up):
    library, people = made_up
    tell(library, Name(ANNA, faces_of(people, 0, 1), "Anna"))
    summary = propagate_names(library.folder, SETTINGS)
    assert (summary.names, summary.fresh, summary.run, summary.journal) == (1, True, 1, 1)
    assert names_in(library) == dict.fromkeys(faces_of(people, 0)[1:], ANNA)
    assert summary.undecided == len(people) - 1
    assert summary.automatic + summary.proposed == 7
    assert (summary.nameless, summary.ignored) == (0, 0)
    table = library.names(1).to_pandas()
    assert table["face_id"].is_monotonic_increasing
    assert table["automatic"].sum() == summary.automatic > 4
    assert (table.loc[table["automatic"], "probability"] >= summary.threshold.sureness).all()


def test_where_nobody_was_named_there_is_a_table_without_names(made_up):
    library, people = made_up
    summary = propagate_names(library.folder, SETTINGS)
    assert names_in(library) == {}
    assert (summary.undecided, summary.automatic, summary.proposed) == (len(people), 0, 0)


def test_the_record_says_what_the_names_are_of_and_how_right_they_are(made_up):
    library, people = made_up
    tell(library, Name(ANNA, (), "Anna"), Confirm(ANNA, faces_of(people, 0, 5)))
    summary = propagate_names(library.folder, SETTINGS)
    record = library.names_record(summary.names)
    assert (record["run"], record["journal"], record["settings"]) == (1, 1, {"precision": 0.995})
    assert datetime.fromisoformat(record["created_at"]).tzinfo is not None
    assert record["threshold"] == summary.threshold._asdict()
    assert record["threshold"]["faces"] == 5
    assert record["threshold"]["precision"] == 1
    assert 0 < record["threshold"]["bound"] < record["threshold"]["precision"]
    assert not record["threshold"]["by_measure"]


def test_faces_decided_one_by_one_or_confirmed_are_measured_and_those_of_a_cluster_are_not(made_up):
    library, people = made_up
    tell(library, Name(ANNA, faces_of(people, 0, 5), "Anna"))
    assert propagate_names(library.folder, SETTINGS).threshold.faces == 0
    for face in faces_of(people, 1, 3):
        tell(library, Name(BERTA, (face,), "Berta"))
    assert propagate_names(library.folder, SETTINGS).threshold.faces == 3
    tell(library, Confirm(ANNA, faces_of(people, 0, 2)))
    assert propagate_names(library.folder, SETTINGS).threshold.faces == 5


def test_nothing_new_needs_no_new_table(made_up):
    library, people = made_up
    tell(library, Name(ANNA, faces_of(people, 0, 1), "Anna"))
    first = propagate_names(library.folder, SETTINGS)
    again = propagate_names(library.folder, SETTINGS)
    assert not again.fresh
    assert library.names_numbers() == [1]
    same = ("names", "run", "journal", "undecided", "automatic", "proposed", "threshold")
    assert [getattr(again, name) for name in same] == [getattr(first, name) for name in same]


@pytest.mark.parametrize("change", ["decision", "run", "settings", "calibration", "photos"])
def test_what_changes_names_makes_a_new_table(change, made_up):
    library, people = made_up
    tell(library, Name(ANNA, faces_of(people, 0, 1), "Anna"))
    propagate_names(library.folder, SETTINGS)
    settings = SETTINGS
    if change == "decision":
        tell(library, Name(BERTA, faces_of(people, 1, 1), "Berta"))
    elif change == "run":
        group_library(library.folder, ClusterSettings(min_quality=0.3))
    elif change == "settings":
        settings = NamesSettings(precision=0.9)
    elif change == "calibration":
        library.add_calibration(
            impostor_median=0.01, impostor_sd=0.1, genuine_median=0.6, measured_at="now", source="labels.csv"
        )
    else:
        listing = library.listing(library.latest_scan())
        library.add_scan(listing.slice(0, len(listing) - 1), "/photos", "print", "2026-01-03T03:04:05+00:00")
    assert propagate_names(library.folder, settings).names == 2


def test_it_is_the_current_run_that_counts(made_up):
    library, _ = made_up
    group_library(library.folder, ClusterSettings(min_quality=0.3))
    library.make_current(1, "2026-01-02T03:04:05+00:00")
    assert propagate_names(library.folder, SETTINGS).run == 1


def test_people_without_a_name_and_ignored_ones_take_their_faces_and_count_apart(made_up):
    library, people = made_up
    tell(library, Name(ANNA, faces_of(people, 0, 1)), Ignore(BERTA, faces_of(people, 1, 1)))
    summary = propagate_names(library.folder, SETTINGS)
    expected = dict.fromkeys(faces_of(people, 0)[1:], ANNA) | dict.fromkeys(faces_of(people, 1)[1:], BERTA)
    assert names_in(library) == expected
    assert (summary.automatic, summary.proposed, summary.nameless, summary.ignored) == (0, 0, 7, 5)


def test_what_somebody_refused_stays_refused(made_up):
    library, people = made_up
    first, refused, pattern, *others = faces_of(people, 0)
    tell(library, Name(ANNA, (first,), "Anna"))
    tell(library, Reject(ANNA, (refused,)), NotAFace((pattern,)))
    propagate_names(library.folder, SETTINGS)
    assert names_in(library) == dict.fromkeys(others, ANNA)


def test_a_merged_person_is_the_one_it_became(made_up):
    library, people = made_up
    tell(library, Name(ANNA, faces_of(people, 0, 1), "Anna"), Name(BERTA, faces_of(people, 1, 1), "Berta"))
    tell(library, Merge(ANNA, (BERTA,)))
    propagate_names(library.folder, SETTINGS)
    assert set(names_in(library).values()) == {ANNA}
    assert len(names_in(library)) == 12


def test_days_of_photos_are_held_against_the_day_of_birth(tmp_path):
    moments = [datetime(1999, 12, 31, 23, 59), datetime(2000, 1, 1, 0, 1), None, datetime(2030, 1, 1)] * 2  # noqa: DTZ001
    library, people = made_up_library(tmp_path, [8], moments)
    group_library(library.folder, ClusterSettings())
    decided, *others = faces_of(people := np.array(people), 0)
    tell(library, Name(ANNA, (decided,), "Anna"))
    propagate_names(library.folder, SETTINGS)
    assert sorted(names_in(library)) == others
    tell(library, Born(ANNA, "2000-01-01"))
    propagate_names(library.folder, SETTINGS)
    assert sorted(names_in(library)) == [face for row, face in enumerate(faces_of(people, 0)) if row not in {0, 4}]


def test_faces_that_no_run_has_seen_yet_may_be_named(made_up):
    library, people = made_up
    clusters = library.clusters(1)
    unseen = faces_of(people, 0)[-1]
    record = {name: value for name, value in library.run_record(1).items() if name not in {"run", "tables"}}
    rest = clusters.filter(np.array(clusters["face_id"].to_pylist()) != unseen)
    library.add_run(RunTables(rest, library.tree(1), library.suggestions(1)), record)
    tell(library, Name(ANNA, faces_of(people, 0, 4), "Anna"))
    assert propagate_names(library.folder, SETTINGS).run == 2
    assert names_in(library)[unseen] == ANNA


def test_a_library_that_is_not_grouped_says_what_to_do(tmp_path):
    library = small_library(tmp_path, clusters=None)
    with pytest.raises(LibraryError, match="facecluster cluster"):
        propagate_names(library.folder, SETTINGS)


def test_a_library_in_use_is_refused(made_up):
    library, _ = made_up
    with library.locked(), pytest.raises(LibraryError, match="Another facecluster"):
        propagate_names(library.folder, SETTINGS)
    assert library.names_numbers() == []


@pytest.mark.slow
@pytest.mark.skipif(not (PHOTOS / "labels.csv").is_file(), reason="the labelled photographs are not here")
def test_on_real_photos_one_named_face_a_person_names_the_others(tmp_path):
    index_archive(PHOTOS / "quick", tmp_path / "library", Settings(), lambda _done, _total: None)
    group_library(tmp_path / "library", ClusterSettings())
    library = open_library(tmp_path / "library")
    scan = latest_scan(library)
    photos = census_of(library, library.listing(scan), scan.fingerprint).current
    faces = clustered_faces(library, scan, photos, ["x0", "y0", "x1", "y1"])
    where = {"archive": PHOTOS / "quick", "label_folder": PHOTOS}
    known = known_people(photos, faces, read_labels(PHOTOS / "labels.csv"), **where, pick="center")
    people = {
        face: f"{person:012x}" for face, person in zip(faces["face_id"].iloc[known.rows], known.people, strict=True)
    }
    named = {}
    for face, person in people.items():
        if list(people.values()).count(person) >= 3 and person not in named:
            named[person] = face
            tell(library, Name(person, (face,), f"Person {person}"))
    propagate_names(library.folder, SETTINGS)
    given = library.names(1).to_pandas()
    automatic = given[given["automatic"] & given["face_id"].isin(people)]
    assert (automatic["face_id"].map(people) == automatic["person"]).all()
    others = [face for face, person in people.items() if person in named and face != named[person]]
    assert len(automatic) >= 0.8 * len(others) > 10


def test_names_are_the_same_with_unseen_faces_of_the_same_people(tmp_path):
    told = []
    for folder in (tmp_path / "plain", tmp_path / "drawn"):
        library, people = made_up_library(folder, [8, 6, 1])
        group_library(library.folder, ClusterSettings())
        tell(
            library, Name(ANNA, (), "Anna"), Confirm(ANNA, faces_of(people, 0, 4)), Reject(ANNA, faces_of(people, 1, 2))
        )
        tell(library, Name(BERTA, (), "Berta"), Confirm(BERTA, faces_of(people, 1, 3)[2:]))
        told.append(library)
    plain, drawn = told
    tell(drawn, Name(ANNA, (add_unseen(drawn, "0009.jpg"),)), Confirm(BERTA, (add_unseen(drawn, "0001.jpg"),)))
    add_unseen(drawn, "0002.jpg")  # nobody's
    expected, found = (propagate_names(library.folder, SETTINGS) for library in told)
    assert found.threshold == expected.threshold
    assert found.undecided == expected.undecided
    assert plain.names(1).equals(drawn.names(1))
    assert len(plain.names(1)) > 5
