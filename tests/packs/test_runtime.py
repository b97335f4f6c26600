import os
import re
import subprocess
import sys

import pytest

from facecluster.errors import PackError
from facecluster.packs.runtime import check_runtime


def site_with(tmp_path, *names):
    for name in names:
        folder = tmp_path / f"{name.replace('-', '_')}-1.30.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.30.0\n")
    return [str(tmp_path)]


@pytest.mark.parametrize("name", ["onnxruntime", "onnxruntime-gpu", "onnxruntime-openvino"])
def test_one_runtime_is_fit(tmp_path, name):
    assert check_runtime(site_with(tmp_path, name, "numpy", "onnxruntime-extensions", "onnx")) == name


def test_no_runtime_names_both_ways_to_get_one(tmp_path):
    with pytest.raises(PackError, match=re.escape("pip install 'facecluster[cpu]'")) as caught:
        check_runtime(site_with(tmp_path, "numpy"))
    assert "pip install 'facecluster[gpu]'" in str(caught.value)


@pytest.mark.parametrize(
    ("names", "command"),
    [
        (
            ("onnxruntime", "onnxruntime-gpu"),
            "pip uninstall -y onnxruntime onnxruntime-gpu && pip install 'facecluster[gpu]'",
        ),
        (
            ("onnxruntime", "onnxruntime-openvino"),
            "pip uninstall -y onnxruntime onnxruntime-openvino && pip install 'facecluster[cpu]'",
        ),
    ],
)
def test_two_runtimes_are_refused_with_the_command_that_leaves_one(tmp_path, names, command):
    with pytest.raises(PackError, match=re.escape(command)):
        check_runtime(site_with(tmp_path, *names))


def test_this_environment_is_fit():
    assert check_runtime().startswith("onnxruntime")


def python(code, home):
    quiet = {"CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_DISABLE_TELEMETRY"}  # with these, nothing would be written anyway
    environment = {name: value for name, value in os.environ.items() if name not in quiet}
    environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), "FACECLUSTER_CACHE": str(home / "ours")}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_loading_a_pack_leaves_no_telemetry_behind(tmp_path):
    code = (
        "import numpy as np\n"
        "from facecluster.packs.load import load_pack\n"
        "from facecluster.settings import DetectSettings, PackSettings\n"
        "pack = load_pack(PackSettings(provider='cpu', threads=1), DetectSettings())\n"
        "pack.detector.detect([np.zeros((64, 64, 3), np.uint8)], 0.5)\n"
    )
    python(code, tmp_path)
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent != tmp_path / "ours"]
    assert written == []


def test_a_pack_is_described_without_onnx_or_its_runtime(tmp_path):
    code = (
        "import sys\n"
        "from facecluster.packs.load import describe_pack\n"
        "from facecluster.settings import PackSettings\n"
        "print(describe_pack(PackSettings()).name)\n"
        "print({'onnx', 'onnxruntime', 'insightface', 'cv2'} & set(sys.modules))\n"
    )
    assert python(code, tmp_path).split() == ["embedded", "set()"]
