import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from facecluster.errors import StorageError, UsageError
from facecluster.store import folders
from facecluster.store.files import make_folder, replace_file
from facecluster.store.folders import CONTENTS, made_of, replaced_folder


def write(folder, *names, of=1):
    """A folder of files that hold their own names."""
    with replaced_folder(folder, {"of": of}) as staged:
        for name in names:
            make_folder((staged / name).parent)
            replace_file(staged / name, name.encode())


def names_in(folder):
    """All that lies in a folder, also below it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "out[1]" / "the pages"


@pytest.fixture(autouse=True)
def parent(folder):
    folder.parent.mkdir()


@pytest.fixture(params=[True, False], ids=["exchanged", "renamed"])
def exchange(request, monkeypatch):
    """Systems that can let two folders take each other's name at one stroke, and those that cannot."""
    if not request.param:
        monkeypatch.setattr(folders, "_exchanged", lambda _one, _other: False)


def test_a_new_folder_is_there_whole_and_private(folder):
    write(folder, "a.html", "sheets/b.jpg", of="this")
    assert names_in(folder) == {"a.html", "sheets/b.jpg", CONTENTS}
    assert made_of(folder) == {"of": "this", "files": ["a.html", "sheets/b.jpg"]}
    assert os.listdir(folder.parent) == [folder.name]
    for path in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


@pytest.mark.usefixtures("exchange")
def test_an_older_one_makes_way_for_it(folder):
    write(folder, "a.html", "old.html", of=1)
    write(folder, "a.html", "new.html", of=2)
    assert names_in(folder) == {"a.html", "new.html", CONTENTS}
    assert made_of(folder)["of"] == 2
    assert os.listdir(folder.parent) == [folder.name]


def test_an_empty_one_can_be_replaced_too(folder):
    write(folder)
    write(folder, "a.html")
    assert names_in(folder) == {"a.html", CONTENTS}


@pytest.mark.usefixtures("exchange")
def test_what_fails_on_the_way_changes_nothing(folder):
    write(folder, "a.html")

    def fail():
        with replaced_folder(folder, {"of": 2}) as staged:
            replace_file(staged / "b.html", b"")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert made_of(folder) == {"of": 1, "files": ["a.html"]}
    assert os.listdir(folder.parent) == [folder.name]


def test_the_old_one_is_back_where_the_new_one_cannot_take_its_name(folder, monkeypatch):
    write(folder, "a.html")
    rename = Path.rename

    def full(self, target):
        if target == folder and "before" not in self.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(folders, "_exchanged", lambda _one, _other: False)
    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(StorageError, match="Cannot replace .*The disk is full"):
        write(folder, "b.html")
    assert made_of(folder)["files"] == ["a.html"]
    assert os.listdir(folder.parent) == [folder.name]


def test_a_fault_of_the_exchange_is_told(folder, monkeypatch):
    write(folder, "a.html")

    def broken(_one, _other):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(folders, "_exchanged", broken)
    with pytest.raises(StorageError, match="Input/output error"):
        write(folder, "b.html")
    assert made_of(folder)["files"] == ["a.html"]


def test_where_it_cannot_be_written_is_told(tmp_path):
    with pytest.raises(StorageError, match="Cannot write .*missing/pages"):
        write(tmp_path / "missing" / "pages")


STRANGE = {
    "a folder": lambda path: path.mkdir(),
    "a folder with a file": lambda path: (path.mkdir(), (path / "notes.txt").write_text("mine")),
    "a file": lambda path: path.write_text("mine"),
    "a link": lambda path: path.symlink_to("/"),
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "nonsense": lambda path: (path.mkdir(), (path / CONTENTS).write_text("{")),
    "other contents": lambda path: (path.mkdir(), (path / CONTENTS).write_text('{"files": 1}')),
    "a list": lambda path: (path.mkdir(), (path / CONTENTS).write_text("[]")),
}


@pytest.mark.parametrize("what", STRANGE)
def test_what_is_not_ours_is_never_touched(what, folder):
    STRANGE[what](folder)
    before = sorted(os.walk(folder.parent))
    with pytest.raises(UsageError, match="Nothing was changed"):
        write(folder, "a.html")
    assert sorted(os.walk(folder.parent)) == before
    assert made_of(folder) is None


@pytest.mark.parametrize("strange", ["notes.txt", "sheets/notes.txt", "album/notes.txt"])
def test_a_file_that_somebody_put_there_is_never_lost(folder, strange):
    write(folder, "a.html", "sheets/b.jpg")
    (folder / strange).parent.mkdir(exist_ok=True)
    (folder / strange).write_text("mine")
    with pytest.raises(UsageError, match=f"found {strange}"):
        write(folder, "c.html")
    assert names_in(folder) == {"a.html", "sheets/b.jpg", CONTENTS, strange}


def test_a_file_that_comes_while_it_is_written_is_not_lost_either(folder):
    write(folder, "a.html")

    def late():
        with replaced_folder(folder, {}):
            (folder / "notes.txt").write_text("mine")

    with pytest.raises(UsageError, match="notes.txt"):
        late()
    assert names_in(folder) == {"a.html", "notes.txt", CONTENTS}


KILLED = """
import os, signal, sys
from pathlib import Path
from facecluster.store import folders
folder, when = Path(sys.argv[1]), sys.argv[2]
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
if when == "before the exchange":
    folders._put_in_place = die
if when == "after the exchange":
    folders.shutil.rmtree = die
with folders.replaced_folder(folder, {"of": 2}) as staged:
    (staged / "new.html").write_bytes(b"new")
    if when == "on the way":
        die()
"""


@pytest.mark.parametrize(
    ("when", "left"), [("on the way", "a.html"), ("before the exchange", "a.html"), ("after the exchange", "new.html")]
)
def test_whoever_is_killed_leaves_the_old_or_the_new_and_the_next_clears_up(folder, when, left):
    write(folder, "a.html")
    assert subprocess.run([sys.executable, "-c", KILLED, str(folder), when], check=False).returncode == -9
    assert names_in(folder) == {left, CONTENTS}
    assert made_of(folder)["files"] == [left]
    assert len(os.listdir(folder.parent)) == 2
    write(folder, "c.html")
    assert names_in(folder) == {"c.html", CONTENTS}
    assert os.listdir(folder.parent) == [folder.name]


def test_two_at_once_do_not_disturb_each_other(folder):
    with replaced_folder(folder, {"of": 1}) as one:
        replace_file(one / "a.html", b"")
        write(folder, "b.html", of=2)
        assert made_of(folder)["of"] == 2
        assert one.exists()
    assert made_of(folder) == {"of": 1, "files": ["a.html"]}
    assert os.listdir(folder.parent) == [folder.name]
