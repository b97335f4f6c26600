import hashlib
import os
import signal
import subprocess
import sys
import time

import pytest

from facecluster.errors import PackError
from facecluster.packs.weights import EMBEDDED, YUNET, cache_folder, runnable_bytes, vendored_bytes, weights_folder


def cached_files(cache):
    return sorted(path for path in cache.iterdir() if path.suffix == ".onnx")


def test_the_vendored_files_are_the_published_ones():
    for weight in EMBEDDED:
        assert hashlib.sha256(vendored_bytes(weight, weights_folder())).hexdigest() == weight.sha256


def test_the_readme_of_the_weights_names_every_file_and_hash():
    text = (weights_folder() / "README.md").read_text()
    for weight in EMBEDDED:
        assert weight.file in text
        assert weight.sha256 in text
    assert {path.name for path in weights_folder().glob("*.onnx")} == {weight.file for weight in EMBEDDED}


def test_a_fold_is_kept_and_used_again(tmp_path):
    first = runnable_bytes(YUNET, weights_folder(), tmp_path / "new" / "cache")
    (kept,) = cached_files(tmp_path / "new" / "cache")
    written = kept.stat().st_mtime_ns
    assert kept.read_bytes() == first
    assert runnable_bytes(YUNET, weights_folder(), tmp_path / "new" / "cache") == first
    assert kept.stat().st_mtime_ns == written
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", [b"", b"nonsense", None], ids=["emptied", "overwritten", "one bit"])
def test_a_damaged_cache_is_made_again(tmp_path, damage):
    sound = runnable_bytes(YUNET, weights_folder(), tmp_path)
    (kept,) = cached_files(tmp_path)
    kept.write_bytes(bytes([sound[0] ^ 1]) + sound[1:] if damage is None else damage)
    assert runnable_bytes(YUNET, weights_folder(), tmp_path) == sound
    assert [path.read_bytes() for path in cached_files(tmp_path)] == [sound]


def test_damaged_vendored_weights_are_an_error_that_says_what_to_do(tmp_path):
    content = bytearray((weights_folder() / YUNET.file).read_bytes())
    content[1000] ^= 1
    (tmp_path / YUNET.file).write_bytes(content)
    with pytest.raises(PackError, match=r"damaged: expected sha256 49f000ec.*pip install --force-reinstall"):
        runnable_bytes(YUNET, tmp_path, tmp_path / "cache")


def test_missing_vendored_weights_are_an_error_even_with_a_full_cache(tmp_path):
    runnable_bytes(YUNET, weights_folder(), tmp_path / "cache")
    with pytest.raises(PackError, match=r"cannot be read .*pip install"):
        runnable_bytes(YUNET, tmp_path / "nowhere", tmp_path / "cache")


def test_a_cache_that_cannot_be_written_costs_no_run(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    assert runnable_bytes(YUNET, weights_folder(), tmp_path / "file" / "cache")
    assert "cannot be written" in caplog.text


def test_the_cache_folder_can_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("FACECLUSTER_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.delenv("FACECLUSTER_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    if sys.platform == "linux":
        assert cache_folder() == tmp_path / "xdg" / "facecluster"


def test_what_a_killed_process_left_is_swept_but_not_what_another_is_writing(tmp_path):
    old, young = tmp_path / ".fold-old", tmp_path / ".fold-young"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    runnable_bytes(YUNET, weights_folder(), tmp_path)
    assert not old.exists()
    assert young.exists()


FOLD = """
import sys
from pathlib import Path
from facecluster.packs.weights import YUNET, runnable_bytes, weights_folder
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    for path in Path(sys.argv[1]).glob("*.onnx") if int(sys.argv[2]) > 1 else ():
        path.unlink(missing_ok=True)
    runnable_bytes(YUNET, weights_folder(), Path(sys.argv[1]))
"""


def folding_process(cache, times):
    process = subprocess.Popen(
        [sys.executable, "-c", FOLD, str(cache), str(times)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_several_processes_at_once_leave_one_sound_copy(tmp_path):
    processes = [folding_process(tmp_path, 1) for _ in range(4)]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate()[0] is not None and process.returncode for process in processes] == [0] * 4
    (kept,) = cached_files(tmp_path)
    assert kept.stem.endswith(hashlib.sha256(kept.read_bytes()).hexdigest())


def test_killed_at_any_moment_the_cache_holds_whole_files_or_none(tmp_path):
    for delay in (0.0, 0.15, 0.3, 0.31, 0.32):
        process = folding_process(tmp_path, 1000)
        process.stdin.write("go\n")
        process.stdin.flush()
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        for path in cached_files(tmp_path):
            assert path.stem.endswith(hashlib.sha256(path.read_bytes()).hexdigest())
    assert runnable_bytes(YUNET, weights_folder(), tmp_path)
    assert len(cached_files(tmp_path)) == 1
