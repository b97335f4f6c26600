import os
import shutil
from xml.etree.ElementTree import canonicalize

import pytest
from PIL import Image

from facecluster.errors import UsageError
from facecluster.metadata.xmp.packet import read_packet
from facecluster.metadata.xmp.reading import tags_in
from facecluster.people.statements import Merge, Rename, Undo
from facecluster.pipeline.queue import ShardQueue
from facecluster.pipeline.tags.outgoing import writing
from facecluster.pipeline.tags.outgoing.ledger_state import values_owned
from facecluster.pipeline.tags.outgoing.writing import How, Which, write_tags
from facecluster.settings import RunnerSettings, Settings
from tests.pipeline.tags.outgoing.written_files import counts, names, owned, revert, silent, write
from tests.pipeline.tags.tagged_library import (
    ANNA,
    BERTA,
    CARL,
    HEIGHT,
    NAMES,
    ONE_WORKER,
    WIDTH,
    box_of,
    contents,
    index,
    make_photo,
    say,
    tagged_library,
)

pytestmark = pytest.mark.usefixtures("in_this_process")

FOREIGN = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" rdf:about=""
 xmp:Rating="4"><dc:subject><rdf:Bag><rdf:li>Anna Müller</rdf:li><rdf:li>sea</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta>
"""


# Writing, again, and back -------------------------------------------------------------------------------------------


def test_nobody_is_named(tagged):
    before = contents(tagged.archive)
    assert counts(write(tagged)) == counts(revert(tagged)) == (0, 0, 0, 0)
    assert contents(tagged.archive) == before


def test_names_are_written_once_and_taken_back(tagged):
    tagged.name(ANNA, "one.jpg", "2020/three.jpg")
    tagged.name(BERTA, "one.jpg")
    before, told = contents(tagged.archive), []
    summary = write_tags(tagged.library, Which(), How(), ONE_WORKER, lambda *count: told.append(count))
    assert counts(summary) == (2, 0, 0, 0)
    assert (summary.people, summary.values_added, summary.values_removed) == (2, 20, 0)
    assert told[-1] == (2, 2)
    rows = list(summary.rows())
    assert [row["file"] for row in rows] == ["2020/three.jpg.xmp", "one.jpg.xmp"]
    assert f"+ region {NAMES[ANNA]} at 0.00 0.12 0.25 0.50" in rows[0]["changes"]
    after, ledger = contents(tagged.archive), contents(tagged.library.folder / "ledger")
    assert {path: after[path] for path in before} == before, "originals stay as they are"
    assert names(tagged, "one.jpg.xmp") == [NAMES[ANNA], NAMES[BERTA]]
    again = write(tagged)
    assert counts(again) == (0, 0, 2, 0)
    assert list(again.rows()) == []
    assert contents(tagged.archive) == after
    assert contents(tagged.library.folder / "ledger") == ledger, "nothing is noted where nothing is done"
    back = revert(tagged)
    assert counts(back) == (0, 2, 0, 0)
    assert back.values_removed == 20
    assert contents(tagged.archive) == before
    assert owned(tagged) == {}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_regions_are_of_the_stored_picture(tmp_path, orientation):
    tagged = tagged_library(tmp_path, {"one.jpg": orientation})
    tagged.name(ANNA, "one.jpg")
    write(tagged)
    (tag,) = (tag for tag in tags_in(read_packet((tagged.archive / "one.jpg.xmp").read_bytes())) if tag.box)
    mask = Image.new("L", (WIDTH, HEIGHT))
    mask.paste(255, tuple(map(int, box_of(ANNA))))
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # of Pillow, that undo the orientation: 6 turns by 270 degrees
    stored = mask.transpose(Image.Transpose(turns[orientation])) if orientation > 1 else mask
    width, height = stored.size
    left, top, right, bottom = tag.box
    assert stored.getbbox() == pytest.approx((left * width, top * height, right * width, bottom * height), abs=0.01)


def test_copies_are_written_each(tagged):
    shutil.copy(tagged.archive / "one.jpg", tagged.archive / "2020" / "copy.jpg")
    index(tagged)
    tagged.name(ANNA, "one.jpg")
    assert counts(write(tagged)) == (2, 0, 0, 0)
    assert names(tagged, "2020/copy.jpg.xmp") == names(tagged, "one.jpg.xmp") == [NAMES[ANNA]]


def test_a_dry_run_says_what_would_be(tagged):
    tagged.name(ANNA, "one.jpg")
    before = contents(tagged.archive)
    tried = write(tagged, dry_run=True)
    assert contents(tagged.archive) == before
    assert not (tagged.library.folder / "ledger").exists()
    rows = list(tried.rows())
    done = write(tagged)
    assert (counts(tried), rows) == (counts(done), list(done.rows()))
    after = contents(tagged.archive)
    assert counts(revert(tagged, dry_run=True)) == (0, 1, 0, 0)
    assert contents(tagged.archive) == after


# People change ------------------------------------------------------------------------------------------------------


def test_a_renamed_person_is_renamed_in_the_files(tagged):
    tagged.name(ANNA, "one.jpg")
    write(tagged)
    say(tagged.library, Rename(ANNA, "Annabel"))
    assert counts(write(tagged)) == (1, 0, 0, 0)
    text = (tagged.archive / "one.jpg.xmp").read_text()
    assert NAMES[ANNA] not in text
    assert "People|Annabel" in text


def test_merged_people_and_undone_decisions_are_followed(tagged):
    tagged.name(ANNA, "one.jpg")
    tagged.name(BERTA, "one.jpg")
    write(tagged)
    both = contents(tagged.archive)
    merged = say(tagged.library, Merge(ANNA, (BERTA,)))
    write(tagged)
    assert names(tagged, "one.jpg.xmp") == [NAMES[ANNA]] * 2
    say(tagged.library, Undo(merged.id))
    write(tagged)
    assert {path: data for path, (data, _) in contents(tagged.archive).items()} == {
        path: data for path, (data, _) in both.items()
    }


def test_a_photo_that_shows_nobody_any_more_loses_its_sidecar(tagged):
    tagged.name(ANNA, "one.jpg", "two.jpg")
    write(tagged)
    tagged.unname(ANNA, "one.jpg")
    assert counts(write(tagged)) == (0, 1, 1, 0)
    assert names(tagged, "one.jpg.xmp") is None


def test_the_files_say_what_was_asked_for_last(tagged):
    tagged.name(ANNA, "one.jpg")
    tagged.name(CARL, "one.jpg")
    write(tagged)
    assert write(tagged, Which(people=(NAMES[CARL],))).people == 1
    assert names(tagged, "one.jpg.xmp") == [NAMES[CARL]]
    with pytest.raises(UsageError):
        write(tagged, Which(people=("Zoe",)))


# What others write --------------------------------------------------------------------------------------------------


def test_what_is_foreign_stays(tagged):
    sidecar = tagged.archive / "one.xmp"
    sidecar.write_text(FOREIGN)
    tagged.name(ANNA, "one.jpg")
    write(tagged)
    assert "one.jpg.xmp" not in os.listdir(tagged.archive), "the sidecar that is there is the one that counts"
    assert values_owned(owned(tagged)["one.xmp"]).subjects == (), "the keyword stood there before"
    tagged.unname(ANNA, "one.jpg")
    assert counts(write(tagged)) == (1, 0, 0, 0)
    assert canonicalize(sidecar.read_text()) == canonicalize(FOREIGN)


def test_what_others_change_in_our_files_is_kept(tagged):
    tagged.name(ANNA, "one.jpg")
    write(tagged)
    sidecar = tagged.archive / "one.jpg.xmp"
    sidecar.write_text(sidecar.read_text().replace("<dc:subject", "<dc:title>kept</dc:title><dc:subject"), newline="")
    sidecar.write_text(
        sidecar.read_text().replace("<dc:title>", '<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">')
    )
    assert counts(write(tagged)) == (0, 0, 1, 0)
    assert counts(revert(tagged)) == (1, 0, 0, 0)
    assert "kept" in sidecar.read_text()
    assert NAMES[ANNA] not in sidecar.read_text()


def test_what_somebody_took_out_is_put_back(tagged):
    tagged.name(ANNA, "one.jpg")
    write(tagged)
    sidecar = tagged.archive / "one.jpg.xmp"
    whole = sidecar.read_text()
    sidecar.write_text(whole.replace(f"<rdf:li>{NAMES[ANNA]}</rdf:li>", ""))
    write(tagged)
    assert sidecar.read_text().count(NAMES[ANNA]) == whole.count(NAMES[ANNA])
    sidecar.unlink()
    assert counts(write(tagged)) == (1, 0, 0, 0)
    assert sidecar.read_text() == whole


def test_a_file_of_ours_that_is_gone_is_forgotten(tagged):
    tagged.name(ANNA, "one.jpg")
    write(tagged)
    (tagged.archive / "one.jpg.xmp").unlink()
    assert counts(revert(tagged)) == (0, 0, 1, 0)
    assert owned(tagged) == {}


def test_a_better_sidecar_takes_over(tagged):
    (tagged.archive / "one.xmp").write_text(FOREIGN)
    tagged.name(ANNA, "one.jpg")
    write(tagged)
    (tagged.archive / "one.jpg.xmp").write_text(FOREIGN)
    assert counts(write(tagged)) == (2, 0, 0, 0)
    assert names(tagged, "one.xmp") == []
    assert names(tagged, "one.jpg.xmp") == [NAMES[ANNA]]
    assert list(owned(tagged)) == ["one.jpg.xmp"]


def test_a_pair_that_shares_a_sidecar(tmp_path):
    archive = tmp_path / "photos"
    make_photo(archive / "one.cr2")
    (archive / "one.xmp").write_text(FOREIGN)
    tagged = tagged_library(tmp_path, ["one.cr2", "one.jpg"])
    tagged.name(ANNA, "one.cr2")
    tagged.name(BERTA, "one.jpg")
    summary = write(tagged)
    assert counts(summary) == (1, 0, 0, 1)
    assert names(tagged, "one.xmp") == [NAMES[ANNA]]
    assert [row["reason"][:6] for row in summary.rows() if row["status"] == "failed"] == ["shared"]
    assert counts(write(tagged)) == (0, 0, 1, 1)
    assert counts(revert(tagged)) == (1, 0, 0, 0)
    assert canonicalize((archive / "one.xmp").read_text()) == canonicalize(FOREIGN)


# Elsewhere ----------------------------------------------------------------------------------------------------------


def test_an_archive_and_a_library_that_moved(tagged, tmp_path):
    tagged.name(ANNA, "one.jpg")
    write(tagged)
    moved = tagged._replace(archive=shutil.move(tagged.archive, tmp_path / "elsewhere"))
    index(moved)
    say(moved.library, Rename(ANNA, "Annabel"))
    assert counts(write(moved)) == (1, 0, 0, 0)
    assert names(moved, "one.jpg.xmp") == ["Annabel"]


def test_two_workers_of_their_own(tagged, monkeypatch):
    monkeypatch.undo()
    tagged.name(ANNA, "one.jpg", "two.jpg", "2020/three.jpg")
    settings = Settings(runner=RunnerSettings(workers=2))
    assert counts(write_tags(tagged.library, Which(), How(), settings, silent)) == (3, 0, 0, 0)


def test_a_photo_that_workers_die_over_is_a_row(tagged, monkeypatch):
    def run(shards, job, progress, work):
        queue = ShardQueue(shards, job.scan, job.fingerprint, 1)
        while shard := queue.take():
            if lost := queue.failed(shard, "the worker died"):
                progress.shard(work.give_up(job, lost, "the worker died"))

    monkeypatch.setattr(writing, "runner_of", lambda _: run)
    tagged.name(ANNA, "one.jpg", "two.jpg")
    summary = write(tagged)
    assert counts(summary) == (0, 0, 0, 2)
    assert {row["reason"] for row in summary.rows()} == {"crash: the worker died"}
