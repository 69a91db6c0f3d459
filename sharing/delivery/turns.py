"""At most so many slots at a time, so that a worker is always free to answer the bell; and one escalation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Any numbers that no other advisory lock of two parts uses.
DELIVERING, CONFORMANCE, ESCALATING, MINDING = 0x510, 0x511, 0x512, 0x513


@contextmanager
def one_of(slots: int, *, of: int = DELIVERING) -> Iterator[int | None]:
    """The number of a free turn, held until the block ends or the session dies; None if all are taken."""
    turn = next((number for number in range(slots) if _try(of, number)), None)
    try:
        yield turn
    finally:
        if turn is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [of, turn])


def _try(of: int, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [of, number])
        return bool(cursor.fetchone()[0])
