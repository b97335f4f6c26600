import json


def test_what_the_pack_is_and_runs_on(facecluster):
    ended = facecluster("models", "--provider", "cpu")
    assert ended.code == 0
    assert "CPUExecutionProvider" in ended.out
    assert "licence" in ended.out
    record = json.loads(facecluster("models", "--provider", "cpu", "--json").out)
    assert record["runs_on"] == "CPUExecutionProvider"
    assert record["pack"]["name"] == "embedded"
    assert 0 < record["pack"]["calibration"]["genuine_median"] < 1


def test_a_provider_that_is_not_here_is_said(facecluster):
    ended = facecluster("models", "--provider", "tensorrt")
    assert (ended.code, ended.out) == (1, "")
    assert "pip install" in ended.err
