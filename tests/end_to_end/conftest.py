import pytest

from facecluster.pipeline.index import index_archive
from tests.end_to_end.album import make_archive, quick_settings
from tests.end_to_end.contents import contents_of


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    return make_archive(tmp_path_factory.mktemp("album") / "photos")


@pytest.fixture(scope="session")
def expected(archive, tmp_path_factory):
    """What an undisturbed run with one worker finds in the archive."""
    library = tmp_path_factory.mktemp("expected") / "library"
    index_archive(archive, library, quick_settings(), lambda done, total: None)
    return contents_of(library)
