"""Turns: what one process at a time does, or so many, wherever they run.

Locks of a session of the database: whoever dies gives his turn back, and no transaction is open meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

ONLY = (0,)
REMINDING = 0x514  # any number that no other advisory lock of two parts uses; sharing.delivery.turns has more


@contextmanager
def one_of(numbers: Iterable[int] = ONLY, *, of: int) -> Iterator[int | None]:
    """The number of a free turn, held until the block ends or the session dies; None if all are taken."""
    turn = next((number for number in numbers if _try(of, number)), None)
    try:
        yield turn
    finally:
        if turn is not None:
            _give_back(of, turn)


def _try(of: int, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [of, number])
        return bool(cursor.fetchone()[0])


def _give_back(of: int, turn: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [of, turn])
    except BaseException:
        connection.close()  # or the turn would be held for as long as the process keeps its session
        raise
