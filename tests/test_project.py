"""What the project promises about itself, outside its code."""

import ast
import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from PIL import ExifTags, Image

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "facecluster"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DEMO_COMMAND = "python3 -m pip install '.[cpu]' && facecluster demo"
TEST_COMMAND = "python3 -m pip install '.[cpu,test]' && python3 -m pytest"


def normalized(requirement: str) -> str:
    """The name of a requirement as package indexes compare names."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;(]", requirement, maxsplit=1)[0]).lower()


def declared(*extras: str) -> set[str]:
    """Names of the direct dependencies, of the package alone or with extras."""
    wanted = PROJECT["dependencies"] + [one for extra in extras for one in PROJECT["optional-dependencies"][extra]]
    return {normalized(requirement) for requirement in wanted}


def imports(path: Path) -> set[str]:
    """Full names of the modules a file imports, lazily or not; `from a import b` counts as a and a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: expected absolute imports, found a relative one on line {node.lineno}"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def tracked() -> list[Path]:
    """The files under version control; all files outside a repository, where a source archive was unpacked."""
    if not (ROOT / ".git").exists():
        return [path for path in ROOT.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    return [path for name in listing.split(b"\0")[:-1] if (path := ROOT / name.decode()).is_file()]


def shell_lines(markdown: str) -> list[str]:
    """The lines of the sh blocks of a page."""
    return [
        line
        for block in re.findall(r"^```sh\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]


def test_the_changelog_begins_with_this_version():
    versions = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions[0] == PROJECT["version"]


def test_the_licence_is_the_one_that_is_declared():
    assert PROJECT["license"] == "Apache-2.0"
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_lock_pins_every_direct_dependency():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    lines = [line for line in lock.splitlines() if not line.startswith("#")]
    pins = [re.fullmatch(r"([a-z0-9-]+)==([\w.!+]+)( ; .+)?", line) for line in lines]
    assert all(pins), [line for line, pin in zip(lines, pins, strict=True) if not pin]
    assert declared(*PROJECT["optional-dependencies"]) <= {pin[1] for pin in pins if pin}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    extras = ("cpu", "insightface", "raw")
    used = {name.partition(".")[0] for path in PACKAGE.rglob("*.py") for name in imports(path)}
    used -= sys.stdlib_module_names | {"facecluster"}
    homes = {name: {normalized(home) for home in homes} for name, homes in packages_distributions().items()}
    homes |= {"insightface": {"insightface"}, "rawpy": {"rawpy"}}  # extras need not be installed
    undeclared = {name for name in used if not homes.get(name, {name}) & declared(*extras)}
    assert undeclared == set()
    unused = declared() - {home for name in used for home in homes.get(name, ())}
    assert unused == set()


def test_parquet_is_read_and_written_by_the_store_alone():
    users = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        if any(within(name, "pyarrow.parquet", "pyarrow.dataset") for name in imports(path))
    }
    assert users <= {"store"}


@pytest.mark.parametrize("path", sorted((ROOT / "jobs").glob("*.py")), ids=lambda path: path.name)
def test_jobs_import_the_pipeline_and_its_settings_alone(path):
    may = ("facecluster.pipeline", "facecluster.store.conf", "facecluster.settings", "facecluster.errors")
    ours = {name for name in imports(path) if within(name, "facecluster")} - {"facecluster", "facecluster.store"}
    assert {name for name in ours if not within(name, *may)} == set()
    assert len(path.read_text().splitlines()) <= 40


def test_credits_name_every_photo_of_the_demo_album_and_no_other():
    album = PACKAGE / "demo_album"
    credited = re.findall(r"^\| `(.+?)` \|", (album / "CREDITS.md").read_text(), re.MULTILINE)
    assert sorted(credited) == sorted(path.name for path in album.iterdir() if path.name != "CREDITS.md")
    assert len(credited) == len(set(credited))


def test_the_demo_album_is_small_and_says_nothing_of_cameras():
    may = {"Orientation", "Artist", "ImageDescription", "Copyright"}
    for path in sorted(path for path in (PACKAGE / "demo_album").iterdir() if path.name != "CREDITS.md"):
        with Image.open(path) as photo:
            assert max(photo.size) <= 900, path.name
            assert {ExifTags.TAGS.get(tag) for tag in photo.getexif()} <= may, path.name
            assert not photo.getexif().get_ifd(ExifTags.IFD.Exif), path.name
        assert path.stat().st_size <= 100_000, path.name


def test_weights_are_the_ones_their_readme_names():
    readme = (PACKAGE / "weights" / "README.md").read_text()
    for path in sorted((PACKAGE / "weights").glob("*.onnx")):
        assert path.name in readme
        assert hashlib.sha256(path.read_bytes()).hexdigest() in readme, path.name
    licences = [path.name for path in (PACKAGE / "weights" / "licenses").iterdir()]
    assert licences
    assert [name for name in licences if name not in readme] == []


@pytest.mark.parametrize("command", [DEMO_COMMAND, TEST_COMMAND])
def test_the_readme_sets_up_with_one_command(command):
    assert shell_lines((ROOT / "README.md").read_text()).count(command) == 1


@pytest.mark.skipif(not (ROOT / ".ci").exists(), reason="not in a source archive")
@pytest.mark.parametrize("command", [DEMO_COMMAND, TEST_COMMAND])
def test_ci_runs_what_the_readme_says(command):
    """CI looks the commands up by how they end, so the README must hold one line of each ending."""
    script = (ROOT / ".ci" / "run").read_text()
    endings = re.findall(r"command=\$\(readme_command '(.+?)'\)", script)
    matching = [ending for ending in endings if command.endswith(ending)]
    assert len(matching) == 1
    lines = shell_lines((ROOT / "README.md").read_text())
    assert [line for line in lines if line.endswith(matching[0])] == [command]


def test_architecture_shows_every_file_and_no_other():
    """A line of the tree is a name, perhaps a comment, two spaces deeper for each folder."""
    tree = re.search(r"^```\n(facecluster/\n.*?)^```", (ROOT / "ARCHITECTURE.md").read_text(), re.MULTILINE | re.DOTALL)
    assert tree, "expected a fenced block that begins with the line facecluster/"
    shown, folders = set(), []
    for line in filter(str.strip, tree[1].splitlines()):
        indent, name = re.match(r"( *)(\S+)", line).groups()
        if not re.fullmatch(r"[\w-]+/|[\w-]+\.py", name):
            continue  # a comment that goes on
        del folders[len(indent) // 2 :]
        if name.endswith("/"):
            folders.append(name)
        else:
            shown.add("".join([*folders, name]))
    code = {
        str(path.relative_to(ROOT))
        for path in (*PACKAGE.rglob("*.py"), *(ROOT / "jobs").glob("*.py"))
        if path.name != "__init__.py"
    }
    assert shown >= code, f"not in ARCHITECTURE.md: {sorted(code - shown)}"
    gone = {name for name in shown if name.startswith(("facecluster/", "jobs/"))} - code
    assert gone == set(), f"in ARCHITECTURE.md but gone: {sorted(gone)}"


def test_no_file_names_a_path_of_the_machine_it_was_made_on():
    folders = {ROOT.parent, Path.home(), Path(tempfile.gettempdir()), Path(sys.base_prefix)} - {Path("/"), Path("/usr")}
    any_of_them = b"|".join(re.escape(bytes(folder)) for folder in folders)
    path_of_ours = re.compile(rb"(?<![\w.-])(?:%s)(?![\w-])" % any_of_them)
    named = {
        (str(path.relative_to(ROOT)), match.decode())
        for path in tracked()
        for match in path_of_ours.findall(path.read_bytes())
    }
    assert named == set()
