"""What went on in the last minutes, read from what the database keeps of it anyway: how soon, how many, how many refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from config.operation.reading import Reading, read

SECONDS = 1.5  # for all of it, where it is read part by part
PARTS = ("first_attempts", "attempts", "screenings", "entries", "refused_acts")
MINUTES = 15
ATTEMPTS = 5000  # of the newest; the table grows at one end
# From the month on in which these minutes began, so that no other partition is looked into. `now()` is the transaction's: of a
# clock that goes on, PostgreSQL cannot say beforehand which partitions it means.
THIS_MONTH = "started_at >= date_trunc('month', now() - %(minutes)s * interval '1 minute', 'UTC')"
QUANTILES = (0.5, 0.95, 0.99)

# First attempts alone: nobody tried this event at this endpoint before. What an opening set or a replay brings is old by
# design; it waits since it was told of. Nobody was told of it earlier, so no earlier partition is looked into: a day for clocks,
# and OFFSET so that each is looked up and not the whole table read at once.
_FIRST = f"""
    WITH newest AS (
        SELECT id, endpoint_id, event_id, started_at, status FROM delivery_attempt WHERE {THIS_MONTH}
        ORDER BY id DESC LIMIT %(attempts)s
    ), lately AS (
        SELECT * FROM newest WHERE started_at > clock_timestamp() - %(minutes)s * interval '1 minute'
    ), first AS (
        SELECT extract(epoch FROM l.started_at - greatest(e.recorded_at, t.told_at)) AS seconds
        FROM lately l
        JOIN delivery_endpoint p ON p.id = l.endpoint_id
        JOIN registry_event e ON e.position = l.event_id
        JOIN delivery_told t ON t.listing_id = e.listing_id AND t.department_id = p.department_id
         AND e.position >= t.first_position AND (t.ended_position IS NULL OR e.position <= t.ended_position)
        WHERE NOT EXISTS (
            SELECT FROM delivery_attempt a
            WHERE a.event_id = l.event_id AND a.endpoint_id = l.endpoint_id AND a.id < l.id
              AND a.started_at >= greatest(e.recorded_at, t.told_at) - interval '1 day' OFFSET 0)
    )
    SELECT count(*), percentile_cont(%(quantiles)s::float8[]) WITHIN GROUP (ORDER BY greatest(seconds, 0)) FROM first
"""  # noqa: S608 - only constants are put in
_ATTEMPTS = f"""
    SELECT CASE WHEN status = 0 THEN 'none' ELSE (status / 100)::text || 'xx' END, count(*) FROM (
        SELECT status, started_at FROM delivery_attempt WHERE {THIS_MONTH} ORDER BY id DESC LIMIT %(attempts)s
    ) AS newest WHERE started_at > clock_timestamp() - %(minutes)s * interval '1 minute' GROUP BY 1
"""  # noqa: S608 - only constants are put in
_SCREENINGS = """
    SELECT CASE WHEN outcome = 'pending' THEN 'pending' ELSE 'answered' END, count(*) FROM employers_screening
    WHERE asked_at > clock_timestamp() - %(minutes)s * interval '1 minute' GROUP BY 1
"""
_ENTRIES = """
    SELECT kind, count(*) FROM registry_auditentry
    WHERE kind = ANY(%(kinds)s) AND at > clock_timestamp() - %(minutes)s * interval '1 minute' GROUP BY 1
"""
_REFUSED_ACTS = """
    SELECT count(*) FROM registry_refusedact WHERE at > clock_timestamp() - %(minutes)s * interval '1 minute'
"""
KINDS = ("sign_in", "sign_in_refused", "token", "token_refused")


@dataclass(frozen=True)
class Recent:
    """``first_attempts``: seconds by quantile, from when an event was written, or told of, until it was tried first.
    Whether an answer named a listing is nobody's business here: screenings are answered, or pending. ``unread``: which of `PARTS`
    could not be read; they are empty.
    """

    first_attempts: Mapping[float, float]
    first_attempts_counted: int | None
    attempts: Mapping[str, int]
    screenings: Mapping[str, int]
    entries: Mapping[str, int]
    refused_acts: int | None
    unread: tuple[str, ...] = ()


def lately() -> Recent:
    """Raises django.db.Error while the database is away."""
    return read(_recent, seconds=SECONDS)


def _recent(reading: Reading) -> Recent:
    counted, quantiles = reading.part("first_attempts", _first) or (None, {})
    return Recent(
        first_attempts=quantiles,
        first_attempts_counted=counted,
        attempts=reading.part("attempts", lambda: _counts(_ATTEMPTS)) or {},
        screenings=reading.part("screenings", lambda: {"answered": 0, "pending": 0, **_counts(_SCREENINGS)}) or {},
        entries=reading.part("entries", lambda: {**dict.fromkeys(KINDS, 0), **_counts(_ENTRIES)}) or {},
        refused_acts=reading.part("refused_acts", lambda: int(_rows(_REFUSED_ACTS)[0][0])),
        unread=tuple(reading.unread),
    )


def _first() -> tuple[int, Mapping[float, float]]:
    ((counted, seconds),) = _rows(_FIRST)
    return counted, dict(zip(QUANTILES, seconds or (), strict=False))


def _counts(statement: str) -> dict[str, int]:
    return dict(_rows(statement))


def _rows(statement: str) -> list[Any]:
    wanted: dict[str, Any] = {
        "attempts": ATTEMPTS,
        "minutes": MINUTES,
        "kinds": list(KINDS),
        "quantiles": list(QUANTILES),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, wanted)
        return list(cursor.fetchall())
