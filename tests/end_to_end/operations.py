"""The operating system as the store sees it, in which something may happen at each operation."""

import errno
import os

from facecluster.store import files

FAULTS = [errno.ENOSPC, errno.EIO]
OPERATIONS = ["open", "fsync", "link", "unlink", "rename", "replace", "mkdir", "rmdir", "close"]
"""What leaves a trace on a disk, beside writing to a file."""


class Operations:
    """The operations that are done, at each of which what `happen` says happens, told how many there were so far."""

    def __init__(self, happen, *, no_links=False):
        self.happen = happen
        self.no_links = no_links  # whether the file system has none
        self.real = {name: getattr(os, name) for name in OPERATIONS}
        self.fdopen = os.fdopen
        self.done = []  # what was done to which file
        self.opened = {}  # by descriptor

    def installed(self, patch):
        for name in self.real:
            patch.setattr(os, name, lambda *given, name=name, **more: self.operate(name, given, more))
        patch.setattr(files.os, "fdopen", lambda descriptor, mode: Written(self.fdopen(descriptor, mode), self))

    def operate(self, name, given, more):
        self.done.append((name, str(self.opened.get(given[0], given[0]))))
        if name == "close":
            self.real[name](*given)
        self.happen(len(self.done))
        if name == "link" and self.no_links:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))
        result = self.real[name](*given, **more) if name != "close" else None
        if name == "open":
            self.opened[result] = given[0]
        return result


class Written:
    """A file that may be left half written."""

    def __init__(self, file, system):
        self.file = file
        self.system = system
        self.flush, self.fileno = file.flush, file.fileno

    def write(self, data):
        self.system.done.append(("write", str(len(data))))
        self.file.write(data[: len(data) // 2])
        self.file.flush()
        self.system.happen(len(self.system.done))
        self.file.write(data[len(data) // 2 :])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
