"""Turns: what one process at a time does, or so many, wherever they run; and what the database's advisory locks are about.

The locks of turns are those of a session: whoever dies gives his turn back, and no transaction is open meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum, unique

from django.db import connection

ONLY = (0,)
NUMBERS = 2**31 - 1  # so many the second part may be, from 0 on


@unique
class Lock(IntEnum):
    """What an advisory lock of two parts is about, the first of them; the second is one of many turns, or 0.

    Of one part are those named by digests: of documents, of employers.
    """

    DELIVERING = 0x510
    CONFORMANCE = 0x511
    ESCALATING = 0x512
    MINDING = 0x513
    REMINDING = 0x514
    CHECKPOINTS = 0x51A
    WITNESSES = 0x51B
    IMPORTING = 0x520  # which chunk is looked at ahead
    CODE_CHANGES = 0x521  # under this one and the next three, what is new is numbered
    LOG_VERIFICATIONS = 0x522
    PACKS = 0x523
    SAMPLES = 0x524
    RELEASES = 0x525
    REGISTRATION_TRIES = 0x526
    TALLY = 0x527
    APPOINTMENTS = 0x528


@contextmanager
def one_of(numbers: Iterable[int] = ONLY, *, of: Lock) -> Iterator[int | None]:
    """The number of a free turn, held until the block ends or the session dies; None if all are taken."""
    turn = next((number for number in numbers if _try(of, number)), None)
    try:
        yield turn
    finally:
        if turn is not None:
            _give_back(of, turn)


def wait_for(lock: Lock) -> None:
    """Until this transaction ends, nobody else has the lock; whoever has it is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [lock])


def take_if_free(lock: Lock, number: int = 0) -> bool:
    """Take the lock until this transaction ends; False where somebody else has it. Nobody is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [lock, number])
        return bool(cursor.fetchone()[0])


def _try(of: Lock, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [of, number])
        return bool(cursor.fetchone()[0])


def _give_back(of: Lock, turn: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [of, turn])
    except BaseException:
        connection.close()  # or the turn would be held for as long as the process keeps its session
        raise
