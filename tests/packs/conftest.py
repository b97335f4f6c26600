import pytest


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """A cache folder that all tests of packs share, so that networks are folded once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def cached(cache, monkeypatch):
    """Packs keep their folded networks in the shared cache folder."""
    monkeypatch.setenv("FACECLUSTER_CACHE", str(cache))
    return cache
