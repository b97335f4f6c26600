import pytest

from tests.end_to_end.album import make_archive


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    """Read only; tests that change an archive make one of their own."""
    return make_archive(tmp_path_factory.mktemp("album") / "photos")
