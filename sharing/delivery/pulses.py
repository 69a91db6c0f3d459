"""Each process says by itself that it lives, so that of several that are silent it is known which one is at fault.

Beat says so when it asks for a sweep, a worker when it carries one out, and each worker besides, whatever it is asked for. Of
what goes by the clock a worker says when it came to its end, so that what fails each time is known from what has nothing to do.
Times are the database's, and how far the process's own clock is ahead of it is said with them. Called before there are models.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.db import connection

NAME_LONGEST = 120
SWEEP_TASK = "sharing.sweep"
TASK = "task"

_MARK = """
    INSERT INTO delivery_pulse (name, process, at, ahead)
    VALUES (%s, %s, clock_timestamp(), %s - extract(epoch FROM clock_timestamp()))
    ON CONFLICT (name) DO UPDATE SET at = excluded.at, ahead = excluded.ahead
"""


_SPEAKING = """
    SELECT extract(epoch FROM clock_timestamp() - max(at) FILTER (WHERE process = 'beat'))::float8,
           count(*) FILTER (WHERE process = 'worker' AND at > clock_timestamp() - interval '1 minute')
    FROM delivery_pulse
"""


# A task that comes often says so once a minute; a moment that lies ahead was a clock's that was set back.
_DONE = """
    INSERT INTO delivery_pulse (name, process, at, ahead) VALUES (%s, 'task', clock_timestamp(), 0)
    ON CONFLICT (name) DO UPDATE SET at = excluded.at
    WHERE delivery_pulse.at NOT BETWEEN clock_timestamp() - interval '1 minute' AND clock_timestamp()
"""
_AWAIT = """
    INSERT INTO delivery_pulse (name, process, at, ahead)
    SELECT 'task ' || task, 'task', clock_timestamp(), 0 FROM unnest(%s::text[]) AS task ON CONFLICT DO NOTHING
"""


def mark(process: str, host: str = "") -> None:
    """``process``: one of `Process`; ``host``: which of several. Raises django.db.Error while the database is away."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [_name(process, host), process, time.time()])


def done(task: str) -> None:
    """A task that goes by the clock came to its end. Raises django.db.Error while the database is away."""
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [_name(TASK, task)])


def await_tasks(tasks: Sequence[str]) -> None:
    """From now on each of them is to be done in its time, also one of which nobody has heard. Raises django.db.Error."""
    with connection.cursor() as cursor:
        cursor.execute(_AWAIT, [list(tasks)])


def forget(process: str, host: str) -> None:
    """One that was stopped is not missed."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM delivery_pulse WHERE name = %s", [_name(process, host)])


def speaking() -> tuple[float | None, int]:
    """Seconds since beat last asked for a sweep, None where it never did; and how many workers share what it asks for."""
    with connection.cursor() as cursor:
        cursor.execute(_SPEAKING)
        beat, workers = cursor.fetchone()
    return beat, workers


def _name(process: str, host: str) -> str:
    return f"{process} {host}".strip()[:NAME_LONGEST]
