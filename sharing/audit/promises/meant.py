"""One walk over the log: positions and versions without a gap, and for whom each event is meant, decided anew.

Decided from the measures and not from what was told: only where an opening set begins is taken from there, which no
event says. A byte and a number for each event and department are kept, so that a million events need some megabytes.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import BinaryField, Case, F, When

from registry.actions.acting import today
from registry.keys import KeyUnknown, SealBroken
from registry.models import Event, State
from registry.models.log import open_part
from registry.payload import WHOLE
from sharing.audit.promises.findings import Findings, Promise
from sharing.delivery.meant import WITHDRAWN
from sharing.delivery.models import Told
from sharing.departments.eligibility import allows, counts, valid_at
from sharing.departments.models import Measure, Renewal

CHUNK = 2000
_COLUMNS = (
    "position",
    "event_id",
    "type",
    "occurred_at",
    "version",
    "listing_id",
    "reader",
    "listing__state",
    "payload__event_id",
    "body",
)


class Row(NamedTuple):
    """``kept``: there is what the event said; ``body``: of it, sealed, where it says all of the listing."""

    position: int
    event_id: str
    type: str
    occurred_at: datetime
    version: int
    listing_id: int | None
    reader: int | None
    state: str | None
    kept: int | None
    body: bytes | None


@dataclass
class Meant:
    """For one department. ``before``: by position, the last event of the same listing that was meant for it, too."""

    positions: bytearray
    before: array[int]
    last: dict[int, int] = field(default_factory=dict)

    def add(self, event: Row) -> None:
        self.positions[event.position] = 1
        if event.listing_id is not None:
            self.before[event.position] = self.last.get(event.listing_id, 0)
            self.last[event.listing_id] = event.position

    def __contains__(self, position: int) -> bool:
        return 0 < position < len(self.positions) and bool(self.positions[position])

    def __iter__(self) -> Iterator[int]:
        return (position for position, meant in enumerate(self.positions) if meant)


@dataclass
class Walk:
    """``size``: how many events there are; ``meant``: by department."""

    size: int
    meant: dict[int, Meant] = field(default_factory=dict)
    told: set[tuple[int, int | None]] = field(default_factory=set)

    def of(self, department_id: int) -> Meant:
        if department_id not in self.meant:
            self.meant[department_id] = Meant(bytearray(self.size + 1), array("q", bytes(8 * (self.size + 1))))
        return self.meant[department_id]


@dataclass(frozen=True)
class Rule:
    """A measure, and where in the log nothing further was told on it: its instrument had expired, and was renewed later."""

    measure: Measure
    paused: tuple[range, ...]

    def begins_to_fit(self, event: Row, listing: dict[str, object]) -> bool:
        if not valid_at(self.measure, event.position) or not counts(self.measure, None, event.position):
            return False
        if any(event.position in stretch for stretch in self.paused):
            return False
        return allows(self.measure, listing, today(event.occurred_at))


def walk(found: Findings, size: int) -> Walk:
    """Over the events up to this position, in chunks."""
    walked, versions, by_department = Walk(size), dict[int, int](), _rules()
    expected = 1
    for chunk in _chunks(size):
        begins = _begins(chunk)
        for event in chunk:
            if event.position != expected:
                found.add(Promise.NO_GAP, f"position {expected}", "the log has a gap")
            expected = event.position + 1
            _count(event, versions, found)
            _decide(event, walked, by_department, begins, found)
    if expected != size + 1:
        found.add(Promise.NO_GAP, f"position {expected}", "the log ends before its head")
    return walked


def _rules() -> dict[int, list[Rule]]:
    paused: dict[int, list[range]] = defaultdict(list)
    renewals = Renewal.objects.values_list("instrument", "lapsed_position", "resumed_position")
    for instrument, lapsed, resumed in renewals.exclude(lapsed_position=None):
        if lapsed is not None and resumed is not None:
            paused[instrument].append(range(lapsed, resumed))
    found: dict[int, list[Rule]] = defaultdict(list)
    for measure in Measure.objects.select_related("instrument"):
        rule = Rule(measure, tuple(paused[measure.instrument_id]))
        found[measure.instrument.department_id].append(rule)
    return found


def _chunks(size: int) -> Iterator[list[Row]]:
    body = Case(When(type__in=WHOLE, then=F("payload__body_sealed")), output_field=BinaryField())
    rows, last = Event.objects.order_by("position").annotate(body=body), 0
    while chunk := list(
        map(Row._make, rows.filter(position__gt=last, position__lte=size).values_list(*_COLUMNS)[:CHUNK])
    ):
        yield chunk
        last = chunk[-1].position


def _begins(chunk: Sequence[Row]) -> set[tuple[int, int, int]]:
    within = Told.objects.filter(first_position__range=(chunk[0].position, chunk[-1].position))
    return set(within.values_list("department_id", "listing_id", "first_position"))


def _count(event: Row, versions: dict[int, int], found: Findings) -> None:
    if event.listing_id is None:
        return
    expected = versions.get(event.listing_id, 0) + 1
    if event.version != expected:
        found.add(Promise.NO_GAP, f"position {event.position}", f"version {expected} of its listing is missing")
    versions[event.listing_id] = event.version


def _decide(
    event: Row,
    walked: Walk,
    rules: dict[int, list[Rule]],
    begins: set[tuple[int, int, int]],
    found: Findings,
) -> None:
    """An anchor of the audit trail, of no listing, is meant for nobody."""
    if event.listing_id is None:
        return
    listing = _said(event, found)
    for department in rules if event.reader is None else (event.reader,):
        key = (department, event.listing_id)
        starts = (*key, event.position) in begins
        if starts or (listing and any(each.begins_to_fit(event, listing) for each in rules.get(department, ()))):
            walked.told.add(key)
        if key in walked.told:
            walked.of(department).add(event)
        if event.type == WITHDRAWN and event.reader is not None:
            walked.told.discard(key)


def _said(event: Row, found: Findings) -> dict[str, object]:
    """The listing where the event says all of it, empty otherwise; what is purged says nothing any more."""
    if event.kept is None and event.state != State.PURGED:
        found.add(Promise.ARRIVES, f"position {event.position}", "what it said is not stored")
    if event.body is None:
        return {}
    try:
        body = json.loads(open_part(event.event_id, "body", event.body))
    except (KeyUnknown, SealBroken):
        found.add(Promise.AS_SIGNED, f"position {event.position}", "what it said cannot be opened")
        return {}
    said: dict[str, object] = body["listing"]
    return said
