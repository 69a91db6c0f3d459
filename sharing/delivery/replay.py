"""Replay: everything meant for an endpoint after a position is delivered once more, through held lanes.

New events go on at the cursor meanwhile. What was withdrawn since goes out as stubs, as in any catching up.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from registry import bell
from sharing.delivery import reading
from sharing.delivery.models import Endpoint, HeldReason

# A slot that works for the endpoint holds lanes in memory and would write them over these: it loses the lease.
_TAKE_OVER = """
    UPDATE delivery_endpoint SET fence = fence + 1, lease_until = NULL, alone_at = NULL, next_due = NULL
    WHERE id = %(endpoint)s RETURNING cursor, department_id
"""
_HOLD = f"""
    INSERT INTO delivery_held (endpoint_id, listing_id, from_position, ahead, refusals, next_due, reason)
    SELECT %(endpoint)s, e.listing_id, min(e.position), '{{}}', 0, NULL, %(reason)s
    FROM registry_event e JOIN delivery_told t ON {reading.SPAN.format(e="e", t="t")}
    WHERE e.position > %(after)s AND e.position <= %(cursor)s
    GROUP BY e.listing_id
    ON CONFLICT (endpoint_id, listing_id) DO UPDATE SET
        from_position = least(delivery_held.from_position, excluded.from_position), ahead = '{{}}', refusals = 0,
        next_due = NULL, reason = excluded.reason
"""  # noqa: S608 - only constants are put in


def replay(endpoint_id: str, *, after: int) -> int:
    """Deliver again what is meant for the endpoint after the position; the number of listings. Raises `DoesNotExist`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE_OVER, {"endpoint": endpoint_id})
        row = cursor.fetchone()
        if row is None:
            raise Endpoint.DoesNotExist(endpoint_id)
        at_cursor, department_id = row
        facts = {
            "endpoint": endpoint_id,
            "department": department_id,
            "after": after,
            "cursor": at_cursor,
            "reason": HeldReason.REPLAY.value,
        }
        cursor.execute(_HOLD, facts)
        transaction.on_commit(bell.ring, robust=True)
        return int(cursor.rowcount)


def position_before(moment: datetime) -> int:
    """The last position that was recorded before the moment, 0 if none: where to replay from after an outage."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(position), 0) FROM registry_event WHERE recorded_at < %s", [moment])
        (position,) = cursor.fetchone()
    return int(position)
