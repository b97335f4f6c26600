import os
import stat

import pytest

from facecluster.errors import StorageError, UsageError
from facecluster.store.albums.entries import Entry, EntryError, Mark, make_entry, planned_entry, remove_entry

LONG_AGO_NS = 1_234_567_890_123_456_789


@pytest.fixture
def photo(tmp_path):
    """A photo of some age in an archive."""
    path = tmp_path / "archive" / "2020" / "img.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"a photo")
    path.chmod(0o755)
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    return path


@pytest.fixture
def place(tmp_path):
    """Where its entry belongs; the album is there, the folder is not."""
    (tmp_path / "album").mkdir()
    return tmp_path / "album" / "Ada 3f2a" / "img.jpg"


def made(place, photo, *ours, copy=False):
    return make_entry(planned_entry(place, photo, copy=copy), ours, place.parents[1] / "staged")


def test_a_link_is_relative_and_leads_to_the_photo(place, photo):
    entry = planned_entry(place, photo, copy=False)
    assert entry.mark == Mark("../../archive/2020/img.jpg")
    assert make_entry(entry, (), place.with_name("staged"))
    assert place.is_symlink()
    assert place.resolve() == photo
    assert not make_entry(entry, (), place.with_name("staged"))


def test_a_link_between_places_with_nothing_in_common_is_absolute(photo):
    entry = planned_entry(type(photo)("/elsewhere/Ada 3f2a/img.jpg"), photo, copy=False)
    assert entry.mark == Mark(str(photo))


def test_a_link_may_lead_to_a_name_that_is_no_text(place, photo):
    odd = photo.with_name(os.fsdecode(b"\xff\n.jpg"))
    photo.rename(odd)
    assert made(place, odd)
    assert place.read_bytes() == b"a photo"


def test_a_copy_has_the_bytes_and_the_time_of_the_photo_and_nobody_can_run_it(place, photo):
    assert made(place, photo, copy=True)
    status = place.lstat()
    assert stat.S_ISREG(status.st_mode)
    assert (place.read_bytes(), status.st_mtime_ns) == (b"a photo", LONG_AGO_NS)
    assert stat.S_IMODE(status.st_mode) == 0o644
    assert not made(place, photo, copy=True)
    assert os.listdir(place.parents[1]) == ["Ada 3f2a"]


@pytest.mark.parametrize("copy", [False, True])
def test_what_is_ours_gives_way_to_a_newer_entry(place, photo, copy):
    other = photo.with_name("other.jpg")
    other.write_bytes(b"another photo")
    made(place, photo, copy=copy)
    assert made(place, other, planned_entry(place, photo, copy=copy).mark, copy=copy)
    assert place.read_bytes() == b"another photo"


def test_a_link_of_ours_gives_way_to_a_copy_and_back(place, photo):
    link, copy = (planned_entry(place, photo, copy=copy).mark for copy in (False, True))
    made(place, photo)
    assert made(place, photo, link, copy=True)
    assert not place.is_symlink()
    assert made(place, photo, copy)
    assert place.is_symlink()


def stranger_is_a_file(place):
    place.write_bytes(b"mine")


def stranger_is_a_link(place):
    place.symlink_to("elsewhere")


def stranger_is_a_folder(place):
    place.mkdir()


@pytest.mark.parametrize("stranger", [stranger_is_a_file, stranger_is_a_link, stranger_is_a_folder])
@pytest.mark.parametrize("copy", [False, True])
def test_what_somebody_else_put_there_stays(place, photo, stranger, copy):
    place.parent.mkdir()
    stranger(place)
    before = place.lstat()
    ours = [planned_entry(place, photo, copy=copy).mark for copy in (False, True)]
    with pytest.raises(EntryError, match="something else is there"):
        made(place, photo, *ours, copy=copy)
    assert not remove_entry(place, ours)
    assert place.lstat() == before


def test_a_copy_that_somebody_worked_on_is_not_ours_any_more(place, photo):
    made(place, photo, copy=True)
    place.write_bytes(b"a photo, cropped")
    assert not remove_entry(place, [planned_entry(place, photo, copy=True).mark])
    assert place.exists()


def test_a_copy_is_known_again_on_a_disk_that_keeps_no_finer_times(place, photo):
    made(place, photo, copy=True)
    os.utime(place, ns=(0, LONG_AGO_NS // 2_000_000_000 * 2_000_000_000))
    assert not made(place, photo, copy=True)
    assert remove_entry(place, [planned_entry(place, photo, copy=True).mark])


def test_the_folder_goes_with_its_last_entry_and_not_before(place, photo):
    other = place.with_name("other.jpg")
    mark = planned_entry(place, photo, copy=False).mark
    made(place, photo)
    made(other, photo)
    assert remove_entry(place, [mark])
    assert remove_entry(other, [mark])
    assert not place.parent.exists()
    assert not remove_entry(other, [mark])
    assert photo.exists()


def test_nothing_is_made_or_removed_behind_a_folder_that_is_a_link(place, photo, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place.parent.symlink_to(elsewhere)
    mark = planned_entry(place, photo, copy=False).mark
    (elsewhere / "img.jpg").symlink_to(mark.leads_to)
    with pytest.raises(EntryError, match="its folder is a link"):
        remove_entry(place, [mark])
    (elsewhere / "img.jpg").unlink()
    with pytest.raises(EntryError, match="its folder is a link"):
        made(place, photo)
    assert os.listdir(elsewhere) == []


def test_a_file_in_place_of_the_folder_is_no_end(place, photo):
    place.parent.write_bytes(b"mine")
    with pytest.raises(EntryError, match="cannot be changed"):
        made(place, photo)
    assert place.parent.read_bytes() == b"mine"


@pytest.mark.parametrize("copy", [False, True])
def test_a_photo_that_is_gone_or_no_file_has_no_entry(place, photo, copy):
    with pytest.raises(EntryError, match="cannot be read: No such file"):
        planned_entry(place, photo.with_name("gone.jpg"), copy=copy)
    os.mkfifo(photo.with_name("pipe.jpg"))
    with pytest.raises(EntryError, match="no file any more"):
        planned_entry(place, photo.with_name("pipe.jpg"), copy=copy)


def test_a_photo_that_changes_meanwhile_is_not_copied(place, photo):
    entry = planned_entry(place, photo, copy=True)
    photo.write_bytes(b"another photo")
    with pytest.raises(EntryError, match="changed while it was copied"):
        make_entry(entry, (), place.parents[1] / "staged")
    photo.unlink()
    with pytest.raises(EntryError, match="cannot be read"):
        make_entry(entry, (), place.parents[1] / "staged")
    assert not place.exists()


def test_a_name_that_the_disk_cannot_take_is_a_fault_of_that_entry(place, photo):
    entry = Entry(place.with_name("x" * 300), photo, Mark(str(photo)))
    with pytest.raises(EntryError, match="File name too long"):
        make_entry(entry, (), place.with_name("staged"))


def test_a_full_disk_ends_it(place, photo, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match=r"No space left on device\. What was made stays"):
        made(place, photo, copy=True)
    assert not place.exists()


def test_where_links_cannot_be_the_way_out_is_named(place, photo, monkeypatch):
    def refused(*_, **__):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "symlink", refused)
    with pytest.raises(UsageError, match="add --copy"):
        made(place, photo)
