"""The pull: the same events with the same ids and positions as the push; and the snapshot of what one may still have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet

from registry import log
from registry.lifecycle import IN_FORCE
from registry.payload import WHOLE
from sharing.delivery import contents, envelope, reading
from sharing.delivery.meant import Meant
from sharing.delivery.models import Told
from sharing.departments import opened
from sharing.departments.opened import Behind, Reach

WINDOW = 2000
SNAPSHOT_CHUNK = 500

_Row = tuple[str, int, int, Any, Any]  # number, listing, first position, measures, conditions


@dataclass(frozen=True)
class Page:
    """``next`` advances even where nothing was meant for the caller; ``opened``: up to which opening he has all with this
    page, or at first how many there were; the first ``behind`` of the items were opened behind his position.
    """

    items: tuple[bytes, ...]
    next: int
    head: int
    epoch: int
    opened: int
    behind: int

    def as_json(self) -> bytes:
        tail = f'],"next":{self.next},"head":{self.head},"epoch":{self.epoch},"opened":{self.opened}}}'
        return b'{"events":[' + b",".join(self.items) + tail.encode()


def page(department_id: int, after: int, limit: int, opened_before: int | None = None) -> Page:
    """At most ``limit`` events meant for the department after the position, within one window of the log; before them what
    was opened at or before it since the opening ``opened_before`` (None: nothing of that). Raises `OpenedUnknown`.
    """
    _, epoch = log.head()
    told = opened.reach(department_id)
    found = Behind([], told.opened)
    if opened_before is not None:
        found = opened.behind(department_id, Reach(after, opened_before), told.opened, limit)
    room = limit - len(found.events)
    onward, upto = [], after
    if found.opened == told.opened and room > 0:
        window = min(told.position, after + WINDOW)
        upto = reading.end_of(reading.Stretch(department_id, after, window), room)
        onward = reading.after(department_id, after, upto)
    events = [*found.events, *onward]
    payloads = contents.payloads(events)
    items = tuple(envelope.body(event, payloads.get(event.position)) for event in events)
    return Page(items, max(after, upto), told.position, epoch, found.opened, len(found.events))


class Holding(NamedTuple):
    """A listing as the department may still have it: what it was told added up; ``position`` of the last of it."""

    number: str
    listing_id: int
    position: int
    listing: dict[str, Any]
    measures: Any
    conditions: Any

    def line(self) -> bytes:
        said = {"measures": self.measures, **envelope.said_conditions(self.conditions)}
        return log.canonical({"listing": self.listing, **said}) + b"\n"


def snapshot(department_id: int, told: Reach | None = None) -> Iterator[bytes]:
    """NDJSON, one line per listing the department was told of and may still have, by number; last line count and hash.

    The state is that of the telling position and the opening named in the last line, None: of now; read in chunks, in
    constant memory.
    """
    told = told or opened.reach(department_id)
    digest = hashlib.sha256()
    count = 0
    for holding in holdings(department_id, told):
        line = holding.line()
        digest.update(line)
        count += 1
        yield line
    last = {"position": told.position, "count": count, "sha256": digest.hexdigest(), "opened": told.opened}
    yield json.dumps(last).encode() + b"\n"


def one_listing(department_id: int, number: str) -> bytes | None:
    """The snapshot's line of one listing; None where the department has none to hold."""
    found = of_numbers(department_id, [number], reading.telling_position())
    return found[0].line() if found else None


def holdings(department_id: int, told: Reach) -> Iterator[Holding]:
    """Every listing of the snapshot, by number, read in chunks."""
    last, may = "", may_have(department_id).filter(opening__lte=told.opened)
    while rows := _rows(may.filter(listing__number__gt=last), SNAPSHOT_CHUNK):
        yield from _added_up(department_id, rows, told.position)
        last = rows[-1][0]


def numbers_after(department_id: int, after: str, limit: int) -> list[str]:
    """The numbers of the listings that the department may have, in order, after the one given."""
    later = may_have(department_id).filter(listing__number__gt=after).order_by("listing__number")
    return list(later.values_list("listing__number", flat=True)[:limit])


def of_numbers(department_id: int, numbers: Sequence[str], upto: int) -> list[Holding]:
    """Those of these listings that the department may have, by number."""
    rows = _rows(may_have(department_id).filter(listing__number__in=numbers), len(numbers))
    return _added_up(department_id, rows, upto)


def may_have(department_id: int) -> QuerySet[Told]:
    return Told.objects.filter(department_id=department_id, ended_position=None, listing__state__in=IN_FORCE)


def _rows(told: QuerySet[Told], limit: int) -> list[_Row]:
    rows = told.order_by("listing__number")
    return list(rows.values_list("listing__number", "listing_id", "first_position", "measures", "conditions")[:limit])


def _added_up(department_id: int, rows: list[_Row], upto: int) -> list[Holding]:
    """Of each listing, its events meant for the department added up, newest values over older ones."""
    events = reading.without_previous(department_id, {listing_id: first for _, listing_id, first, *_ in rows}, upto)
    payloads = contents.payloads([event for each in events.values() for event in each])
    return [
        Holding(
            number,
            listing_id,
            events[listing_id][-1].position,
            envelope.shown(held, measures, conditions),
            measures,
            conditions,
        )
        for number, listing_id, _, measures, conditions in rows
        if (held := _held(events[listing_id], payloads))
    ]


def _held(events: list[Meant], payloads: dict[int, tuple[bytes, bytes]]) -> dict[str, Any]:
    """Empty if nothing was told up to then, or if the listing was withdrawn meanwhile."""
    held: dict[str, Any] = {}
    for event in events:
        if event.position not in payloads:
            return {}
        told = json.loads(payloads[event.position][0])["listing"]
        held = told if event.type in WHOLE else {**held, **told}
    return held
