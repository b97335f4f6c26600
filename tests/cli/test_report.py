import json
import os


def test_the_page_goes_where_it_is_wanted(facecluster, demo_library, tmp_path):
    ended = facecluster("report", "--library", demo_library, "-o", "page.html")
    assert ended.code == 0
    assert f"{tmp_path}/page.html, to open in a browser" in ended.out
    assert "13: " in ended.out
    assert os.listdir() == ["page.html"]
    assert "obama-portrait.jpg" in (tmp_path / "page.html").read_text()


def test_json_says_where_it_is(facecluster, demo_library, tmp_path):
    record = json.loads(facecluster("report", "--library", demo_library, "-o", "page.html", "--json").out)
    assert record["report"] == f"{tmp_path}/page.html"
    assert record["bytes"] == (tmp_path / "page.html").stat().st_size
    assert record["numbers"]["photos"] == 13


def test_a_page_that_cannot_be_written_is_a_sentence(facecluster, demo_library):
    ended = facecluster("report", "--library", demo_library, "-o", "no/folder/page.html")
    assert ended.code == 1
    assert "Cannot write" in ended.err
    assert "no/folder/page.html" in ended.err


def test_a_folder_is_not_written_over(facecluster, demo_library, tmp_path):
    ended = facecluster("report", "--library", demo_library, "-o", tmp_path)
    assert ended.code == 2
    assert "Expected a file" in " ".join(ended.err.split())
