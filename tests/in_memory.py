"""Where a run of tests lays its files aside: in memory, which has no disk to wait for, where the machine has the room.

Nothing is asked there that only a disk can answer: the servers of the tests are not durable anyway, and a process that
is killed leaves what it wrote. A `TMPDIR` given from outside is kept.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")
ROOM = 6 * 1024**3  # bytes; the whole suite fills a third of it
NAMED = "registry-tests-of-"  # and the process


def lay_aside(memory: Path = MEMORY) -> None:
    """Name a folder of this run's own in memory as `TMPDIR`; it goes with the process."""
    if "TMPDIR" in os.environ or not has_room(memory):
        return
    _clear(memory)
    folder = Path(tempfile.mkdtemp(prefix=f"{NAMED}{os.getpid()}-", dir=memory))
    folder.chmod(0o711)  # PostgreSQL, which does not run as root, passes through it
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def has_room(memory: Path) -> bool:
    """Whether programs can be started from there too, and enough is free: a container often has 64 MB, or `noexec`."""
    if not os.access(memory, os.W_OK | os.X_OK):
        return False
    there = os.statvfs(memory)
    return (
        not there.f_flag & os.ST_NOEXEC
        and min(there.f_bavail * there.f_frsize, psutil.virtual_memory().available) >= ROOM
    )


def _clear(memory: Path) -> None:
    """What runs that were killed have left there would fill it until the machine starts anew."""
    for left in memory.glob(f"{NAMED}*"):
        pid = left.name.removeprefix(NAMED).partition("-")[0]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
