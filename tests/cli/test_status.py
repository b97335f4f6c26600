import json
import shutil

from facecluster.schemas import CLUSTERS, SUGGESTIONS, TREE
from facecluster.store.library import RunTables, open_library


def test_what_the_library_holds(facecluster, demo_library, demo_album):
    ended = facecluster("status", "--library", demo_library)
    assert ended.code == 0
    lines = dict(line.split("  ", 1) for line in ended.out.splitlines())
    assert lines["archive"].strip() == str(demo_album)
    assert lines["photos"].strip().startswith("13 indexed, 0 to do, 0 gone")
    assert lines["run"].strip().startswith("1 of ")


def test_json_holds_the_same(facecluster, demo_library):
    record = json.loads(facecluster("status", "--library", demo_library, "--json").out)
    photos = record["photos"]
    assert photos["listed"] == photos["indexed"] == photos["ok"] + photos["no_face"] + photos["error"] == 13
    assert record["run"]["faces"] == record["faces"]


def test_a_run_older_than_the_faces_is_called_so(facecluster, demo_library, tmp_path):
    library = open_library(shutil.copytree(demo_library, tmp_path / "library"))
    assert "run `facecluster cluster`" not in facecluster("status", "--library", library.folder).out
    tables = RunTables(*(schema.empty_table() for schema in (CLUSTERS, TREE, SUGGESTIONS)))
    library.add_run(tables, library.run_record(1) | {"run": 2, "faces": 3})
    assert "run `facecluster cluster`" in facecluster("status", "--library", library.folder).out


def test_a_run_of_an_earlier_facecluster_is_called_so(facecluster, demo_library, tmp_path):
    library = open_library(shutil.copytree(demo_library, tmp_path / "library"))
    path = library.run_folder(1) / "run.json"
    record = json.loads(path.read_text()) | {"inputs": "told in another way"}
    path.write_text(json.dumps({key: record[key] for key in record.keys() - {"tables", "calibration"}}))
    out = facecluster("status", "--library", library.folder).out
    assert "an earlier facecluster made it: run `facecluster cluster`" in out
    for command in ("report", "export"):
        ended = facecluster(command, "--library", library.folder)
        assert (ended.code, "`facecluster cluster`" in ended.err) == (1, True)
    assert facecluster("cluster", "--library", library.folder).code == 0
    assert facecluster("report", "--library", library.folder).code == 0
