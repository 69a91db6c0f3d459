"""The held lanes of an endpoint as they are stored; whether one is due is told by the database's clock."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection

from sharing.delivery.lane import Lane
from sharing.delivery.meant import OVERTAKING

_ROWS = """
    SELECT h.listing_id, h.from_position, h.refusals, h.ahead, h.reason,
           h.next_due IS NULL OR h.next_due <= clock_timestamp() AS due
    FROM delivery_held h JOIN delivery_endpoint o ON o.id = h.endpoint_id WHERE h.endpoint_id = %(endpoint)s
"""
_WORTH_LOADING = """
    AND NOT (h.listing_id = ANY(%(besides)s))
    AND (h.next_due IS NULL OR h.next_due <= clock_timestamp() OR EXISTS (
        SELECT 1 FROM registry_event e WHERE e.listing_id = h.listing_id AND e.position > h.from_position
        AND (e.reader IS NULL OR e.reader = o.department_id) AND e.type = ANY(%(overtaking)s) AND NOT (e.position = ANY(h.ahead))))
    ORDER BY due DESC, h.from_position LIMIT %(limit)s
"""


def due(endpoint_id: str, limit: int, *, besides: Collection[int] = ()) -> list[Lane]:
    """Lanes whose time has come, oldest first, then those that have a withdrawal or suspension to send at once."""
    return _lanes(
        _ROWS + _WORTH_LOADING,
        endpoint=endpoint_id,
        besides=list(besides),
        overtaking=sorted(OVERTAKING),
        limit=limit,
    )


def of_listings(endpoint_id: str, listing_ids: Collection[int]) -> list[Lane]:
    """Those of these listings that are held, due or not: their new events queue up behind the old ones."""
    if not listing_ids:
        return []
    return _lanes(_ROWS + " AND h.listing_id = ANY(%(listings)s)", endpoint=endpoint_id, listings=list(listing_ids))


def _lanes(sql: str, **facts: Any) -> list[Lane]:
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        return [
            Lane(
                listing_id=listing_id,
                from_position=from_position,
                refusals=refusals,
                ahead=set(ahead),
                reason=reason,
                due=is_due,
            )
            for listing_id, from_position, refusals, ahead, reason, is_due in cursor.fetchall()
        ]
