"""What a child is before it becomes ExifTool: within a limit of memory, and ended with its parent.

Run as a script, by itself, and never imported: it starts in 20 ms, because it loads nothing of ours.
"""

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _become(max_memory_bytes: int, parent: int, program: str, *arguments: str) -> None:
    if sys.platform == "linux":  # elsewhere neither exists
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_AS, (max_memory_bytes, max_memory_bytes))
    if os.getppid() != parent:  # killed before it was asked for; ExifTool would wait for more for ever
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execv(program, [program, *arguments])  # noqa: S606 - ExifTool, found by its parent


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
