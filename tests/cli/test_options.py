import os

import pytest
import typer

from facecluster.cli.options import ordinary_file, settings_from

WRONG = [
    (["--config", "missing.yaml"], "expected a settings file at missing.yaml, found none"),
    (["--config", "unknown.yaml"], "unknown key detect.sizepx; did you mean size_px?"),
    (["--config", "broken.yaml"], "is not valid YAML"),
    (["--workers", "-1"], "runner.workers: expected at least 0, found -1"),
    (["--workers", "many"], "expected a whole number, found 'many'"),
    (["--runner", "nonsense"], "expected 'local' or 'ray'"),
    (["--address", "auto"], "add --runner ray"),
    (["--min-score", "2"], "expected at most 1"),
    (["--min-score", "nan"], "expected"),
    (["--min-face", "1"], "expected at least 8"),
    (["--detect-size", "10"], "expected at least 160"),
    (["--provider", "tpu"], "'cpu'"),
]


@pytest.mark.parametrize("command", ["run", "index"])
@pytest.mark.parametrize(("flags", "sentence"), WRONG, ids=[" ".join(flags) for flags, _ in WRONG])
def test_wrong_usage_is_refused_before_anything_is_made(command, flags, sentence, facecluster, demo_album, tmp_path):
    (tmp_path / "unknown.yaml").write_text("detect:\n  sizepx: 3\n")
    (tmp_path / "broken.yaml").write_text("detect: [\n")
    ended = facecluster(command, demo_album, *flags)
    assert ended.code == 2
    assert sentence in " ".join(ended.err.split())
    assert "Traceback" not in ended.err
    assert ended.out == ""
    assert sorted(os.listdir()) == ["broken.yaml", "unknown.yaml"]


def test_a_bad_environment_variable_is_named(facecluster, demo_album, monkeypatch):
    monkeypatch.setenv("FACECLUSTER_RUNNER__WORKERS", "many")
    ended = facecluster("run", demo_album)
    assert ended.code == 2
    assert "FACECLUSTER_RUNNER__WORKERS" in ended.err
    assert os.listdir() == []


def test_flags_that_were_not_given_leave_the_defaults():
    assert settings_from(None, runner={"workers": None}, archive={"include": []}) == settings_from(None)
    assert settings_from(None, runner={"workers": 3}).runner.workers == 3


def test_only_files_may_be_written_over(tmp_path):
    file = tmp_path / "file"
    assert ordinary_file(file) == file
    file.write_text("old")
    assert ordinary_file(file) == file
    assert ordinary_file(None) is None
    os.mkfifo(tmp_path / "pipe")
    for other in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(typer.BadParameter, match="neither"):
            ordinary_file(other)
