"""Telling: walks the log once, in order, and decides for whom each event is meant.

Everything happens in the transaction that moves the cursor, so a crash repeats nothing and skips nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from registry import actions, log
from registry.models import Event, EventType
from registry.payload import WHOLE
from sharing.delivery.models import TellingCursor, Told
from sharing.departments import settling
from sharing.departments.eligibility import Said, begins_at, fits, said_of, valid_at
from sharing.departments.models import Measure

CHUNK = 500


def walk(*, now: datetime) -> int:
    """Decide for every event that nobody has decided yet; the number of events. Chunk by chunk, resumable."""
    walked = 0
    while chunk := _walk_chunk(now):
        walked += chunk
    return walked


def step(*, now: datetime) -> int:
    """One chunk, unless another walker is at it: for a slot that runs for long and must not wait."""
    return _walk_chunk(now, skip_locked=True)


def _walk_chunk(now: datetime, *, skip_locked: bool = False) -> int:
    with transaction.atomic():
        cursor = TellingCursor.objects.select_for_update(skip_locked=skip_locked).filter(pk=1).first()
        if cursor is None:
            return 0
        events = list(
            Event.objects.filter(position__gt=cursor.position).select_related("payload").order_by("position")[:CHUNK]
        )
        if not events:
            return 0
        decisions = Decisions()
        measures = _measures(events)
        for event in events:
            _decide(event, measures, decisions, now)
        decisions.carry_out(now)
        cursor.position = events[-1].position
        cursor.save(update_fields=["position"])
    return len(events)


@dataclass
class Decisions:
    """What is to be said to one department alone, by department and listing; said once the chunk was walked."""

    ending: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    anew: dict[int, dict[int, Said]] = field(default_factory=lambda: defaultdict(dict))

    def end(self, department_id: int, listing_id: int) -> None:
        self.anew[department_id].pop(listing_id, None)
        self.ending[department_id].add(listing_id)

    def go_on(self, department_id: int, listing_id: int) -> None:
        self.ending[department_id].discard(listing_id)

    def carry_out(self, now: datetime) -> None:
        listings = set().union(*self.ending.values(), *self.anew.values())
        if not listings:
            return
        actions.hold_for_addressing(listings)
        for department_id, ending in self.ending.items():
            settling.end(department_id, ending, now=now)
        for department_id, anew in self.anew.items():
            settling.say_anew(department_id, anew, now=now)


def _decide(event: Event, measures: Iterable[Measure], decisions: Decisions, now: datetime) -> None:
    if event.listing_id is None or event.reader is not None:
        return
    if event.type in WHOLE:
        _tell(event, event.listing_id, log.read(event)["listing"], measures, decisions)
    elif event.type == EventType.WITHDRAWN:
        _withdraw(event, event.listing_id, decisions, now)


def _tell(
    event: Event, listing_id: int, listing: dict[str, Any], measures: Iterable[Measure], decisions: Decisions
) -> None:
    """A department with a fitting measure is told from here on; one already told learns what it may do now.

    Where none fits any more, it is withdrawn from alone, and the event itself goes out as a stub.
    """
    spans = {row.department_id: row for row in Told.objects.filter(listing_id=listing_id).order_by("first_position")}
    for department_id, fitting in _fitting(event, listing, measures).items():
        said = said_of(fitting, listing)
        span = spans.get(department_id)
        if not fitting:
            if span is not None and span.ended_position is None and event.position >= span.decided_position:
                decisions.end(department_id, listing_id)
            continue
        decisions.go_on(department_id, listing_id)
        is_open = span is not None and span.ended_position is None
        if not is_open and not begins_at(fitting, event.position):
            continue
        if span is None or _ended_before(span, event):
            _begin(department_id, listing_id, said, event)
        elif not is_open:
            decisions.anew[department_id][listing_id] = said  # it was ended by an event that comes later than this one
        elif Said.by(span) != said and event.position >= span.decided_position:
            settling.now_allows(span, said, event.position)


def _ended_before(span: Told, event: Event) -> bool:
    return span.ended_position is not None and span.ended_position < event.position


def _begin(department_id: int, listing_id: int, said: Said, event: Event) -> None:
    Told.objects.create(
        department_id=department_id,
        listing_id=listing_id,
        first_position=event.position,
        decided_position=event.position,
        **said._asdict(),
    )


def _withdraw(event: Event, listing_id: int, decisions: Decisions, now: datetime) -> None:
    """Everyone who was told, and not yet withdrawn from alone, must purge, whatever his measures are now."""
    told = Told.objects.filter(listing_id=listing_id, ended_position=None).values_list("department_id", flat=True)
    for department_id in told:
        decisions.go_on(department_id, listing_id)
    settling.open_recalls([(department_id, event) for department_id in told], now=now)


def _fitting(event: Event, listing: dict[str, Any], measures: Iterable[Measure]) -> dict[int, list[Measure]]:
    """By department, the measures valid at the event's position that fit; empty where none does."""
    found: dict[int, list[Measure]] = {}
    for measure in measures:
        fitting = found.setdefault(measure.instrument.department_id, [])
        if valid_at(measure, event.position) and fits(measure, listing):
            fitting.append(measure)
    return found


def _measures(events: Sequence[Event]) -> list[Measure]:
    return list(
        Measure.objects.filter(from_position__lte=events[-1].position).select_related("instrument").order_by("pk")
    )
