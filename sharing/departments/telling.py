"""Telling: walks the log once, in order, and decides for whom each event is meant.

Everything happens in the transaction that moves the cursor, so a crash repeats nothing and skips nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from registry import log
from registry.actions.acting import today
from registry.assessment import rules
from registry.models import Event, EventType
from registry.payload import WHOLE
from registry.terms import due
from sharing.delivery.models import TellingCursor, Told
from sharing.departments.measures import envelope_measures, fits
from sharing.departments.models import Measure, Recall

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
        measures = _measures(events)
        for event in events:
            _decide(event, measures, now)
        cursor.position = events[-1].position
        cursor.save(update_fields=["position"])
    return len(events)


def _decide(event: Event, measures: Iterable[Measure], now: datetime) -> None:
    if event.listing_id is None:
        return
    if event.type in WHOLE:
        _tell(event, event.listing_id, log.read(event)["listing"], measures)
    elif event.type == EventType.WITHDRAWN:
        _open_recalls(event, event.listing_id, now)


def _tell(event: Event, listing_id: int, listing: dict[str, Any], measures: Iterable[Measure]) -> None:
    """A department with a fitting measure is told from here on; one already told learns what it may do now."""
    told = {row.department_id: row for row in Told.objects.filter(listing_id=listing_id)}
    for department_id, fitting in _fitting(event, listing, measures).items():
        said = envelope_measures(fitting, listing)
        row = told.get(department_id)
        if row is None and fitting:
            Told.objects.create(
                department_id=department_id,
                listing_id=listing_id,
                first_position=event.position,
                decided_position=event.position,
                measures=said,
            )
        elif row is not None and row.measures != said and event.position >= row.decided_position:
            row.earlier.append([event.position, row.measures])
            row.measures = said
            row.save(update_fields=["measures", "earlier"])


def _fitting(event: Event, listing: dict[str, Any], measures: Iterable[Measure]) -> dict[int, list[Measure]]:
    """By department, the measures valid at the event's position that fit; empty where none does."""
    found: dict[int, list[Measure]] = {}
    for measure in measures:
        fitting = found.setdefault(measure.instrument.department_id, [])
        valid = measure.from_position <= event.position and (
            measure.to_position is None or event.position < measure.to_position
        )
        if valid and fits(measure, listing):
            fitting.append(measure)
    return found


def _open_recalls(event: Event, listing_id: int, now: datetime) -> None:
    """Everyone ever told must purge, whatever his measures are now."""
    day = today(now)
    due_on = due("purge_receipt", day, rules().calendar, rules().clocks)
    Recall.objects.bulk_create(
        [
            Recall(
                department_id=department_id,
                listing_id=listing_id,
                position=event.position,
                opened_at=now,
                due_on=due_on,
            )
            for department_id in Told.objects.filter(listing_id=listing_id).values_list("department_id", flat=True)
        ],
        ignore_conflicts=True,
    )


def _measures(events: Sequence[Event]) -> list[Measure]:
    return list(
        Measure.objects.filter(from_position__lte=events[-1].position).select_related("instrument").order_by("pk")
    )
