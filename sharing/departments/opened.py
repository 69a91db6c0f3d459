"""What a department was told behind a position that its program may have read past: the opened listings.

Each has a number of its own (`Told.opening`), counted for the department from 1; what was left over as it could not be opened
has another when it is given again (`LeftOver.opening`). A program keeps the last of them beside
its position, and asks with both: what was opened since, and lies at or before its position, comes once, before it goes on.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from registry.errors import OpenedUnknown
from sharing.delivery import reading
from sharing.delivery.meant import Meant
from sharing.delivery.models import Told
from sharing.departments.models import LeftOver

_REACH = """
    SELECT t.position, d.opened, h.epoch FROM delivery_tellingcursor t, departments_department d, registry_loghead h
    WHERE t.id = 1 AND h.id = 1 AND d.organisation_id = %s
"""


class Reach(NamedTuple):
    """How far a department was told, or has read: up to a position of the log, and up to an opening. ``epoch``: the log's; 0
    where nobody said it.
    """

    position: int
    opened: int
    epoch: int = 0


class _Span(NamedTuple):
    """Of a listing, from its first position to its last, None: it goes on; and as which opening it is given."""

    opening: int
    listing_id: int
    first: int
    ended: int | None

    def holds(self, position: int) -> bool:
        return self.first <= position and (self.ended is None or position <= self.ended)


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
    spans = _spans(department_id, read, upto, limit)
    firsts: dict[int, int] = {}
    for span in spans:
        firsts[span.listing_id] = min(span.first, firsts.get(span.listing_id, span.first))
    told = reading.of_listings(department_id, firsts, read.position)
    events: list[Meant] = []
    for span in spans:
        own = [event for event in told[span.listing_id] if span.holds(event.position)]
        if events and len(events) + len(own) > limit:
            return Behind(events, span.opening - 1)
        events += own
    return Behind(events, spans[-1].opening if len(spans) == limit else upto)


def _spans(department_id: int, read: Reach, upto: int, limit: int) -> list[_Span]:
    """By opening: those of an opening, and those of which something was left over and is given again."""
    told = Told.objects.filter(department_id=department_id, first_position__lte=read.position)
    new = told.filter(opening__gt=read.opened, opening__lte=upto).order_by("opening")
    rows = new.values_list("opening", "listing_id", "first_position", "ended_position")[:limit]
    owed = LeftOver.objects.filter(department_id=department_id, opening__gt=read.opened, opening__lte=upto)
    again = {row.listing_id: row.opening for row in owed.order_by("opening")[:limit] if row.opening is not None}
    latest = {
        listing_id: _Span(again[listing_id], listing_id, first, ended)
        for listing_id, first, ended in told.filter(listing__in=again)
        .order_by("first_position")
        .values_list("listing_id", "first_position", "ended_position")
    }
    return sorted([*(_Span(*row) for row in rows), *latest.values()], key=lambda span: span.opening)[:limit]
