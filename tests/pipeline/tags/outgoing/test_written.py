import pytest

from facecluster.pipeline.tags.outcomes import Status
from facecluster.pipeline.tags.outgoing.written import ROWS_AT_ONCE, WrittenRow, written_in, written_table
from facecluster.schemas import WRITTEN
from facecluster.store.parts import Parts


@pytest.fixture
def parts(tmp_path):
    return Parts(tmp_path / "written")


def test_nothing_was_written(parts):
    written = written_in(parts)
    assert (sum(written.counts.values()), written.added, written.taken_out) == (0, 0, 0)
    assert list(written.rows()) == []
    assert written_table([]).schema == WRITTEN


def test_what_became_of_files_is_summed_up_and_told_by_path(parts):
    rows = [
        WrittenRow("b.jpg", "b.jpg.xmp", Status.WRITTEN, "one was left alone", ("+ region B", "- keyword A", "+ x")),
        WrittenRow("d.jpg", "d.jpg.xmp", Status.UNCHANGED),
        WrittenRow("a.jpg", "a.xmp", Status.REMOVED, None, ("- region A",)),
        WrittenRow("c.jpg", "c.jpg", Status.FAILED, "broken: no XML", ("+ region C",)),
    ]
    for number in range(2):
        parts.add(f"part{number}", written_table(rows[number::2]), {})
    written = written_in(parts)
    assert written.counts == {"written": 1, "unchanged": 1, "removed": 1, "failed": 1}
    assert (written.added, written.taken_out) == (2, 2)
    told = list(written.rows())
    assert [row["path"] for row in told] == ["a.jpg", "b.jpg", "c.jpg"]
    assert told[1] == {**rows[0]._asdict(), "changes": list(rows[0].changes)}
    assert list(written.rows()) == told, "they can be read again"


def test_many_rows_come_in_order(parts):
    count = 2 * ROWS_AT_ONCE + 1
    rows = [WrittenRow(f"{number:06d}.jpg", "x", Status.WRITTEN) for number in range(count)]
    parts.add("part", written_table(rows[::-1]), {})
    assert [row["path"] for row in written_in(parts).rows()] == [row.path for row in rows]
