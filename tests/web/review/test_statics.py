"""The files that ship: all of them, as they are, and no other."""

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from facecluster.web.review import statics as room
from facecluster.web.review.statics import TYPES, statics, suffix_of
from tests.web.review.clients import client_of, opened

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "facecluster" / "web"

# Of htmx.org 4.0.1, dist/htmx.min.js, as its npm package has it.
HTMX_SHA256 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("statics")) as review:
        yield client_of(review)


def test_every_file_is_served_as_what_it_is(client):
    shipped = statics()
    assert {"htmx.min.js", "htmx.LICENSE.txt", "review.css", "page.js"} <= set(shipped.contents)
    for name in shipped.contents:
        answer = client.get(shipped.address(name))
        assert answer.status_code == 200
        assert answer.content == (FOLDER / "static" / name).read_bytes()
        assert answer.headers["content-type"] == TYPES[suffix_of(name)]
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers


def test_every_file_in_the_folder_has_a_type():
    assert {path.name for path in (FOLDER / "static").iterdir()} == set(statics().contents)


@pytest.mark.parametrize(
    "path",
    [
        "{}/none.js",
        "{}/",
        "{}",
        "{}/page.js/x",
        "0/page.js",
        "{}/__init__.py",
        "{}/%2e%2e/app.py",
        "{}/PAGE.JS",
    ],
)
def test_nothing_else_is_served(client, path):
    assert client.get(f"/static/{path.format(statics().digest)}").status_code in (400, 404)


def test_the_address_changes_with_any_file(monkeypatch, tmp_path):
    folder = tmp_path / "static"
    folder.mkdir()
    monkeypatch.setattr(room, "files", lambda _package: tmp_path)
    digests = set()
    for changed in ({"a.js": "1"}, {"a.js": "2"}, {"b.js": ""}, {"b.js": "", "c.css": ""}, {"b.js": "c.css 0\n"}):
        for name, content in changed.items():
            (folder / name).write_text(content)
        digests.add(room.statics.__wrapped__().digest)
    (folder / "notes.md").write_text("no type")
    digests.add(room.statics.__wrapped__().digest)
    assert len(digests) == 5


def test_htmx_is_the_version_that_was_read():
    assert hashlib.sha256(statics().contents["htmx.min.js"]).hexdigest() == HTMX_SHA256
    assert b"Zero-Clause BSD" in statics().contents["htmx.LICENSE.txt"]


def test_nothing_of_the_page_is_fetched_from_elsewhere():
    texts = [path.read_text() for path in (FOLDER / "templates" / "review").iterdir()]
    texts += [content.decode() for name, content in statics().contents.items() if not name.startswith("htmx.")]
    for text in texts:
        addresses = {part.split('"')[0] for part in text.split("://")[1:]}
        assert {one for one in addresses if not one.startswith("www.w3.org/")} == set(), text[:200]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not in a repository")
def test_wheel_and_source_archive_hold_all_of_it(tmp_path):
    building = [sys.executable, "-m", "hatchling", "build", "-d", str(tmp_path)]
    pytest.importorskip("hatchling")
    subprocess.run(building, cwd=ROOT, check=True, capture_output=True)
    ours = [*(FOLDER / "static").iterdir(), *(FOLDER / "templates").rglob("*.*")]
    names = {str(path.relative_to(ROOT)) for path in ours if path.is_file()}
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        held = set(wheel.namelist())
    assert names <= held
    assert any(name.endswith("licenses/facecluster/web/static/htmx.LICENSE.txt") for name in held)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert names <= held
