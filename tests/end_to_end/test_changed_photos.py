"""Other programs write to photos: what was said of a face holds for its picture, however saved, and for no other."""

import shutil

import pytest
from PIL import Image

from facecluster.people.statements import Confirm, Merge, Name, NotAFace, Reject, Undo
from facecluster.pipeline.group import group_library
from facecluster.pipeline.heirs import heirs_of
from facecluster.pipeline.history import history
from facecluster.pipeline.index import index_archive
from facecluster.pipeline.journal import decide, decisions_of, who_is_who_in
from facecluster.pipeline.people import people_of
from facecluster.pipeline.propagate import propagate_names
from facecluster.pipeline.runs import diff
from facecluster.settings import Settings
from facecluster.store.library import open_library

PEOPLE = {"collins": "c" * 12, "hopper": "d" * 12, "obama": "e" * 12, "biden": "b" * 12}
COMES_LATER = ["obama-portrait.jpg", "biden-close.jpg"]

TAGGED, RECODED, CUT = "collins-portrait.jpg", "obama-blue-room.jpg", "biden-blue-room.jpg"
NO_FACE = "collins-badge.png"
OTHER_PERSON, SAME_PERSON = "hopper-newsprint.jpg", "obama-congress.jpg"
GOES, MOVES, STAYS = "hopper-portrait.jpg", "hopper-tilted.webp", "collins-and-hopper.jpg"
REJECTED = "collins-evening.jpg"
SAVED_AGAIN = [TAGGED, RECODED, CUT, NO_FACE, REJECTED]


class Album:
    """An archive, its library, and what is done to both."""

    def __init__(self, source, folder):
        self.source, self.archive, self.library = source, folder / "album", folder / "library"
        shutil.copytree(source, self.archive, ignore=shutil.ignore_patterns("*.md", *COMES_LATER))

    def run(self, **how):
        index_archive(self.archive, self.library, Settings(), lambda _done, _total: None)
        return group_library(self.library, Settings().cluster, **how)

    def opened(self):
        return open_library(self.library)

    def say(self, *statements):
        return decide(self.opened(), lambda _: statements, "somebody")

    def people(self):
        return people_of(self.opened())

    def faces(self, path):
        """The ids of the faces of a photo, from left to right."""
        faces = self.people().faces
        ids = faces.loc[faces["photo_path"] == path, "face_id"]
        return sorted(ids, key=lambda face: int(face[20:].split("-")[1]))

    def names(self, path):
        """The names that people gave to the faces of a photo, from left to right; None: nobody did."""
        people = self.people()
        who = dict(zip(people.faces["face_id"], people.who.persons, strict=True))
        return [people.who.people[who[face]].name if who[face] >= 0 else None for face in self.faces(path)]

    def clusters(self):
        """The cluster of each photo with one face."""
        faces = self.people().faces.drop_duplicates("photo_path", keep=False)
        return dict(zip(faces["photo_path"], faces["cluster_id"].fillna(-1), strict=True))

    def saved_again(self, path, change=lambda picture: picture, **options):
        """Write a photo as an editor does, with what it says of itself."""
        with Image.open(self.archive / path) as picture:
            exif, kind = picture.getexif(), picture.format
            picture.load()
        change(picture).save(self.archive / path, kind, exif=exif, **options)


def tag(data):
    """A JPEG file with a comment, which changes no pixel."""
    comment = b"Eileen Collins"
    return data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:]


def cut(picture):
    width, height = picture.size
    return picture.crop((width // 20, height // 30, width - width // 12, height - height // 25))


def change_photos(album):
    """All that can happen to photos, at once."""
    archive = album.archive
    (archive / TAGGED).write_bytes(tag((archive / TAGGED).read_bytes()))
    album.saved_again(RECODED, quality=80)
    album.saved_again(CUT, cut, quality=90)
    album.saved_again(NO_FACE, compress_level=1)
    album.saved_again(REJECTED, quality=90)
    shutil.copy(album.source / "biden-close.jpg", archive / OTHER_PERSON)
    shutil.copy(album.source / "obama-portrait.jpg", archive / SAME_PERSON)
    (archive / GOES).rename(archive.parent / GOES)
    (archive / "elsewhere").mkdir()
    (archive / MOVES).rename(archive / "elsewhere" / MOVES)


@pytest.fixture(scope="module")
def named(demo_album, tmp_path_factory):
    """An album in which every face was named, and something else said of some."""
    album = Album(demo_album, tmp_path_factory.mktemp("named"))
    album.run()
    for name, person in PEOPLE.items():
        paths = [path.name for path in album.archive.iterdir() if path.name.startswith(name) and path.name != STAYS]
        album.say(Name(person, tuple(face for path in paths for face in album.faces(path)), name))
    collins, hopper = album.faces(STAYS)
    album.say(Name(PEOPLE["collins"], (collins,)), Name(PEOPLE["hopper"], (hopper,)))
    album.say(Confirm(PEOPLE["collins"], tuple(album.faces(TAGGED))))
    album.say(NotAFace(tuple(album.faces(NO_FACE))))
    album.say(Reject(PEOPLE["collins"], tuple(album.faces(REJECTED))))
    album.run()
    propagate_names(album.library, Settings().names)
    return album


@pytest.fixture
def album(named, tmp_path):
    """A copy of it."""
    copy = Album(named.source, tmp_path)
    for folder in ("album", "library"):
        shutil.rmtree(tmp_path / folder, ignore_errors=True)
        shutil.copytree(named.archive.parent / folder, tmp_path / folder)
    index_archive(copy.archive, copy.library, Settings(), lambda _done, _total: None, moved=True)
    return copy


def held(album):
    """What is said of the faces that are there."""
    paths = [TAGGED, RECODED, CUT, NO_FACE, REJECTED, OTHER_PERSON, SAME_PERSON, GOES, MOVES, STAYS]
    return {path: album.names(path) for path in paths}


AT_FIRST = {
    TAGGED: ["collins"],
    RECODED: ["obama"],
    CUT: ["biden"],
    NO_FACE: [None],
    REJECTED: [None],
    OTHER_PERSON: ["hopper"],
    SAME_PERSON: ["obama"],
    GOES: ["hopper"],
    MOVES: ["hopper"],
    STAYS: ["collins", "hopper"],
}


def test_what_was_said_holds_while_the_picture_is_there(album):
    assert held(album) == AT_FIRST
    clusters = album.clusters()
    told = [event.said for event in history(who_is_who_in(album.opened(), []))]
    change_photos(album)
    summary = album.run()
    assert (summary.fresh, summary.new, summary.gone) == (True, 6, 7)  # what is no face is in no run
    after = AT_FIRST | {OTHER_PERSON: [None], SAME_PERSON: [None], GOES: [], MOVES: []}
    assert held(album) == after
    assert album.names(f"elsewhere/{MOVES}") == ["hopper"]
    who = album.people().who
    dormant = {person.name: person.dormant for person in who.people}
    assert dormant == {"collins": 0, "hopper": 2, "obama": 1, "biden": 0}
    assert who.not_faces.sum() == 1
    assert who.confirmed.sum() == 1
    assert [tuple(pair) for pair in who.rejected] == [(row_of(album, REJECTED), 0)]
    assert [event.said for event in history(who_is_who_in(album.opened(), []))] == told

    # Nothing is new the second time.
    library = album.opened()
    assert not album.run().fresh
    assert not album.run(full=True).fresh
    assert library.heirs_numbers() == [1]
    assert len(heirs_of(library).faces) == 2 * len(SAVED_AGAIN)

    # A run takes changed photos for what they are, by the numbers of clusters and when it is compared.
    now = album.clusters()
    assert all(now[path] == clusters[path] for path in (TAGGED, REJECTED, RECODED))
    assert diff(library).diff.faces.gone == 3
    assert diff(library).diff.stakes == ()


def row_of(album, path):
    return album.people().faces["photo_path"].tolist().index(path)


def test_what_returns_has_its_names_again(album):
    originals = {path: (album.archive / path).read_bytes() for path in AT_FIRST}
    change_photos(album)
    album.run()
    shutil.rmtree(album.archive / "elsewhere")
    for path, data in originals.items():
        (album.archive / path).write_bytes(data)
    album.run()
    assert held(album) == AT_FIRST
    assert not album.run().fresh


def test_a_photo_may_be_changed_again_and_again(album):
    first = album.faces(RECODED)
    for quality in (90, 80, 95):
        album.saved_again(RECODED, quality=quality)
        album.run()
        assert album.names(RECODED) == ["obama"]
    assert album.opened().heirs_numbers() == [1, 2, 3]
    assert album.faces(RECODED) != first
    album.say(Name(PEOPLE["biden"], tuple(album.faces(RECODED))))
    shutil.copy(album.source / RECODED, album.archive / RECODED)  # what was said of the copy is said of the original
    album.run()
    assert album.faces(RECODED) == first
    assert album.names(RECODED) == ["biden"]


def test_what_was_said_before_a_change_can_be_undone_after_it(album):
    change_photos(album)
    album.run()
    naming, rejection = (
        next(one for one in decisions_of(album.opened()) if isinstance(one.statements[0], kind))
        for kind in (Name, Reject)
    )
    album.say(Undo(rejection.id))
    assert album.names(REJECTED) == ["collins"]
    album.say(Undo(naming.id))
    assert album.names(TAGGED) == album.names(REJECTED) == [None]
    assert album.people().who.confirmed.sum() == 1  # that was said apart
    undoing = decisions_of(album.opened())[-1]
    album.say(Undo(undoing.id))
    assert album.names(REJECTED) == ["collins"]
    album.say(Merge(PEOPLE["biden"], (PEOPLE["collins"],)))
    assert album.names(TAGGED) == ["biden"]


def test_names_spread_from_photos_that_were_changed(album):
    before = propagate_names(album.library, Settings().names)
    change_photos(album)
    album.run()
    after = propagate_names(album.library, Settings().names)
    assert after.fresh
    assert after.names > before.names
    faces = album.people().faces.set_index("photo_path")
    assert faces.loc[RECODED, "provenance"] == "human"
    assert faces.loc[SAME_PERSON, "provenance"] != "human"


def test_an_original_that_is_still_there_keeps_what_was_said(album):
    shutil.copy(album.archive / RECODED, album.archive / "original.jpg")
    album.run()
    album.saved_again(RECODED, quality=80)
    album.run()
    assert album.names("original.jpg") == ["obama"]
    assert album.names(RECODED) == [None]
    assert album.opened().heirs_numbers() == []

    # Once it is gone the changed photo is all that is left of it, and what is new of it counts in a warm run.
    (album.archive / "original.jpg").unlink()
    album.run()
    assert album.names(RECODED) == ["obama"]


@pytest.mark.parametrize("killed", [True, False])
def test_a_run_that_ends_before_it_is_committed_finds_no_heir_twice(album, monkeypatch, killed):
    change_photos(album)
    with monkeypatch.context() as patch:
        if killed:
            patch.setattr("facecluster.pipeline.group.faces_to_group", die)
            with pytest.raises(KeyboardInterrupt):
                album.run()
            assert album.opened().heirs_numbers() == [1]
    album.run()
    assert album.opened().heirs_numbers() == [1]
    assert album.names(TAGGED) == ["collins"]


def die(*_):
    raise KeyboardInterrupt
