"""Writing down what a slot did for one endpoint: attempts always, the rest only while the lease is ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from sharing.delivery import backoff
from sharing.delivery.lane import Lane
from sharing.delivery.lanes import Lanes
from sharing.delivery.lease import Lease
from sharing.transport import PROXY, Reply

_HELD = """
    INSERT INTO delivery_held (endpoint_id, listing_id, from_position, ahead, refusals, next_due, reason)
    VALUES (%s, %s, %s, %s, %s, clock_timestamp() + %s * interval '1 second', %s)
    ON CONFLICT (endpoint_id, listing_id) DO UPDATE SET
        from_position = excluded.from_position, ahead = excluded.ahead, refusals = excluded.refusals,
        next_due = CASE WHEN %s THEN excluded.next_due ELSE delivery_held.next_due END
"""


# The cheapest way in; PostgreSQL still checks every row.
_ATTEMPTS = """
    COPY delivery_attempt
        (endpoint_id, event_id, started_at, elapsed_ms, status, failure, content_type, length, sha256)
    FROM STDIN
"""

AttemptRow = tuple[str, int, datetime, int, int, str, str, int, str]


def attempt(endpoint_id: str, position: int, reply: Reply) -> AttemptRow:
    """The row of `Attempt` that says what became of one post."""
    return (
        endpoint_id,
        position,
        datetime.fromtimestamp(reply.started_at, UTC),
        reply.elapsed_ms,
        reply.status,
        reply.failure,
        reply.content_type,
        reply.length,
        reply.sha256,
    )


def save(
    lease: Lease,
    lanes: Lanes,
    attempts: Sequence[AttemptRow],
    last: Reply | None,
    telling: int,
    ahead: float | None = None,
) -> bool:
    """One transaction, or part of the caller's. False: the lease went to somebody else; the attempts are kept, nothing was moved.

    ``ahead``: see `Pace`; None where there is none.
    """
    caught_up = lanes.caught_up()
    changed = [lane for lane in lanes.held.values() if lane.changed]
    with transaction.atomic(savepoint=False):
        _insert(attempts)
        if not _move(lease, lanes, last, telling, ahead, heard=any(_took(row) for row in attempts)):
            return False
        with connection.cursor() as cursor:
            for lane in changed:
                cursor.execute(_HELD, _held_row(lease, lane))
        _delete(lease, caught_up)
    for lane in changed:
        lane.saved()
    lanes.drop(caught_up)
    return True


def _insert(attempts: Sequence[AttemptRow]) -> None:
    if not attempts:
        return
    with connection.cursor() as cursor, cursor.copy(_ATTEMPTS) as copy:
        for row in attempts:
            copy.write_row(row)


def _took(row: AttemptRow) -> bool:
    return 200 <= row[4] < 300 and not row[5]


def _move(lease: Lease, lanes: Lanes, last: Reply | None, telling: int, ahead: float | None, *, heard: bool) -> bool:
    """Cursor, failures and due time, guarded by the fence."""
    wait = None
    if lanes.failed_now and last is not None:
        ours = last.failure == PROXY
        wait = backoff.delay(lanes.failures, status=last.status, retry_after=last.retry_after, ours=ours)
    quiet = lanes.early and not lanes.failed_now and lanes.failures > 0
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery_endpoint SET cursor = greatest(cursor, %(cursor)s), failures = %(failures)s, "
            "next_due = CASE WHEN %(quiet)s THEN next_due ELSE clock_timestamp() + %(wait)s * interval '1 second' END, "
            "alone_at = %(alone)s, last_failure = CASE WHEN %(failures)s = 0 THEN '' ELSE coalesce(%(failure)s, last_failure) END, "
            "paced_until = clock_timestamp() + %(ahead)s * interval '1 second', "
            "heard_at = CASE WHEN %(heard)s THEN clock_timestamp() ELSE heard_at END, "
            "failing_since = CASE WHEN %(failures)s = 0 THEN NULL ELSE coalesce(failing_since, clock_timestamp()) END "
            "WHERE id = %(id)s AND fence = %(fence)s",
            {
                "cursor": lanes.cursor,
                "failures": lanes.failures,
                "heard": heard,
                "quiet": quiet,
                "wait": wait,
                "ahead": ahead,
                "alone": telling if lanes.failures and lanes.was_alone else None,
                "failure": _failure(last) if last is not None else None,
                "id": lease.endpoint_id,
                "fence": lease.fence,
            },
        )
        return bool(cursor.rowcount)


def _failure(reply: Reply) -> str:
    return reply.failure or str(reply.status)


def _held_row(lease: Lease, lane: Lane) -> list[Any]:
    wait = backoff.delay(lane.refusals) if lane.refused_now else None
    return [
        lease.endpoint_id,
        lane.listing_id,
        lane.first_position,
        sorted(lane.ahead),
        lane.refusals,
        wait,
        lane.reason,
        lane.refused_now or lane.due,
    ]


def _delete(lease: Lease, lanes: Sequence[Lane]) -> None:
    if not lanes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM delivery_held WHERE endpoint_id = %s AND listing_id = ANY(%s)",
            [lease.endpoint_id, [lane.listing_id for lane in lanes]],
        )
