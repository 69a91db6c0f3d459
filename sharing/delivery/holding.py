"""The held lanes of an endpoint as they are stored; whether one is due is told by the database's clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection

from sharing.delivery.lane import Lane
from sharing.delivery.meant import OVERTAKING

_COLUMNS = """
    SELECT h.endpoint_id, h.listing_id, h.from_position, h.refusals, h.ahead, h.reason,
           h.next_due IS NULL OR h.next_due <= clock_timestamp() AS due
    FROM delivery_held h
"""
_DUE = (
    _COLUMNS  # noqa: S608 - only a constant is put in
    + """
    JOIN delivery_endpoint o ON o.id = h.endpoint_id
    WHERE h.endpoint_id = %(endpoint)s AND NOT (h.listing_id = ANY(%(besides)s))
    AND (h.next_due IS NULL OR h.next_due <= clock_timestamp() OR EXISTS (
        SELECT 1 FROM registry_event e WHERE e.listing_id = h.listing_id AND e.position > h.from_position
        AND (e.reader IS NULL OR e.reader = o.department_id) AND e.type = ANY(%(overtaking)s) AND NOT (e.position = ANY(h.ahead))))
    ORDER BY due DESC, h.from_position LIMIT %(limit)s
"""
)
_HAVE_SOME = """
    SELECT asked.id FROM unnest(%s::text[]) AS asked (id)
    WHERE EXISTS (SELECT 1 FROM delivery_held h WHERE h.endpoint_id = asked.id)
"""
_AMONG = (
    _COLUMNS
    + """
    JOIN unnest(%(endpoints)s::text[], %(listings)s::bigint[]) AS asked (endpoint_id, listing_id)
      USING (endpoint_id, listing_id)
"""
)


def due(endpoint_id: str, limit: int, *, besides: Collection[int] = ()) -> list[Lane]:
    """Lanes whose time has come, oldest first, then those that have a withdrawal or suspension to send at once."""
    facts = {
        "endpoint": endpoint_id,
        "besides": list(besides),
        "overtaking": sorted(OVERTAKING),
        "limit": limit,
    }
    return [lane for _, lane in _lanes(_DUE, facts)]


def among(listings: Mapping[str, Collection[int]]) -> dict[str, list[Lane]]:
    """Those of the endpoints' listings that are held, due or not: new events queue up behind the old ones."""
    pairs = [(endpoint_id, listing_id) for endpoint_id in _have_some(listings) for listing_id in listings[endpoint_id]]
    found: dict[str, list[Lane]] = {}
    if pairs:
        endpoint_ids, listing_ids = zip(*pairs, strict=True)
        for endpoint_id, lane in _lanes(_AMONG, {"endpoints": list(endpoint_ids), "listings": list(listing_ids)}):
            found.setdefault(endpoint_id, []).append(lane)
    return found


def _have_some(endpoint_ids: Iterable[str]) -> list[str]:
    """Mostly none has, and asking that first is quicker than asking for each listing."""
    with connection.cursor() as cursor:
        cursor.execute(_HAVE_SOME, [list(endpoint_ids)])
        return [endpoint_id for (endpoint_id,) in cursor.fetchall()]


def _lanes(sql: str, facts: Mapping[str, Any]) -> list[tuple[str, Lane]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        return [
            (
                endpoint_id,
                Lane(
                    listing_id=listing_id,
                    from_position=from_position,
                    refusals=refusals,
                    ahead=set(ahead),
                    reason=reason,
                    due=is_due,
                ),
            )
            for endpoint_id, listing_id, from_position, refusals, ahead, reason, is_due in cursor.fetchall()
        ]
