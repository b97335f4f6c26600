"""After other settings of the detector, which draw other boxes: what was said of a face is said of the same face."""

import json
import shutil

import pandas as pd
import pytest

from facecluster.pipeline.catalogue import census_of, faces_of, latest_scan
from facecluster.pipeline.people import people_of
from facecluster.store.library import open_library

OTHER = ["--detect-size", "320", "--min-score", "0.35"]
EDGES = ["x0", "y0", "x1", "y1"]


def told_of_faces(folder):
    """The faces that are there, by id: photo, box, and all that people or the machine say of each."""
    library = open_library(folder)
    people = people_of(library)
    scan = latest_scan(library)
    photos = census_of(library, library.listing(scan), scan.fingerprint).current
    boxes = faces_of(library, scan, photos, EDGES).to_pandas().set_index("face_id")
    faces = people.faces.set_index("face_id")
    told = boxes.assign(
        name=pd.Series(people.names_of_faces(), boxes.index).fillna(""),
        provenance=faces["provenance"],
        no_face=people.who.not_faces,
    )
    refused = {face: set() for face in told.index}
    for row, person in people.who.rejected:
        refused[told.index[row]].add(people.who.people[person].name)
    return told.assign(refused=refused)


def overlap(one, other):
    """Intersection over union of two boxes."""
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    shared = max(width, 0) * max(height, 0)
    areas = [(box.x1 - box.x0) * (box.y1 - box.y0) for box in (one, other)]
    return shared / (sum(areas) - shared)


def counterparts(before, after):
    """Pairs of rows that show one face: of each face of before, the one in its photo that overlaps it most."""
    for one in before.itertuples():
        there = list(after.loc[after["photo_hash"] == one.photo_hash].itertuples())
        best = max(there, key=lambda other: overlap(one, other))
        assert overlap(one, best) >= 0.5
        yield one, best


def assert_same_people(before, after):
    """What people said of each face holds for its counterpart; some of these bear another id."""
    pairs = list(counterparts(before, after))
    assert len({other.Index for _, other in pairs}) == len(before)
    assert any(one.Index != other.Index for one, other in pairs)
    decided = 0
    for one, other in pairs:
        assert (one.no_face, one.refused) == (other.no_face, other.refused)
        if one.provenance in {"human", "imported"}:
            assert other.provenance in {"human", "imported"}
            assert one.name == other.name
            decided += 1
        else:
            assert other.provenance not in {"human", "imported"}
    assert decided > 0


@pytest.fixture
def told(facecluster):
    """A function that tells a library something, which must succeed; what it answers."""

    def tell(folder, *words):
        ended = facecluster(*words, "--library", folder, *(["--json"] if words[0] != "run" else []))
        assert ended.code == 0, ended.err
        return json.loads(ended.out) if words[0] != "run" else None

    return tell


@pytest.fixture
def library(demo_library, told, tmp_path):
    """The demo album, of whose faces much is said."""
    folder = shutil.copytree(demo_library, tmp_path / "library")
    shown = [told(folder, "people", "show", str(cluster))["faces"] for cluster in range(4)]
    first, second, third, fourth = ([face["face_id"] for face in faces] for faces in shown)
    told(folder, "people", "name", "Ada", *first[:2], "--new")
    told(folder, "people", "name", "Ben", "1", "--new")
    told(folder, "people", "reject", "Ben", second[0])
    told(folder, "people", "split", "Ben", second[1], "--to", "Cleo", "--new")
    told(folder, "people", "not-a-face", third[0])
    told(folder, "people", "cover", "Ada", first[1])
    told(folder, "people", "differ", third[1], fourth[0])
    told(folder, "people", "ignore", fourth[1])
    told(folder, "propagate")
    return folder


def test_every_decision_holds_for_other_boxes(library, told, demo_album):
    before, people = told_of_faces(library), told(library, "people", "list")["people"]
    history = told(library, "people", "history")
    told(library, "run", demo_album, *OTHER)
    after = told_of_faces(library)
    assert_same_people(before, after)
    assert told(library, "people", "history") == history
    now = told(library, "people", "list")["people"]
    for name in ("id", "name", "ignored", "dormant", "human"):
        assert [one[name] for one in now] == [one[name] for one in people]
    (ada,) = [one for one in now if one["name"] == "Ada"]
    assert ada["cover"] in after.index

    # What is said now, of a new box, is said of the old one too.
    spoken_of = after.index[(after["name"] == "Ben") & (after["provenance"] == "human")][0]
    told(library, "people", "name", "Ada", spoken_of)
    told(library, "run", demo_album)
    again = told_of_faces(library)
    assert again.index.tolist() == before.index.tolist()
    assert_same_people(told_of_faces(library), after.assign(name=after["name"].where(after.index != spoken_of, "Ada")))
    told(library, "people", "undo", str(len(history["decisions"]) + 1))
    told(library, "run", demo_album)
    columns = ["name", "provenance", "no_face", "refused"]
    assert told_of_faces(library)[columns].equals(before[columns])


def test_a_backup_speaks_of_the_same_faces_in_a_library_with_other_boxes(library, told, demo_album, tmp_path):
    other, backup = tmp_path / "other", tmp_path / "backup.json"
    told(other, "run", demo_album, *OTHER)
    told(library, "people", "export", str(backup))
    told(other, "people", "import", str(backup))
    told(other, "run", demo_album, *OTHER)
    assert_same_people(told_of_faces(library), told_of_faces(other))
    ours, theirs = (told(one, "people", "list")["people"] for one in (library, other))
    for name in ("id", "name", "ignored", "dormant", "human"):
        assert [one[name] for one in theirs] == [one[name] for one in ours]
