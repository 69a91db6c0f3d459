"""At most so many slots of a worker at a time, so that one of its processes is always free to answer the bell; and one
escalation, wherever it runs.

A worker's turns are its own: one whose host is gone keeps no other waiting, and each further one adds its slots.
"""

from __future__ import annotations

import os
import socket
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

# Any numbers that no other advisory lock of two parts uses.
DELIVERING, CONFORMANCE, ESCALATING, MINDING = 0x510, 0x511, 0x512, 0x513
SLOTS_MOST = 256  # of one worker
ONLY = (0,)


@contextmanager
def one_of(numbers: Iterable[int] = ONLY, *, of: int) -> Iterator[int | None]:
    """The number of a free turn, held until the block ends or the session dies; None if all are taken."""
    turn = next((number for number in numbers if _try(of, number)), None)
    try:
        yield turn
    finally:
        if turn is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [of, turn])


def of_this_worker(slots: int) -> range:
    """The numbers of its turns to deliver: whoever was started by the same process shares them."""
    worker = f"{socket.gethostname()} {os.getppid()}".encode()
    first = zlib.crc32(worker) % (2**31 // SLOTS_MOST) * SLOTS_MOST
    return range(first, first + min(slots, SLOTS_MOST))


def _try(of: int, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [of, number])
        return bool(cursor.fetchone()[0])
