"""The pull: the same events with the same ids and positions as the push; and the snapshot of what one may still have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from registry import log
from registry.lifecycle import IN_FORCE
from registry.payload import WHOLE
from sharing.delivery import envelope, reading
from sharing.delivery.meant import Meant
from sharing.delivery.models import Told

WINDOW = 2000
SNAPSHOT_CHUNK = 500

_Row = tuple[str, int, int, Any, Any]  # number, listing, first position, measures, conditions


@dataclass(frozen=True)
class Page:
    """``next`` advances even where nothing was meant for the caller."""

    items: tuple[bytes, ...]
    next: int
    head: int
    epoch: int

    def as_json(self) -> bytes:
        tail = f'],"next":{self.next},"head":{self.head},"epoch":{self.epoch}}}'
        return b'{"events":[' + b",".join(self.items) + tail.encode()


def page(department_id: int, after: int, limit: int) -> Page:
    """At most ``limit`` events meant for the department after the position, within one window of the log."""
    _, epoch = log.head()
    telling = reading.telling_position()
    upto = min(telling, after + WINDOW)
    events = reading.after(department_id, after, upto)
    if len(events) > limit:
        events = events[:limit]
        upto = events[-1].position
    payloads = reading.payloads(events)
    items = tuple(envelope.body(event, payloads.get(event.position)) for event in events)
    return Page(items, max(after, upto), telling, epoch)


def snapshot(department_id: int) -> Iterator[bytes]:
    """NDJSON, one line per listing the department was told of and may still have, by number; last line count and hash.

    The state is that of the telling position named in the last line; read in chunks, in constant memory.
    """
    position = reading.telling_position()
    digest = hashlib.sha256()
    count = 0
    for chunk in _chunks(department_id):
        for line in _lines(department_id, chunk, position):
            digest.update(line)
            count += 1
            yield line
    yield json.dumps({"position": position, "count": count, "sha256": digest.hexdigest()}).encode() + b"\n"


def one_listing(department_id: int, number: str) -> bytes | None:
    """The snapshot's line of one listing; None where the department has none to hold."""
    told = _may_have(department_id).filter(listing__number=number).first()
    if told is None:
        return None
    row = (number, told.listing_id, told.first_position, told.measures, told.conditions)
    lines = _lines(department_id, [row], reading.telling_position())
    return next(iter(lines), None)


def _may_have(department_id: int) -> QuerySet[Told]:
    return Told.objects.filter(department_id=department_id, ended_position=None, listing__state__in=IN_FORCE)


def _chunks(department_id: int) -> Iterator[list[_Row]]:
    last = ""
    while True:
        rows = list(
            _may_have(department_id)
            .filter(listing__number__gt=last)
            .order_by("listing__number")
            .values_list("listing__number", "listing_id", "first_position", "measures", "conditions")[:SNAPSHOT_CHUNK]
        )
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _lines(department_id: int, rows: list[_Row], upto: int) -> list[bytes]:
    """Of each listing, its events meant for the department added up, newest values over older ones."""
    events = reading.of_listings(department_id, {listing_id: first for _, listing_id, first, *_ in rows}, upto)
    payloads = reading.payloads([event for each in events.values() for event in each])
    return [
        _line(held, measures, conditions)
        for _, listing_id, _, measures, conditions in rows
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


def _line(held: dict[str, Any], measures: Any, conditions: Any) -> bytes:
    said = {"measures": measures, **envelope.said_conditions(conditions)}
    return log.canonical({"listing": envelope.shown(held, measures, conditions), **said}) + b"\n"
