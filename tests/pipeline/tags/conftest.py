import shutil

import pytest

from facecluster.pipeline.tags.drawn.drawn import Drawn, draw_faces
from facecluster.store.library import open_library
from tests.pipeline.tags import drawn_album


@pytest.fixture(scope="session")
def indexed_album(tmp_path_factory, demo_album):
    """The folder of a library of drawn_album, in which nothing was drawn yet; to be read only."""
    folder = tmp_path_factory.mktemp("drawn")
    return drawn_album.album_library(drawn_album.make_album(folder / "album", demo_album), folder / "library")


@pytest.fixture(scope="session")
def drawn_regions(tmp_path_factory, indexed_album):
    """The folder of the library in which they were drawn, to be read only; what became of each; and all progress."""
    folder = shutil.copytree(indexed_album, tmp_path_factory.mktemp("drawn") / "library")
    library, progress = open_library(folder), []
    regions = drawn_album.regions_in(library, *drawn_album.ALL)
    faces = draw_faces(library, regions, drawn_album.SETTINGS, lambda *counts: progress.append(counts))
    assert all(isinstance(face, Drawn) for face in faces)
    return folder, dict(zip(drawn_album.ALL, faces, strict=True)), progress
