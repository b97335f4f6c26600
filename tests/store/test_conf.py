from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import UsageError
from facecluster.settings import Settings
from facecluster.store.conf import load_settings

CONF = Path(__file__).parents[2] / "conf"
EVERY_KEY = {(section, key) for section, keys in Settings().model_dump().items() for key in keys}


@pytest.fixture
def write(tmp_path):
    def _write(text: str | bytes) -> Path:
        path = tmp_path / "mine.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return _write


def refusal(config=None, environ=None, overrides=None) -> str:
    with pytest.raises(UsageError) as caught:
        load_settings(config, environ or {}, overrides or {})
    return str(caught.value)


def test_nothing_given_gives_the_defaults():
    assert load_settings(None, {}, {}) == Settings()


def test_default_yaml_is_the_defaults_and_names_every_key():
    path = CONF / "default.yaml"
    assert load_settings(path, {}, {}) == Settings()
    named = {(section, key) for section, keys in yaml.safe_load(path.read_text()).items() for key in keys}
    assert named == EVERY_KEY


@pytest.mark.parametrize("path", sorted(CONF.glob("*.yaml")), ids=lambda path: path.name)
def test_every_profile_loads(path):
    assert isinstance(load_settings(path, {}, {}), Settings)


def test_profiles_say_what_they_are_for():
    laptop = load_settings(CONF / "laptop.yaml", {}, {})
    cluster = load_settings(CONF / "gpu-cluster.yaml", {}, {})
    assert laptop.runner.kind == "local"
    assert laptop.index.photos_per_shard < Settings().index.photos_per_shard
    assert (cluster.runner.kind, cluster.runner.address, cluster.pack.provider) == ("ray", "auto", "cuda")
    assert cluster.runner.gpus_per_worker == 0.25


def test_later_sources_win_key_by_key(write):
    path = write("runner: {workers: 1, max_attempts: 3, photo_seconds: 7}\ndetect: {size_px: 640}\n")
    environ = {"FACECLUSTER_RUNNER__WORKERS": "2", "FACECLUSTER_RUNNER__MAX_ATTEMPTS": "4"}
    settings = load_settings(path, environ, {"runner": {"workers": 5}})
    assert settings.runner.workers == 5  # flag
    assert settings.runner.max_attempts == 4  # variable
    assert settings.runner.photo_seconds == 7  # file
    assert settings.runner.shard_seconds == Settings().runner.shard_seconds
    assert settings.detect.size_px == 640


def test_a_value_that_a_later_source_replaces_is_not_judged(write):
    assert load_settings(write("runner: {workers: -1}"), {}, {"runner": {"workers": 1}}).runner.workers == 1


@pytest.mark.parametrize(
    "text", ["", "# only a comment\n", "runner:\n", "\ufeffrunner:\n  # all of it commented out\n", "---\n"]
)
def test_files_that_say_nothing_give_the_defaults(write, text):
    assert load_settings(write(text), {}, {}) == Settings()


def test_lists_and_nothing(write):
    settings = load_settings(write("archive: {include: ['*.jpg', 'a/**']}\npack: {root: null}"), {}, {})
    assert settings.archive.include == ("*.jpg", "a/**")
    assert settings.pack.root is None


@pytest.mark.parametrize(
    ("name", "text", "section", "key", "value"),
    [
        ("PACK__NAME", "insightface:buffalo_l", "pack", "name", "insightface:buffalo_l"),
        ("RUNNER__GPUS_PER_WORKER", "1", "runner", "gpus_per_worker", 1.0),
        ("CLUSTER__FALSE_LINKS", "1e-3", "cluster", "false_links", 0.001),
        ("CLUSTER__FALSE_LINKS", "1.5E-2", "cluster", "false_links", 0.015),
        ("ARCHIVE__HIDDEN", "true", "archive", "hidden", True),
        ("ARCHIVE__EXCLUDE", "['*.gif', old/**]", "archive", "exclude", ("*.gif", "old/**")),
        ("DETECT__MIN_SCORE", "", "detect", "min_score", None),
    ],
)
def test_environment_values_are_yaml(name, text, section, key, value):
    settings = load_settings(None, {f"FACECLUSTER_{name}": text}, {})
    assert getattr(getattr(settings, section), key) == value


def test_variables_without_a_section_are_left_alone():
    environ = {
        "FACECLUSTER_LIBRARY": "/x",
        "FACECLUSTER_CACHE": "/y",
        "HOME": "/z",
        "OTHER__THING": "1",
        "FACECLUSTER": "1",
    }
    assert load_settings(None, environ, {}) == Settings()


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("\nrunner:\n  wrkers: 2\n", 3, "unknown key runner.wrkers; did you mean workers?"),
        ("runner:\n  wokers: 2\n", 2, "did you mean workers?"),
        ("runer:\n  workers: 2\n", 2, "unknown section runer; did you mean runner?"),
        ("cluster:\n  zzz: 2\n", 2, "expected one of min_cluster_size, min_quality, false_links"),
        ("runner:\n  workers: four\n", 2, 'runner.workers: expected a whole number, found "four"'),
        ("runner:\n  workers: '4'\n", 2, 'runner.workers: expected a whole number, found "4"'),
        ("runner:\n  workers: 2.5\n", 2, "runner.workers: expected a whole number, found 2.5"),
        ("runner:\n  workers: true\n", 2, "runner.workers: expected a whole number, found true"),
        ("runner:\n  workers: -1\n", 2, "runner.workers: expected at least 0, found -1"),
        ("runner:\n  workers:\n", 2, "runner.workers: expected a whole number, found nothing"),
        ("runner:\n  kind: rai\n", 2, "runner.kind: expected 'local' or 'ray', found \"rai\""),
        ("runner:\n  photo_seconds: 0\n", 2, "runner.photo_seconds: expected more than 0, found 0"),
        ("runner:\n  photo_seconds: .inf\n", 2, "runner.photo_seconds: expected a finite number, found inf"),
        ("cluster:\n  min_quality: 1.5\n", 2, "cluster.min_quality: expected at most 1, found 1.5"),
        ("cluster:\n  min_quality: .nan\n", 2, "cluster.min_quality: expected a finite number, found nan"),
        ("archive:\n  hidden: 1\n", 2, "archive.hidden: expected true or false, found 1"),
        ("archive:\n  include: '*.jpg'\n", 2, 'archive.include: expected a list such as ["one", "two"], found "*.jpg"'),
        ("archive:\n  include: [a, 3]\n", 2, "archive.include[1]: expected text, found 3"),
        ("archive:\n  include: &a [*a]\n", 2, "archive.include[0]: expected text, found [[...]]"),
        ("archive:\n  include: 2026-13-45\n", 2, "not a valid YAML value: month must be in 1..12"),
        ("pack:\n  name: !!python/object:os.system x\n", 2, "not a valid YAML value"),
        ("pack:\n  name: a\n  name: b\n", 1, "pack: name stands twice, on line 2 and on line 3"),
        ("pack: embedded\n", 1, 'pack: expected `name: value` lines, found "embedded"'),
    ],
)
def test_a_mistake_in_a_file_names_file_line_and_expectation(write, text, line, says):
    path = write(text)
    message = refusal(path)
    assert message.startswith(f"{path}, line {line}: ")
    assert says in message


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"- a\n", "expected `name: value` lines, found ['a']"),
        (b"pack: {}\npack: {}\n", "pack stands twice, on line 1 and on line 2"),
        (b"runner: [1\n", "is not valid YAML"),
        (b"a: 1\n---\nb: 2\n", "is not valid YAML"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_file_that_is_no_settings_file(write, content, says):
    path = write(content)
    message = refusal(path)
    assert str(path) in message
    assert says in message
    assert "\n" not in message


def test_a_file_that_is_not_there(tmp_path):
    assert (
        refusal(tmp_path / "no.yaml")
        == f"expected a settings file at {tmp_path / 'no.yaml'}, found none: check --config"
    )
    assert "cannot be read" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("FACECLUSTER_RUNNER__WORKER", "2", "unknown key runner.worker; did you mean workers?"),
        ("FACECLUSTER_RUNER__WORKERS", "2", "unknown section runer; did you mean runner?"),
        ("FACECLUSTER_RUNNER__", "2", "unknown key runner.; expected one of kind, workers"),
        ("FACECLUSTER_RUNNER__WORKERS__MAX", "2", "unknown key runner.workers__max; did you mean workers?"),
        ("FACECLUSTER_RUNNER__WORKERS", "many", 'runner.workers: expected a whole number, found "many"'),
        ("FACECLUSTER_ARCHIVE__EXCLUDE", "*.gif", "not a valid YAML value, are quotes missing?"),
    ],
)
def test_a_mistake_in_the_environment_names_its_variable(name, text, says):
    message = refusal(environ={name: text})
    assert message.startswith(f"environment variable {name}: ")
    assert says in message


def test_a_mistake_on_the_command_line_says_so():
    message = refusal(overrides={"detect": {"size_px": 10}})
    assert message == "command line: detect.size_px: expected at least 160, found 10"


def test_values_at_odds_name_what_was_set_where(write):
    path = write("runner:\n  address: auto\n")
    message = refusal(path, {"FACECLUSTER_RUNNER__KIND": "local"})
    assert "an address was given, but the runner is local" in message
    assert f"runner.address: {path}, line 2" in message
    assert "runner.kind: environment variable FACECLUSTER_RUNNER__KIND" in message
    assert load_settings(path, {}, {"runner": {"kind": "ray"}}).runner.address == "auto"


def test_all_mistakes_are_told_at_once_one_a_line(write):
    path = write("runner:\n  workers: x\n")
    lines = refusal(path, {"FACECLUSTER_DETECT__SIZE_PX": "1"}, {"cluster": {"min_quality": 7}}).splitlines()
    assert len(lines) == 3
    assert {line.split(": ")[1] for line in lines} == {"runner.workers", "detect.size_px", "cluster.min_quality"}


@given(st.data())
def test_defaults_survive_any_split_over_the_sources(data):
    """Every key set to its own default, by whichever source, changes nothing."""
    defaults = Settings().model_dump()
    keys = data.draw(st.lists(st.sampled_from(sorted(EVERY_KEY)), unique=True))
    environ, overrides = {}, {}
    for section, key in keys:
        value = defaults[section][key]
        if data.draw(st.booleans()):
            overrides.setdefault(section, {})[key] = value
        else:
            plain = list(value) if isinstance(value, tuple) else value
            environ[f"FACECLUSTER_{section}__{key}".upper()] = yaml.safe_dump(plain)
    assert load_settings(None, environ, overrides) == Settings()
