"""Becomes a command that ends when the process which started it ends, even by `kill -9`.

Run by `config.child` as `python -I -S tied.py PARENT ORPHANED USER COMMAND…`: PARENT is the starter's process id,
ORPHANED the signal sent when that process dies (Linux only), USER the numeric user to become (-1: stay). A script of its own,
because code between fork and exec is unsafe in a program with threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
STAY = -1


def become(user: int) -> None:
    """Give up root for good: no extra groups, group and user of the same number."""
    if user == STAY:
        return
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)


def tie(parent: int, orphaned: int) -> None:
    """Ask the kernel for the signal when the parent dies. After `become`, which would clear the request."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, orphaned)
    if os.getppid() != parent:
        sys.exit("the process that started this one has already ended")


def main(parent: str, orphaned: str, user: str, *command: str) -> None:
    become(int(user))
    tie(int(parent), int(orphaned))
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(*sys.argv[1:])
