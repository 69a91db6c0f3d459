"""At most so many slots of a worker at a time, so that one of its processes is always free to answer the bell; and one
escalation, wherever it runs.

A worker's turns are its own: one whose host is gone keeps no other waiting, and each further one adds its slots.
"""

from __future__ import annotations

import os
import socket
import zlib

SLOTS_MOST = 256  # of one worker


def of_this_worker(slots: int) -> range:
    """The numbers of its turns to deliver: whoever was started by the same process shares them."""
    worker = f"{socket.gethostname()} {os.getppid()}".encode()
    first = zlib.crc32(worker) % (2**31 // SLOTS_MOST) * SLOTS_MOST
    return range(first, first + min(slots, SLOTS_MOST))
