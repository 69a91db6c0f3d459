"""Replay: everything meant for an endpoint after a position is delivered once more, through held lanes.

New events go on at the cursor meanwhile. What was withdrawn since goes out as stubs, as in any catching up.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from registry import bell
from sharing.delivery import reading
from sharing.delivery.meant import Meant
from sharing.delivery.models import Endpoint, Held, HeldReason

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
        at_cursor, department_id = _take_over(endpoint_id)
        facts: dict[str, str | int] = {
            "endpoint": endpoint_id,
            "department": department_id,
            "after": after,
            "cursor": at_cursor,
            "reason": HeldReason.REPLAY.value,
        }
        cursor.execute(_HOLD, facts)
        transaction.on_commit(bell.ring, robust=True)
        return int(cursor.rowcount)


def again(endpoint_id: str, event: Meant) -> bool:
    """Deliver one event once more, through its listing's held lane: later events of the listing wait for it.

    False: it was not received yet, and is tried now instead of when its time comes. Raises `DoesNotExist`.
    """
    with transaction.atomic():
        at_cursor, department_id = _take_over(endpoint_id)
        held = Held.objects.filter(endpoint_id=endpoint_id, listing_id=event.listing_id).first()
        received_upto = held.from_position - 1 if held else at_cursor
        received = event.position <= received_upto or (held is not None and event.position in held.ahead)
        if held or received:
            # What the endpoint had received of the listing after the event counts as received out of turn.
            later = reading.of_listing(department_id, event.listing_id, event.position + 1, received_upto)
            ahead = {each.position for each in later} | set(held.ahead if held else ())
            _hold_from(endpoint_id, event, held, ahead - {event.position})
        transaction.on_commit(bell.ring, robust=True)
    return received


def _hold_from(endpoint_id: str, event: Meant, held: Held | None, ahead: set[int]) -> None:
    if held is None:
        held = Held(endpoint_id=endpoint_id, listing_id=event.listing_id, reason=HeldReason.REPLAY)
        held.from_position = event.position
    held.from_position = min(held.from_position, event.position)
    held.ahead = sorted(ahead)
    held.next_due = None
    held.save()


def _take_over(endpoint_id: str) -> tuple[int, int]:
    """(cursor, department) of the endpoint, which no slot works for any more."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_OVER, {"endpoint": endpoint_id})
        row = cursor.fetchone()
    if row is None:
        raise Endpoint.DoesNotExist(endpoint_id)
    return int(row[0]), int(row[1])


def position_before(moment: datetime) -> int:
    """The last position that was recorded before the moment, 0 if none: where to replay from after an outage."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(position), 0) FROM registry_event WHERE recorded_at < %s", [moment])
        (position,) = cursor.fetchone()
    return int(position)
