"""Who works for an endpoint now: taken, renewed and given back by conditional UPDATEs on the database's clock."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

SECONDS = 8
RENEW_EVERY = 2.0
TRUSTED = (
    SECONDS - 1.0
)  # for so long after it was asked for, nobody else has it, and what is sent now is still on its way

# Due work: events between cursor and telling, or a held lane whose time has come. An endpoint that failed waits for
# its time, or for a second lane to ask. Picked once, or a plan that asks again for each endpoint takes more than the limit.
_TAKE = f"""
    WITH due AS MATERIALIZED (
        SELECT e.id, CASE WHEN e.next_due > clock_timestamp() THEN e.alone_at END AS alone_at
        FROM delivery_endpoint e, delivery_tellingcursor t
        WHERE e.state = 'active' AND e.stage = 'production'
          AND (e.lease_until IS NULL OR e.lease_until < clock_timestamp())
          AND (e.next_due IS NULL OR e.next_due <= clock_timestamp() OR t.position > e.alone_at)
          AND (e.cursor < t.position OR EXISTS (
            SELECT 1 FROM delivery_held h
            JOIN registry_event v
              ON v.listing_id = h.listing_id AND v.position >= h.from_position AND v.position <= t.position
             AND (v.reader IS NULL OR v.reader = e.department_id)
            WHERE h.endpoint_id = e.id AND (h.next_due IS NULL OR h.next_due <= clock_timestamp())))
          AND NOT (e.id = ANY(%s))
        ORDER BY e.next_due NULLS FIRST, e.id
        LIMIT %s
        FOR NO KEY UPDATE OF e SKIP LOCKED
    )
    UPDATE delivery_endpoint AS endpoint
    SET lease_until = clock_timestamp() + interval '{SECONDS} seconds', fence = endpoint.fence + 1
    FROM due
    WHERE endpoint.id = due.id
    RETURNING endpoint.id, endpoint.fence, endpoint.department_id, endpoint.url, endpoint.cursor, endpoint.failures,
              endpoint.in_flight_cap, due.alone_at, endpoint.posts_per_second,
              coalesce(extract(epoch FROM endpoint.paced_until - clock_timestamp()), 0)::float8,
              EXISTS (SELECT 1 FROM delivery_trustedauthorities a WHERE a.endpoint_id = endpoint.id) OR EXISTS (
                SELECT 1 FROM delivery_clientcertificate c
                WHERE c.endpoint_id = endpoint.id AND c.presented_since IS NOT NULL),
              EXISTS (SELECT 1 FROM delivery_held h WHERE h.endpoint_id = endpoint.id)
"""  # noqa: S608 - only a constant is put in

_CROWD = """
    SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
           (SELECT count(*) FROM delivery_endpoint WHERE lease_until > clock_timestamp())
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """``fence`` grows with every lease: what an older one wants to move, moves nothing.

    ``alone_at``: leased before its time, to ask a lane that came after this position; None: it is time.
    ``per_second``: most posts a second, None without a limit, used up ``ahead`` seconds in advance. ``has_identity``:
    it is connected to in a way of its own, which `connecting.identities` knows. ``has_held``: it has held lanes. ``until``: by
    our own clock (monotonic), when it may be somebody else's.
    """

    endpoint_id: str
    fence: int
    department_id: int
    url: str
    cursor: int
    failures: int
    cap: int
    alone_at: int | None
    per_second: int | None = None
    ahead: float = 0.0
    has_identity: bool = False
    has_held: bool = True
    until: float = math.inf


def take(limit: int, *, besides: Iterable[str] = ()) -> list[Lease]:
    """Lease up to ``limit`` endpoints with due work that nobody works for."""
    until = time.monotonic() + TRUSTED
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [list(besides), limit])
        return [replace(Lease(*row), until=until) for row in cursor.fetchall()]


def crowd(of: int) -> tuple[int, int]:
    """How many slots are at work, each with a turn ``of`` this kind, wherever they run; and how many endpoints they have."""
    with connection.cursor() as cursor:
        cursor.execute(_CROWD, [of])
        slots, leased = cursor.fetchone()
    return int(slots), int(leased)


def renew(leases: Iterable[Lease]) -> set[str]:
    """Prolong the leases; the ids of those that are still ours."""
    pairs = [(lease.endpoint_id, lease.fence) for lease in leases]
    return _update(f"lease_until = clock_timestamp() + interval '{SECONDS} seconds'", pairs)


def release(leases: Iterable[Lease]) -> None:
    _update("lease_until = NULL", [(lease.endpoint_id, lease.fence) for lease in leases])


def _update(change: str, pairs: list[tuple[str, int]]) -> set[str]:
    ids: list[Any] = [pair[0] for pair in pairs]
    fences: list[Any] = [pair[1] for pair in pairs]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE delivery_endpoint e SET {change} FROM unnest(%s::text[], %s::bigint[]) AS mine(id, fence) "  # noqa: S608 - only constants are put in
            "WHERE e.id = mine.id AND e.fence = mine.fence RETURNING e.id",
            [ids, fences],
        )
        return {row[0] for row in cursor.fetchall()}
