"""The pull: the same events with the same ids and positions as the push; and the snapshot of what one may still have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from registry import log
from registry.lifecycle import IN_FORCE
from registry.payload import WHOLE
from sharing.delivery import envelope, reading
from sharing.delivery.meant import Meant
from sharing.delivery.models import Told

WINDOW = 2000
SNAPSHOT_CHUNK = 500


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
    items = tuple(_item(event, payloads.get(event.position)) for event in events)
    return Page(items, max(after, upto), telling, epoch)


def snapshot(department_id: int) -> Iterator[bytes]:
    """NDJSON, one line per listing the department was told of and may still have, by number; last line count and hash.

    The state is that of the telling position named in the last line; read in chunks, in constant memory.
    """
    position = reading.telling_position()
    digest = hashlib.sha256()
    count = 0
    for chunk in _chunks(department_id):
        for number, listing_id, told_measures in chunk:
            line = _line(department_id, listing_id, number, told_measures, position)
            if line is None:
                continue
            digest.update(line)
            count += 1
            yield line
    yield json.dumps({"position": position, "count": count, "sha256": digest.hexdigest()}).encode() + b"\n"


def one_listing(department_id: int, number: str) -> bytes | None:
    """The snapshot's line of one listing; None where the department has none to hold."""
    told = Told.objects.filter(department_id=department_id, listing__number=number, listing__state__in=IN_FORCE).first()
    if told is None:
        return None
    return _line(department_id, told.listing_id, number, told.measures, reading.telling_position())


def _item(event: Meant, payload: tuple[bytes, bytes] | None) -> bytes:
    return envelope.body(event, payload)


def _chunks(department_id: int) -> Iterator[list[tuple[str, int, Any]]]:
    last = ""
    while True:
        rows = list(
            Told.objects.filter(department_id=department_id, listing__state__in=IN_FORCE, listing__number__gt=last)
            .order_by("listing__number")
            .values_list("listing__number", "listing_id", "measures")[:SNAPSHOT_CHUNK]
        )
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _line(department_id: int, listing_id: int, number: str, measures: Any, upto: int) -> bytes | None:
    """The listing as its events meant for the department add up to, newest values over older ones."""
    events = reading.of_listing(department_id, listing_id, 1, upto)
    payloads = reading.payloads(events)
    held: dict[str, Any] = {}
    for event in events:
        if event.position not in payloads:
            return None
        told = json.loads(payloads[event.position][0])["listing"]
        held = told if event.type in WHOLE else {**held, **told}
    if not held:
        return None
    if not envelope.sees_numbers(measures):
        held = envelope.without_numbers(held)
    return log.canonical({"listing": held, "measures": measures}) + b"\n"
