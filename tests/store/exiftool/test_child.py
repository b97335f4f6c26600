import os
import subprocess
import sys

import pytest

from facecluster.store.exiftool import child
from facecluster.store.exiftool.process import MAX_MEMORY_BYTES


@pytest.mark.parametrize(("parent", "said"), [(os.getpid, "here\n"), (os.getppid, "")])
def test_it_becomes_nothing_when_its_parent_has_gone(parent, said):
    command = [sys.executable, "-I", "-S", child.__file__, str(MAX_MEMORY_BYTES), str(parent())]
    ended = subprocess.run([*command, "/bin/echo", "here"], capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == (said, "")
