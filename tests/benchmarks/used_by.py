"""Run a command; write what all its processes used, orphans included, to a file as JSON (Linux only).

    python -m tests.benchmarks.used_by FILE PROGRAM [ARGUMENT ...]

A process of its own for that, and one that imports little: what `resource` tells of a child begins with what its
parent held. Ends with the exit code of the command, once all that it started has ended.
"""

import ctypes
import json
import os
import resource
import sys
from pathlib import Path
from time import perf_counter

_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)


def main() -> int:
    """The exit code of the command."""
    file, program, *_ = sys.argv[1:]
    if ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError("orphans are not to be had here")
    started = perf_counter()
    pid = os.posix_spawnp(program, sys.argv[2:], os.environ)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    seconds = perf_counter() - started
    try:
        while True:
            os.wait()
    except ChildProcessError:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak_mb = 1024 * used.ru_maxrss / 1e6  # of the largest; Linux counts in units of 1024
    told = {"seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_mb": peak_mb}
    Path(file).write_text(json.dumps(told))
    return code


if __name__ == "__main__":
    sys.exit(main())
