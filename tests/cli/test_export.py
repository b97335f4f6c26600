import csv
import io
import json
import os
import stat
import subprocess
import sys

import pandas as pd
import pyarrow.parquet as pq
import pytest

from facecluster.pipeline.export import FACES_EXPORT, PHOTOS_EXPORT


@pytest.mark.parametrize(("flags", "schema"), [([], FACES_EXPORT), (["--photos"], PHOTOS_EXPORT)])
def test_all_formats_hold_the_same_rows(flags, schema, facecluster, demo_library, tmp_path):
    flags = [*flags, "--library", demo_library]
    for name in ("rows.csv", "rows.json", "rows.parquet"):
        assert facecluster("export", *flags, "-o", name) == (0, "", "")
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    table = pq.read_table("rows.parquet")
    assert table.schema == schema
    rows = json.loads((tmp_path / "rows.json").read_text())
    assert [list(row) for row in rows] == [schema.names] * 13
    frame = pd.DataFrame(rows, columns=schema.names).astype(object)
    frame = frame.where(frame.notna(), None)
    for other in (pd.read_csv("rows.csv").astype(object), table.to_pandas().astype(object)):
        pd.testing.assert_frame_equal(other.where(other.notna(), None), frame, check_dtype=False, rtol=1e-6)


def test_standard_output_is_csv_unless_told_otherwise(facecluster, demo_library):
    rows = list(csv.reader(io.StringIO(facecluster("export", "--library", demo_library).out)))
    assert rows[0] == FACES_EXPORT.names
    assert len(json.loads(facecluster("export", "--library", demo_library, "--format", "json").out)) == len(rows) - 1


def test_parquet_may_go_through_a_pipe(demo_library):
    script = "from facecluster.cli.main import main; main()"
    command = [sys.executable, "-c", script, "export", "--format", "parquet", "--library", str(demo_library)]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    assert pq.read_table(io.BytesIO(data)).schema == FACES_EXPORT


def test_an_older_file_is_replaced(facecluster, demo_library, tmp_path):
    (tmp_path / "rows.csv").write_text("old " * 10_000)
    facecluster("export", "--library", demo_library, "-o", "rows.csv")
    assert "old" not in (tmp_path / "rows.csv").read_text()
    assert os.listdir() == ["rows.csv"]


def test_a_format_beats_the_ending(facecluster, demo_library, tmp_path):
    facecluster("export", "--library", demo_library, "-o", "rows.csv", "--format", "json")
    assert json.loads((tmp_path / "rows.csv").read_text())


@pytest.mark.parametrize(
    ("output", "code", "sentence"),
    [
        ("rows.xlsx", 2, "Expected --output to end in .csv, .json or .parquet, found 'rows.xlsx'"),
        ("no/folder/rows.csv", 1, "Cannot write no/folder/rows.csv"),
        (os.devnull, 2, "Expected a file or a new name"),
    ],
)
def test_what_cannot_be_written_is_said(output, code, sentence, facecluster, demo_library):
    ended = facecluster("export", "--library", demo_library, "-o", output)
    assert ended.code == code
    assert sentence in " ".join(ended.err.split())
    assert os.listdir() == []
