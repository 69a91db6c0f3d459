"""What a department was told behind a position that its program may have read past: the opened listings.

Each has a number of its own (`Told.opening`), counted for the department from 1. A program keeps the last of them beside
its position, and asks with both: what was opened since, and lies at or before its position, comes once, before it goes on.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from registry.errors import OpenedUnknown
from sharing.delivery import reading
from sharing.delivery.meant import Meant
from sharing.delivery.models import Told

_REACH = """
    SELECT t.position, d.opened FROM delivery_tellingcursor t, departments_department d
    WHERE t.id = 1 AND d.organisation_id = %s
"""


class Reach(NamedTuple):
    """How far a department was told, or has read: up to a position of the log, and up to an opening."""

    position: int
    opened: int


class Behind(NamedTuple):
    """``opened``: up to which opening all is among the events."""

    events: list[Meant]
    opened: int


def reach(department_id: int) -> Reach:
    """How far the department was told by now: read first, whatever is read after it holds at least this."""
    with connection.cursor() as cursor:
        cursor.execute(_REACH, [department_id])
        return Reach(*cursor.fetchone())


def behind(department_id: int, read: Reach, upto: int, limit: int) -> Behind:
    """Of the openings after those read, up to ``upto``, the events at or before the position read, by listing: at most
    ``limit``, or those of one listing. Raises `OpenedUnknown`.
    """
    if read.opened > upto:
        raise OpenedUnknown("opened", most=upto)
    spans = Told.objects.filter(department_id=department_id, opening__gt=read.opened, opening__lte=upto)
    spans = spans.filter(first_position__lte=read.position).order_by("opening")
    rows = list(spans.values_list("opening", "listing_id", "first_position", "ended_position")[:limit])
    told = reading.of_listings(department_id, {listing_id: first for _, listing_id, first, _ in rows}, read.position)
    events: list[Meant] = []
    for opening, listing_id, _, ended in rows:
        own = [event for event in told[listing_id] if ended is None or event.position <= ended]
        if events and len(events) + len(own) > limit:
            return Behind(events, opening - 1)
        events += own
    return Behind(events, rows[-1][0] if len(rows) == limit else upto)
