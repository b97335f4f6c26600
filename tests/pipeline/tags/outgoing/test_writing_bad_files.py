"""Files that cannot be written, and photos that are not as they were: a row each, and as it was."""

import pytest

from facecluster.people.statements import Rename
from tests.pipeline.tags.outgoing.written_files import counts, owned, revert, write
from tests.pipeline.tags.tagged_library import (
    ANNA,
    contents,
    index,
    make_photo,
    say,
)

pytestmark = pytest.mark.usefixtures("in_this_process")

FOREIGN = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" rdf:about=""
 xmp:Rating="4"><dc:subject><rdf:Bag><rdf:li>Anna Müller</rdf:li><rdf:li>sea</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta>
"""


def broken(sidecar):
    sidecar.write_text("<x:xmpmeta")


def bomb(sidecar):
    sidecar.write_text('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')


def linked(sidecar):
    sidecar.with_name("other").write_text(FOREIGN)
    sidecar.symlink_to("other")


def hard_linked(sidecar):
    linked(sidecar)
    sidecar.unlink()
    sidecar.hardlink_to(sidecar.with_name("other"))


@pytest.mark.parametrize(
    ("spoil", "reason"), [(broken, "broken"), (bomb, "forbidden"), (linked, "linked"), (hard_linked, "linked")]
)
def test_a_sidecar_that_cannot_be_written_is_a_row_and_as_it_was(spoil, reason, tagged):
    spoil(tagged.archive / "one.jpg.xmp")
    tagged.name(ANNA, "one.jpg", "two.jpg")
    before = contents(tagged.archive)
    summary = write(tagged)
    assert counts(summary) == (1, 0, 0, 1)
    (row,) = (row for row in summary.rows() if row["status"] == "failed")
    assert row["reason"].startswith(reason)
    assert {path: data for path, data in contents(tagged.archive).items() if path != "two.jpg.xmp"} == before
    assert list(owned(tagged)) == ["two.jpg.xmp"]


def test_photos_that_are_gone_or_changed_since_they_were_listed_are_rows(tagged):
    tagged.name(ANNA, "one.jpg", "two.jpg", "2020/three.jpg")
    write(tagged)
    (tagged.archive / "one.jpg").unlink()
    make_photo(tagged.archive / "two.jpg", orientation=3)
    say(tagged.library, Rename(ANNA, "Annabel"))
    before = contents(tagged.archive)
    summary = write(tagged)
    assert counts(summary) == (1, 0, 0, 2)
    assert {row["path"]: row["reason"].split(":")[0] for row in summary.rows() if row["reason"]} == {
        "one.jpg": "unreadable",
        "two.jpg": "changed",
    }
    after = contents(tagged.archive)
    assert {path for path in before if before[path] != after[path]} == {"2020/three.jpg.xmp"}
    assert counts(revert(tagged)) == (0, 3, 0, 0), "what is ours goes, whatever became of the photos"


def test_photos_that_left_the_archive_keep_their_sidecars(tagged):
    tagged.name(ANNA, "one.jpg")
    write(tagged)
    (tagged.archive / "one.jpg").unlink()
    index(tagged)
    assert counts(write(tagged)) == (0, 0, 0, 0)
    assert (tagged.archive / "one.jpg.xmp").exists()
