import json
import os
import re
import shutil
from urllib.parse import unquote

from tests.pipeline.small_library import small_library


def test_the_page_goes_where_it_is_wanted(facecluster, demo_library, tmp_path):
    ended = facecluster("report", "--library", demo_library, "-o", "page.html")
    assert ended.code == 0
    assert f"{tmp_path}/page.html, to open in a browser" in ended.out
    assert "13: " in ended.out
    assert sorted(os.listdir()) == ["page-pages", "page.html"]
    assert "obama-portrait.jpg" in (tmp_path / "page.html").read_text()


def test_json_says_where_it_is(facecluster, demo_library, tmp_path):
    record = json.loads(facecluster("report", "--library", demo_library, "-o", "page.html", "--json").out)
    assert record["report"] == f"{tmp_path}/page.html"
    assert record["pages"] == f"{tmp_path}/page-pages"
    assert record["bytes"] == (tmp_path / "page.html").stat().st_size
    assert record["numbers"]["photos"] == 13


def test_a_page_that_cannot_be_written_is_a_sentence(facecluster, demo_library):
    ended = facecluster("report", "--library", demo_library, "-o", "no/folder/page.html")
    assert ended.code == 1
    assert "Cannot write" in ended.err
    assert "no/folder/page-pages" in ended.err


def test_a_folder_is_not_written_over(facecluster, demo_library, tmp_path):
    ended = facecluster("report", "--library", demo_library, "-o", tmp_path)
    assert ended.code == 2
    assert "Expected a file" in " ".join(ended.err.split())


def test_the_report_leads_to_the_pages_beside_it(facecluster, demo_library, tmp_path):
    facecluster("report", "--library", demo_library, "-o", "a b#.html")
    (address,) = re.findall(r'href="([^"#][^"]*)"', (tmp_path / "a b#.html").read_text())
    assert (tmp_path / unquote(address)).is_file()


def test_a_folder_of_somebody_else_stands_in_the_way_of_all_of_it(facecluster, demo_library, tmp_path):
    (tmp_path / "page-pages").mkdir()
    ended = facecluster("report", "--library", demo_library, "-o", "page.html")
    assert ended.code == 2
    assert "choose another --output" in " ".join(ended.err.split())
    assert os.listdir() == ["page-pages"]


def test_faces_that_are_not_grouped_have_a_report_and_no_pages(facecluster, tmp_path):
    library = small_library(tmp_path, clusters=None)
    record = json.loads(facecluster("report", "--library", library.folder, "-o", "page.html", "--json").out)
    assert record["pages"] is None
    assert "page-pages" not in (tmp_path / "page.html").read_text()
    assert not (tmp_path / "page-pages").exists()


def test_the_main_job_leads_to_pages_while_they_show_what_is_there(facecluster, demo_library, demo_album, tmp_path):
    library = shutil.copytree(demo_library, tmp_path / "library")

    def run():
        assert facecluster("run", demo_album, "--library", library).code == 0
        return "report-pages/people.html" in (library / "report.html").read_text()

    assert not run()
    facecluster("report", "--library", library)
    assert run()
    facecluster("people", "name", "--new", "Ada", "0", "--library", library)
    assert not run()
    assert (library / "report-pages" / "people.html").is_file()
