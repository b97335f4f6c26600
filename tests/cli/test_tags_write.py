import json
import os
import pty
import subprocess
import sys

import pytest

from facecluster.cli import tags_write
from facecluster.pipeline.tags.incoming import reading
from facecluster.pipeline.tags.outgoing import writing
from tests.cli.test_tags_import import facts
from tests.pipeline.tags.said_files import in_this_process
from tests.pipeline.tags.tagged_library import ANNA, BERTA, contents, run_here, tagged_library


@pytest.fixture
def tagged(tmp_path, monkeypatch):
    """Anna on two photos, Berta on one of them."""
    monkeypatch.setattr(writing, "runner_of", lambda _: run_here)
    tagged = tagged_library(tmp_path, ["one.jpg", "two.jpg", "three.jpg"])
    tagged.name(ANNA, "one.jpg", "two.jpg", name="Anna")
    tagged.name(BERTA, "one.jpg", name="Berta")
    return tagged


@pytest.fixture
def tags(facecluster, tagged):
    """`facecluster tags` of that library."""
    return lambda *words: facecluster("tags", *words, "--library", tagged.library.folder)


def test_it_says_what_was_written_and_how_to_take_it_out(tags, tagged):
    before = contents(tagged.archive)
    ended = tags("write")
    assert ended.code == 0
    told = facts(ended.out)
    assert told["written"] == "2 files"
    assert told["people"] == "2 people named in the files"
    assert told["undo with"].startswith(
        f"facecluster tags revert --library {tagged.library.folder}, which takes out all"
    )
    after = contents(tagged.archive)
    assert set(after) - set(before) == {"one.jpg.xmp", "two.jpg.xmp"}
    again = facts(tags("write").out)
    assert (again["written"], again["values"]) == ("0 files, 2 said so already", "0 added, 0 taken out")
    assert contents(tagged.archive) == after
    planned = facts(tags("revert", "--dry-run").out)
    assert planned["would remove"] == "2 sidecars"
    reverted = facts(tags("revert").out)
    assert reverted["removed"] == "2 sidecars"
    assert not {"written", "undo with"} & reverted.keys()
    assert contents(tagged.archive) == before


def test_where_nothing_is_to_be_done_it_says_why(tags):
    assert facts(tags("write", "--provenance", "proposed").out).keys() == {"done"}
    assert facts(tags("write", "--provenance", "proposed").out)["done"].startswith("nothing: nobody on the photos")
    assert facts(tags("revert").out) == {"done": "nothing: no file holds anything that `tags write` put there"}


def test_what_was_written_here_is_no_news_to_an_import(tags, monkeypatch):
    monkeypatch.setattr(reading, "runner_of", lambda _: in_this_process)
    tags("write")
    told = facts(tags("import", "--no-embedded").out)
    assert told["ours"] == "3 mentions that `tags write` put there"
    assert told["decided"] == "nothing: no name is new"


def test_a_dry_run_shows_each_change_and_makes_none(tags, tagged):
    before = contents(tagged.archive)
    lines = tags("write", "--dry-run").out.splitlines()
    assert lines[0] == "one.jpg.xmp"
    assert "  + person Anna" in lines[: lines.index("two.jpg.xmp")]
    assert "  + person Berta" in lines[: lines.index("two.jpg.xmp")]
    assert "would write  2 files" in lines
    assert lines[-1] == "done         nothing: this was a dry run"
    assert contents(tagged.archive) == before
    tags("write")
    written = contents(tagged.archive)
    assert "  - person Anna" in tags("revert", "--dry-run").out.splitlines()
    assert contents(tagged.archive) == written


def test_the_files_say_just_what_is_asked_for(tags, tagged):
    tags("write", "--sidecar-style", "stem")
    assert (tagged.archive / "two.xmp").exists()
    told = facts(tags("write", "--person", "berta").out)
    assert (told["written"], told["removed"]) == ("1 file", "1 sidecar")
    assert b"Anna" not in (tagged.archive / "one.xmp").read_bytes()
    assert not (tagged.archive / "two.xmp").exists()


def test_as_json(tags, tagged):
    told = json.loads(tags("write", "--json").out)
    assert told["library"] == str(tagged.library.folder.resolve())
    assert (told["dry_run"], told["written"], told["failed"], told["people"]) == (False, 2, 0, 2)
    assert [(row["path"], row["file"], row["status"]) for row in told["files"]] == [
        ("one.jpg", "one.jpg.xmp", "written"),
        ("two.jpg", "two.jpg.xmp", "written"),
    ]
    assert "+ person Anna" in told["files"][1]["changes"]


def test_a_file_that_cannot_be_written_is_told_and_counts_with_strict(tags, tagged):
    (tagged.archive / "one.jpg.xmp").write_bytes(b"no XML")
    ended = tags("write")
    assert ended.code == 0
    assert facts(ended.out)["written"] == "1 file, 1 failed"
    assert ended.out.splitlines()[-2] == "failed (1)"
    assert ended.out.splitlines()[-1].startswith("  one.jpg.xmp: broken")
    assert tags("write", "--strict").code == 3
    assert (tagged.archive / "one.jpg.xmp").read_bytes() == b"no XML"
    assert tags("revert", "--strict").code == 0


@pytest.mark.parametrize("command", ["write", "revert"])
@pytest.mark.parametrize("json", [True, False])
def test_where_nobody_can_be_asked_photos_are_rewritten_on_an_explicit_yes_only(tags, tagged, command, json):
    before = contents(tagged.archive)
    ended = tags(command, "--in-place", *(["--json"] if json else []))
    assert (ended.code, ended.out) == (2, "")
    assert "add --yes if they may be" in ended.err
    assert contents(tagged.archive) == before


def test_a_dry_run_in_place_needs_no_yes(tags, tagged):
    before = contents(tagged.archive)
    assert "one.jpg" in tags("write", "--in-place", "--dry-run").out.splitlines()
    assert contents(tagged.archive) == before


def test_in_place_and_out_of_it_again(tags, tagged):
    told = facts(tags("write", "--in-place", "--yes").out)
    assert told["written"] == "2 files"
    assert told["undo with"].startswith("facecluster tags revert --in-place")
    assert told["then"].startswith(f"facecluster run {tagged.archive} --library {tagged.library.folder}, as the photos")
    assert b"Anna" in (tagged.archive / "two.jpg").read_bytes()
    assert not list(tagged.archive.glob("*.xmp"))
    assert facts(tags("revert").out)["written"] == "0 files, 2 failed"
    assert facts(tags("revert", "--in-place", "--yes").out)["written"] == "2 files"
    assert b"Anna" not in (tagged.archive / "two.jpg").read_bytes()


def asked(tagged, answer):
    """What somebody at a terminal reads who gives this answer, and the exit code."""
    ours, theirs = pty.openpty()
    words = ["tags", "write", "--in-place", "--library", str(tagged.library.folder)]
    script = f"import sys; sys.argv = ['facecluster', *{words}]; from facecluster.cli.main import main; main()"
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        process = subprocess.Popen([sys.executable, "-c", script], stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        terminal.write(answer)
        shown = b""
        try:
            while piece := terminal.read(4096):
                shown += piece
        except OSError:  # the other end is closed
            pass
        return shown.decode(), process.wait()


def test_somebody_at_a_terminal_is_asked_first(tagged):
    before = contents(tagged.archive)
    shown, code = asked(tagged, b"n\n")
    assert "Up to 2 photos will be rewritten: a copy is written" in " ".join(shown.split())
    assert code == 1
    assert contents(tagged.archive) == before


def test_a_yes_at_the_terminal_is_enough(capsys, monkeypatch):
    monkeypatch.setattr(tags_write.typer, "confirm", lambda question, **_: pytest.fail(question))
    tags_write._ask_first("Photos will be rewritten", yes=True, json=True)
