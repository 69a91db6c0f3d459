"""Writing down what a slot did for one endpoint: attempts always, the rest only while the lease is ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

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
_MOVE = """
    WITH moved AS (
        SELECT * FROM unnest(
            %s::text[], %s::bigint[], %s::bigint[], %s::int[], %s::boolean[], %s::boolean[], %s::float8[], %s::float8[],
            %s::bigint[], %s::text[]
        ) AS moved (id, fence, cursor, failures, heard, quiet, wait, ahead, alone, failure)
    ), ours AS (
        SELECT e.id FROM delivery_endpoint e JOIN moved ON e.id = moved.id AND e.fence = moved.fence
        ORDER BY e.id FOR NO KEY UPDATE OF e
    )
    UPDATE delivery_endpoint e SET
        cursor = greatest(e.cursor, moved.cursor),
        failures = moved.failures,
        next_due = CASE WHEN moved.quiet THEN e.next_due ELSE clock_timestamp() + moved.wait * interval '1 second' END,
        alone_at = moved.alone,
        last_failure = CASE WHEN moved.failures = 0 THEN '' ELSE coalesce(moved.failure, e.last_failure) END,
        paced_until = clock_timestamp() + moved.ahead * interval '1 second',
        heard_at = CASE WHEN moved.heard THEN clock_timestamp() ELSE e.heard_at END,
        failing_since = CASE WHEN moved.failures = 0 THEN NULL WHEN moved.heard THEN clock_timestamp()
                             ELSE coalesce(e.failing_since, clock_timestamp()) END
    FROM moved JOIN ours USING (id)
    WHERE e.id = moved.id AND e.fence = moved.fence
    RETURNING e.id
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


class Progress(NamedTuple):
    """What a slot did for one endpoint. ``ahead``: see `Pace`, None where there is none; ``last``: the last reply that was a failure."""

    lease: Lease
    lanes: Lanes
    attempts: Sequence[AttemptRow]
    last: Reply | None
    telling: int
    ahead: float | None = None

    @property
    def heard(self) -> bool:
        return any(200 <= row[4] < 300 and not row[5] for row in self.attempts)


def save(made: Sequence[Progress]) -> set[str]:
    """One transaction for all, for each commit waits for the disk; the endpoints whose lease is still ours.

    Of the others the attempts are kept, and nothing is moved.
    """
    with transaction.atomic():
        _insert([row for progress in made for row in progress.attempts])
        ours = _move(made)
        settled = [_settle(progress) for progress in made if progress.lease.endpoint_id in ours]
    for lanes, changed, caught_up in settled:
        for lane in changed:
            lane.saved()
        lanes.drop(caught_up)
    return ours


def _settle(progress: Progress) -> tuple[Lanes, list[Lane], list[Lane]]:
    """The held lanes as they are now: those that changed, and those that are ordinary ones again."""
    held = progress.lanes.held.values()
    caught_up = progress.lanes.caught_up() if held else []
    changed = [lane for lane in held if lane.changed]
    if changed:
        with connection.cursor() as cursor:
            cursor.executemany(_HELD, [_held_row(progress.lease, lane) for lane in changed])
    _delete(progress.lease, caught_up)
    return progress.lanes, changed, caught_up


def _insert(attempts: Sequence[AttemptRow]) -> None:
    if not attempts:
        return
    with connection.cursor() as cursor, cursor.copy(_ATTEMPTS) as copy:
        for row in attempts:
            copy.write_row(row)


def _move(made: Sequence[Progress]) -> set[str]:
    """Cursor, failures and due time, guarded by the fence; locked in the order of ids, so that no two slots block."""
    columns = [list(column) for column in zip(*(_moved(progress) for progress in made), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, columns)
        return {endpoint_id for (endpoint_id,) in cursor.fetchall()}


def _moved(progress: Progress) -> tuple[Any, ...]:
    """A row of `_MOVE`."""
    lease, lanes, last = progress.lease, progress.lanes, progress.last
    wait = None
    if lanes.failed_now and last is not None:
        ours = last.failure == PROXY
        asked = max(filter(None, (lanes.pause, last.retry_after)), default=None)
        wait = backoff.delay(lanes.failures, status=last.status, retry_after=asked, ours=ours)
    return (
        lease.endpoint_id,
        lease.fence,
        lanes.cursor,
        lanes.failures,
        progress.heard,
        lanes.early and not lanes.failed_now and lanes.failures > 0,
        wait,
        progress.ahead,
        progress.telling if lanes.failures and lanes.was_alone else None,
        _failure(last) if last is not None else None,
    )


def _failure(reply: Reply) -> str:
    return reply.failure or str(reply.status)


def _held_row(lease: Lease, lane: Lane) -> list[Any]:
    wait = backoff.delay(lane.refusals, retry_after=lane.pause) if lane.refused_now else None
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
