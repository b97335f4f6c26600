import shutil

import pytest

from facecluster.errors import UsageError
from facecluster.web import pages_beside
from facecluster.web.pages_beside import current_pages, pages_folder
from facecluster.web.review.files.static_pages import write_pages
from tests.pipeline.people_library import ANNA, add_names, add_run, named, people_library


@pytest.fixture
def report(tmp_path):
    return tmp_path / "report.html"


@pytest.fixture
def library(tmp_path, report):
    library = people_library(tmp_path)
    write_pages(library, report)
    return library


def test_they_do(library, report):
    assert current_pages(library, report) == "report-pages/people.html"


def test_there_are_none(library, report):
    assert current_pages(library, report.with_name("other.html")) is None
    shutil.rmtree(pages_folder(report))
    assert current_pages(library, report) is None


def test_somebody_has_decided_since(library, report):
    named(library, ANNA, "Anna", "a1")
    assert current_pages(library, report) is None


def test_names_have_spread_since(library, report):
    add_names(library, ("a2", ANNA, 0.7, False))
    assert current_pages(library, report) is None


def test_they_are_of_another_library(library, report, tmp_path):
    other = people_library(tmp_path / "other")
    assert current_pages(other, report) is None


def test_they_were_made_by_other_code(library, report, monkeypatch):
    monkeypatch.setattr(pages_beside, "PAGES_VERSION", -1)
    assert current_pages(library, report) is None


def test_another_folder_has_the_name(library, report):
    shutil.rmtree(pages_folder(report))
    pages_folder(report).mkdir()
    assert current_pages(library, report) is None
    with pytest.raises(UsageError, match="something else"):
        write_pages(library, report)


def test_faces_were_grouped_anew(library, report):
    add_run(library)
    assert current_pages(library, report) is None


def test_faces_are_not_grouped(tmp_path):
    assert current_pages(people_library(tmp_path / "fresh", grouped=False), tmp_path / "report.html") is None
