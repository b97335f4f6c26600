"""Photos that are away for a time, and runs meanwhile: what was said of their faces is kept, and holds again."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from facecluster.pipeline.people import people_of
from facecluster.store.library import open_library
from tests.clusters.people import same_partition

MANY = ["collins-and-hopper", "collins-evening", "hopper-newsprint", "biden-close", "obama-congress"]
FEW = ["hopper-newsprint"]
HOPPER, COLLINS, OBAMA, BIDEN = "Hopper", "Collins", "Obama", "Biden"


@pytest.fixture
def library(demo_library, tmp_path):
    return shutil.copytree(demo_library, tmp_path / "library")


@pytest.fixture
def told(facecluster, library):
    """A function that tells the library something, which must succeed; what it answers."""

    def tell(*words):
        ended = facecluster(*words, "--library", library, "--json")
        assert ended.code == 0, ended.err
        return json.loads(ended.out)

    return tell


def faces_of(library):
    """All that is shown of every face, by id; "" stands for no name."""
    people = people_of(open_library(library))
    refused = np.zeros(len(people.faces), np.int64)
    np.add.at(refused, people.who.rejected[:, 0], 1)
    faces = people.faces.assign(name=people.names_of_faces(), refused=refused, no_face=people.who.not_faces)
    faces["photo"] = faces["photo_path"].str.extract(r"([^/]+)\.\w+$")
    faces["decided"] = faces["provenance"].isin(["human", "imported"])
    return faces.set_index("face_id").fillna({"name": ""})


def archive_of(demo_album, folder, away):
    """The demo album in two folders, one of which will be away."""
    for photo in sorted(demo_album.glob("*.[jpw]*")):
        target = folder / ("card" if photo.stem in away else "home") / photo.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(photo, target)
    return folder


def say_a_lot(told, library):
    """Names, an ignored stranger, a rejection, a word about what is no face, and one that was taken back."""
    face_of = faces_of(library).reset_index().set_index("photo")["face_id"]
    cluster_of = faces_of(library).set_index("photo")["cluster_id"].astype(object)
    told("people", "name", COLLINS, str(cluster_of["collins-portrait"]), "--new")
    told("people", "name", HOPPER, str(cluster_of["hopper-portrait"]), "--new")
    told("people", "ignore", str(cluster_of["biden-close"]))
    told("people", "name", OBAMA, face_of["obama-portrait"], "--new")
    told("people", "reject", HOPPER, face_of["hopper-newsprint"])
    told("people", "not-a-face", face_of["obama-congress"])
    told("people", "undo", str(told("people", "rename", COLLINS, "A Slip")["number"]))


def dormant_of(told):
    listed = told("people", "list")["people"] + told("people", "list", "--ignored")["people"]
    return {one["name"] or "": one["dormant"] for one in listed}


@pytest.mark.parametrize(("away", "kind"), [(FEW, "warm"), (MANY, "full")], ids=["few", "many"])
def test_what_was_said_of_photos_that_are_away_holds_when_they_return(
    away, kind, told, facecluster, library, demo_album, tmp_path
):
    archive = archive_of(demo_album, tmp_path / "archive", away)
    told("run", archive, "--moved")
    say_a_lot(told, library)
    known_elsewhere = told("run", archive, "--full")["index"]["vanished"]  # at the paths of the demo album
    before, history = faces_of(library), told("people", "history")["decisions"]
    there = ~before["photo"].isin(away)
    assert set(dormant_of(told).values()) == {0}

    # The folder is away: what is said of the other faces stays, and that something is missing is told.
    shutil.move(archive / "card", tmp_path / "card")
    ran = told("run", archive)
    assert (ran["index"]["vanished"] - known_elsewhere, ran["run"]["kind"]) == (len(away), kind)
    meanwhile = faces_of(library)
    assert meanwhile.index.tolist() == before.index[there].tolist()
    said = ["decided", "no_face", "refused"]
    assert meanwhile[said].equals(before.loc[there, said])
    named = before["decided"]
    assert meanwhile.loc[named[there], "name"].equals(before.loc[there & named, "name"])
    missing = before.loc[~there & named, "name"].value_counts()
    assert dormant_of(told) == {name: missing.get(name, 0) for name in dormant_of(told)}
    assert sum(dormant_of(told).values()) == (~there & named).sum()
    shown = facecluster("people", "show", COLLINS, "--library", library).out
    assert ("2 not there now" in shown) == (away == MANY)

    # Nothing can be said of a face that is not there, and nothing is lost by runs, or by what is said of others.
    gone = before.index[~there][0]
    ended = facecluster("people", "name", HOPPER, gone, "--library", library)
    assert (ended.code, "No photo that is there now has the face" in ended.err) == (2, True)
    for words in (["cluster", "--full"], ["people", "born", COLLINS, "1956-11-19"], ["run", archive], ["propagate"]):
        told(*words)
    assert told("people", "history")["decisions"][1:] == history
    assert faces_of(library)[said].equals(meanwhile[said])

    # It is back: no photo is looked at again, and all is as before.
    shutil.move(tmp_path / "card", archive / "card")
    ran = told("run", archive)
    assert (ran["index"]["indexed"], ran["index"]["vanished"], ran["run"]["kind"]) == (0, known_elsewhere, kind)
    after = faces_of(library)
    assert after.index.tolist() == before.index.tolist()
    assert after[said].equals(before[said])
    assert after.loc[named, "name"].equals(before.loc[named, "name"])
    assert set(dormant_of(told).values()) == {0}
    told("cluster", "--full")
    clusters = [faces_of(library)["cluster_id"], before["cluster_id"]]
    assert same_partition(*(np.asarray(pd.to_numeric(one).fillna(-1), np.int64) for one in clusters))
