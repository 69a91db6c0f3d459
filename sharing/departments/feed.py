"""The pull: the same events with the same ids and positions as the push; and the snapshot of what one may still have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet

from registry import log
from registry.errors import AfterUnknown, EventUnreadable
from registry.lifecycle import IN_FORCE
from registry.payload import WHOLE
from sharing.delivery import contents, envelope, reading
from sharing.delivery.contents import Payload
from sharing.delivery.meant import Meant
from sharing.delivery.models import Told
from sharing.departments import left_over, opened
from sharing.departments.left_over import Held
from sharing.departments.models import LeftDuty
from sharing.departments.opened import Behind, Reach

WINDOW = 2000
SNAPSHOT_CHUNK = 500

_Row = tuple[str, int, int, Any, Any]  # number, listing, first position, measures, conditions


@dataclass(frozen=True)
class Page:
    """``next`` advances even where nothing was meant for the caller; ``opened``: up to which opening he has all with this
    page, or at first how many there were; the first ``behind`` of the items were opened behind his position. ``held``: what
    is left out because it cannot be opened, and comes under a later opening.
    """

    items: tuple[bytes, ...]
    next: int
    head: int
    epoch: int
    opened: int
    behind: int
    held: Held

    def as_json(self) -> bytes:
        tail = f'],"next":{self.next},"head":{self.head},"epoch":{self.epoch},"opened":{self.opened}'
        positions = sorted(self.held.positions)
        left_out = f',"unreadable":{json.dumps(positions, separators=(",", ":"))}' if positions else ""
        return b'{"events":[' + b",".join(self.items) + f"{tail}{left_out}}}".encode()


def page(department_id: int, after: int, limit: int, opened_before: int | None = None) -> Page:
    """At most ``limit`` events meant for the department after the position, within one window of the log; before them what
    was opened at or before it since the opening ``opened_before`` (None: nothing of that). Raises `AfterUnknown`,
    `OpenedUnknown`.
    """
    _, epoch = log.head()
    told = opened.reach(department_id)
    if after > told.position:
        raise AfterUnknown("after", most=told.position)
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
    said = contents.readable(events)
    held = left_over.held(department_id, events, said.broken)
    behind, later = (
        [envelope.body(each, said.payloads.get(each.position)) for each in part if each.position not in held.positions]
        for part in (found.events, onward)
    )
    return Page((*behind, *later), max(after, upto), told.position, epoch, found.opened, len(behind), held)


class Unreadable(NamedTuple):
    """A listing that the department may still have, and that cannot be opened: what it has of it stays as it is."""

    number: str
    listing_id: int

    def line(self) -> bytes:
        return log.canonical({"listing": {"number": self.number}, "unreadable": True}) + b"\n"


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
    constant memory. Who begins with it sees by the epoch of his first page whether the log was restored in between.
    """
    told = told or opened.reach(department_id)
    digest = hashlib.sha256()
    count = 0
    for holding in holdings(department_id, told):
        if isinstance(holding, Unreadable):
            left_over.note(department_id, [holding.listing_id], LeftDuty.GIVE)
        line = holding.line()
        digest.update(line)
        count += 1
        yield line
    last = {
        "position": told.position,
        "count": count,
        "sha256": digest.hexdigest(),
        "opened": told.opened,
        "epoch": told.epoch,
    }
    yield json.dumps(last).encode() + b"\n"


def one_listing(department_id: int, number: str) -> bytes | None:
    """The snapshot's line of one listing; None where the department has none to hold. Raises `EventUnreadable`."""
    found = readable(of_numbers(department_id, [number], reading.telling_position()))
    return found[0].line() if found else None


def has_a_line(department_id: int, told: Reach) -> bool:
    """Whether the snapshot says anything of a listing."""
    return may_have(department_id).filter(opening__lte=told.opened).exists()


def holdings(department_id: int, told: Reach) -> Iterator[Holding | Unreadable]:
    """Every listing of the snapshot, by number, read in chunks."""
    last, may = "", may_have(department_id).filter(opening__lte=told.opened)
    while rows := _rows(may.filter(listing__number__gt=last), SNAPSHOT_CHUNK):
        yield from _added_up(department_id, rows, told.position)
        last = rows[-1][0]


def numbers_after(department_id: int, after: str, limit: int) -> list[str]:
    """The numbers of the listings that the department may have, in order, after the one given."""
    later = may_have(department_id).filter(listing__number__gt=after).order_by("listing__number")
    return list(later.values_list("listing__number", flat=True)[:limit])


def of_numbers(department_id: int, numbers: Sequence[str], upto: int) -> list[Holding | Unreadable]:
    """Those of these listings that the department may have, by number."""
    rows = _rows(may_have(department_id).filter(listing__number__in=numbers), len(numbers))
    return _added_up(department_id, rows, upto)


def readable(found: Sequence[Holding | Unreadable]) -> list[Holding]:
    """For who asks for these alone, and must not be answered that there are fewer. Raises `EventUnreadable`."""
    holdings = [each for each in found if isinstance(each, Holding)]
    if len(holdings) < len(found):
        raise EventUnreadable
    return holdings


def may_have(department_id: int) -> QuerySet[Told]:
    return Told.objects.filter(department_id=department_id, ended_position=None, listing__state__in=IN_FORCE)


def _rows(told: QuerySet[Told], limit: int) -> list[_Row]:
    rows = told.order_by("listing__number")
    return list(rows.values_list("listing__number", "listing_id", "first_position", "measures", "conditions")[:limit])


def _added_up(department_id: int, rows: list[_Row], upto: int) -> list[Holding | Unreadable]:
    """Of each listing, its events meant for the department added up, newest values over older ones."""
    events = reading.without_previous(department_id, {listing_id: first for _, listing_id, first, *_ in rows}, upto)
    events = {listing_id: _from_last_whole(each) for listing_id, each in events.items()}
    said = contents.readable([event for each in events.values() for event in each])
    added_up: list[Holding | Unreadable] = []
    for number, listing_id, _, measures, conditions in rows:
        own = events[listing_id]
        if not said.broken.isdisjoint(event.position for event in own):
            added_up.append(Unreadable(number, listing_id))
        elif held := _held(own, said.payloads):
            shown = envelope.shown(held, measures, conditions)
            added_up.append(Holding(number, listing_id, own[-1].position, shown, measures, conditions))
    return added_up


def _from_last_whole(events: list[Meant]) -> list[Meant]:
    """What came before it is of no account any more."""
    last = max((index for index, event in enumerate(events) if event.type in WHOLE), default=0)
    return events[last:]


def _held(events: list[Meant], payloads: Mapping[int, Payload]) -> dict[str, Any]:
    """Empty if nothing was told up to then, or if the listing was withdrawn meanwhile."""
    held: dict[str, Any] = {}
    for event in events:
        if event.position not in payloads:
            return {}
        told = json.loads(payloads[event.position][0])["listing"]
        held = told if event.type in WHOLE else {**held, **told}
    return held
