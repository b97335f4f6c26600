import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest
from PIL import Image

from facecluster.errors import PhotoError, PhotoFault, WorkerError
from facecluster.faces.decode import decode_photo
from facecluster.pipeline.decoder import DecoderProcess
from facecluster.settings import DecodeSettings
from tests.faces.pictures import encoded, exif, picture
from tests.pipeline.decoders import told

PATIENCE_SECONDS = 30.0
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")


@pytest.fixture(scope="module")
def shared():
    with DecoderProcess(DecodeSettings(timeout_seconds=PATIENCE_SECONDS), told) as decoder:
        yield decoder


def ask(decoder: DecoderProcess, order: str) -> str:
    answer = decoder.decode(order.encode(), None).taken_at
    assert answer is not None
    return answer


def fault_of(decoder: DecoderProcess, order: str) -> PhotoFault:
    with pytest.raises(PhotoError) as caught:
        decoder.decode(order.encode(), None)
    return caught.value.fault


def wait_until(holds, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"never came true: {what}"
        time.sleep(0.02)


def wait_for_end(pid: int) -> None:
    def is_gone() -> bool:
        return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE

    wait_until(is_gone, f"process {pid} has ended")


@pytest.mark.parametrize("side_px", [None, 100])
def test_a_photo_comes_back_as_if_decoded_here(side_px):
    data = encoded(picture((800, 600)), "JPEG", exif=exif(orientation=6, original="2020:02:02 02:02:02"))
    here = decode_photo(data, side_px, 150)
    with DecoderProcess(DecodeSettings()) as decoder:
        there = decoder.decode(data, side_px)
    assert there[1:] == here[1:]
    assert (there.pixels == here.pixels).all()
    assert there.pixels.flags.writeable


def test_the_error_crosses_the_pipe_whole(shared):
    with pytest.raises(PhotoError) as caught:
        shared.decode("refuse because it is ünreadable".encode(), None)
    assert (caught.value.fault, caught.value.detail) == (PhotoFault.CORRUPT, "because it is ünreadable")


def test_settings_reach_the_child():
    data = encoded(picture(), "PNG")
    with DecoderProcess(DecodeSettings(max_megapixels=0.005)) as decoder, pytest.raises(PhotoError, match="too_large"):
        decoder.decode(data, None)


def test_a_large_photo_does_not_block_the_pipe(shared):
    large = encoded(Image.new("RGB", (3000, 2000), "teal"), "BMP")
    assert shared.decode(large, None).pixels.shape == (2000, 3000, 3)


def test_a_photo_that_hangs_is_given_up_and_the_next_is_decoded():
    with DecoderProcess(DecodeSettings(timeout_seconds=1.5), told) as decoder:
        pid = int(ask(decoder, "pid"))
        with pytest.raises(PhotoError, match=r"timeout: not decoded within 1\.5 s"):
            decoder.decode(b"hang", None)
        wait_for_end(pid)
        assert ask(decoder, "echo 1") == "1"
        assert int(ask(decoder, "pid")) != pid


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("exit 3", "crash: the decoder process ended with status 3"),
        ("exit 0", "crash: the decoder process ended with status 0"),
        ("segfault", "crash: the decoder process ended with SIGSEGV"),
    ],
)
def test_a_child_that_dies_costs_one_photo(shared, order, reason):
    with pytest.raises(PhotoError, match=reason):
        shared.decode(order.encode(), None)
    assert ask(shared, "echo 1") == "1"


def test_an_error_nobody_foresaw_is_a_crash_of_the_child(shared):
    assert fault_of(shared, "raise") is PhotoFault.CRASH
    assert ask(shared, "echo 1") == "1"


@linux_only
def test_memory_is_limited():
    with DecoderProcess(DecodeSettings(memory_mb=256), told) as decoder:
        assert fault_of(decoder, "allocate") is PhotoFault.OUT_OF_MEMORY
        assert ask(decoder, "echo 1") == "1"


@linux_only
def test_a_real_photo_that_needs_too_much_memory_is_refused():
    data = encoded(Image.new("RGB", (12_000, 9_000)), "PNG")  # 432 MB, as Pillow holds it
    with DecoderProcess(DecodeSettings(memory_mb=256)) as decoder:
        with pytest.raises(PhotoError) as caught:
            decoder.decode(data, 1000)
        assert caught.value.fault is PhotoFault.OUT_OF_MEMORY
        assert decoder.decode(encoded(picture(), "PNG"), None).pixels.shape == (64, 96, 3)


@linux_only
def test_a_child_killed_at_work_means_the_system_ran_out_of_memory(tmp_path):
    with DecoderProcess(DecodeSettings(), told) as decoder, ThreadPoolExecutor(1) as pool:
        pid = int(ask(decoder, "pid"))
        hanging = pool.submit(decoder.decode, b"hang " + bytes(tmp_path / "begun"), None)
        wait_until((tmp_path / "begun").exists, "the decoder has begun")
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(PhotoError, match="out_of_memory: the decoder process was killed"):
            hanging.result()


def test_a_child_that_died_between_photos_costs_none():
    with DecoderProcess(DecodeSettings(), told) as decoder:
        pid = int(ask(decoder, "pid"))
        os.kill(pid, signal.SIGKILL)
        wait_for_end(pid)
        assert ask(decoder, "echo 1") == "1"


def test_an_empty_file_is_said_to_be_empty(shared):
    assert fault_of(shared, "") is PhotoFault.EMPTY


def test_a_child_that_cannot_start_is_an_error_of_the_run(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with DecoderProcess(DecodeSettings()) as decoder, pytest.raises(WorkerError, match="ended with status 1"):
        decoder.decode(b"", None)


def test_closing_ends_the_child_and_may_be_done_twice():
    decoder = DecoderProcess(DecodeSettings(), told)
    pid = int(ask(decoder, "pid"))
    decoder.close()
    decoder.close()
    assert not psutil.pid_exists(pid)
    assert ask(decoder, "echo again") == "again"  # as good as new
    decoder.close()


def test_the_child_imports_nothing_heavy(shared):
    loaded = {name.partition(".")[0] for name in json.loads(ask(shared, "modules"))}
    assert "PIL" in loaded
    heavy = {
        "onnxruntime",
        "onnx",
        "pyarrow",
        "pandas",
        "pydantic",
        "ray",
        "scipy",
        "sklearn",
        "typer",
        "rich",
        "pytest",
    }
    assert not loaded & heavy


def _in_another_process(connection) -> None:
    with DecoderProcess(DecodeSettings(), told) as decoder:
        connection.send((int(ask(decoder, "pid")), ask(decoder, "echo 1")))
        connection.recv()


@pytest.mark.parametrize("daemon", [False, True])
def test_it_works_inside_a_worker_process(daemon):
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    worker = spawn.Process(target=_in_another_process, args=(theirs,), daemon=daemon)
    worker.start()
    theirs.close()
    pid, answer = ours.recv()
    assert answer == "1"
    ours.send("end")
    worker.join()
    assert worker.exitcode == 0
    wait_for_end(pid)


PARENT = """
import time
from facecluster.pipeline.decoder import DecoderProcess
from facecluster.settings import DecodeSettings
from tests.pipeline.decoders import told
decoder = DecoderProcess(DecodeSettings(), told)
print(decoder.decode(b"pid", None).taken_at, flush=True)
decoder.decode({order!r}, None)
time.sleep(600)
"""


@pytest.mark.parametrize("order", [b"hang", b"echo idle"])
def test_a_killed_parent_leaves_no_orphan(order):
    if order == b"hang" and sys.platform != "linux":
        pytest.skip("only Linux ends a child that listens to nobody")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", PARENT.format(order=order)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert psutil.pid_exists(pid)
        parent.kill()
    wait_for_end(pid)


@linux_only
def test_libraries_that_print_do_not_reach_the_terminal(capfd):
    tiff = bytearray(encoded(picture(), "TIFF", compression="tiff_lzw"))
    tiff[20:60] = b"\xff" * 40
    with DecoderProcess(DecodeSettings()) as decoder, pytest.raises(PhotoError):
        decoder.decode(bytes(tiff), None)
    assert capfd.readouterr() == ("", "")


def test_pixels_arrive_unchanged(shared):
    noise = np.random.default_rng(3).integers(0, 256, (700, 900, 3), dtype=np.uint8)
    assert (shared.decode(encoded(Image.fromarray(noise), "PNG"), None).pixels == noise).all()
