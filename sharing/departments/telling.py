"""Telling: walks the log once, in order, and decides for whom each event is meant.

Everything happens in the transaction that moves the cursor, so a crash repeats nothing and skips nothing. What an event says
and nobody can open is decided later: it is left over (`retrying`) for every department whose measures might fit.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from registry import actions, log
from registry.actions.acting import today
from registry.keys import SealBroken
from registry.models import Event, EventType
from registry.payload import WHOLE
from registry.storing import store
from sharing.delivery.models import TellingCursor, Told
from sharing.departments import lapsing, left_over, settling
from sharing.departments.eligibility import Said, allows, counts, said_of, valid_at
from sharing.departments.models import LeftDuty, Measure

CHUNK = 500
DECIDING = frozenset({*WHOLE, EventType.WITHDRAWN})  # every other event is for whoever was told of the listing

logger = logging.getLogger(__name__)


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
        _decide_all(events, now)
        cursor.position = events[-1].position
        cursor.save(update_fields=["position"])
    return len(events)


class Spans:
    """The last span of each department for the listings of a chunk; what begins or changes is saved together."""

    def __init__(self, events: Sequence[Event]) -> None:
        listings = {event.listing_id for event in events if event.listing_id is not None}
        self._last: dict[int, dict[int, Told]] = defaultdict(dict)
        for span in Told.objects.filter(listing_id__in=listings).order_by("first_position"):
            self._last[span.listing_id][span.department_id] = span
        self._begun: list[Told] = []
        self._changed: dict[int, Told] = {}

    def last(self, listing_id: int) -> dict[int, Told]:
        """By department; ended or not."""
        return self._last[listing_id]

    def begin(self, department_id: int, event: Event, said: Said) -> None:
        span = settling.begun(department_id, event, said)
        self._last[span.listing_id][department_id] = span
        self._begun.append(span)

    def allow(self, span: Told, said: Said, position: int) -> None:
        settling.say(span, said, position)
        if span.pk is not None:
            self._changed[span.pk] = span

    def save(self) -> None:
        store(self._begun)
        Told.objects.bulk_update(self._changed.values(), settling.SAID)


@dataclass
class Decisions:
    """What is to be said to one department alone, by department and listing, who has to purge, and for whom it could not be
    decided; once the chunk was walked. ``next_position``: where it is said, if at all, on what is valid there.
    """

    spans: Spans
    next_position: int
    undecided: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    ending: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    anew: dict[int, dict[int, Said]] = field(default_factory=lambda: defaultdict(dict))
    withdrawn: list[tuple[int, Event]] = field(default_factory=list)

    def end(self, department_id: int, listing_id: int) -> None:
        self.anew[department_id].pop(listing_id, None)
        self.ending[department_id].add(listing_id)

    def go_on(self, department_id: int, listing_id: int) -> None:
        self.ending[department_id].discard(listing_id)

    def carry_out(self, now: datetime) -> None:
        self.spans.save()
        settling.open_recalls(self.withdrawn, now=now)
        for department_id, undecided in self.undecided.items():
            left_over.note(department_id, undecided, LeftDuty.SETTLE)
        listings = set().union(*self.ending.values(), *self.anew.values())
        if not listings:
            return
        actions.hold_for_addressing(listings)
        for department_id, ending in self.ending.items():
            settling.end(department_id, ending, now=now)
        for department_id, anew in self.anew.items():
            settling.say_anew(department_id, anew, now=now)


def _decide_all(events: Sequence[Event], now: datetime) -> None:
    deciding = [event for event in events if event.type in DECIDING]
    if not deciding:
        return
    lapsing.lapse_before(deciding)
    size, _ = log.head()  # measures change under the telling cursor's lock only, which is held
    decisions, measures = Decisions(Spans(deciding), size + 1), _measures(deciding)
    for event in deciding:
        _decide(event, measures, decisions)
    decisions.carry_out(now)


def _decide(event: Event, measures: Iterable[Measure], decisions: Decisions) -> None:
    if event.listing_id is None or event.reader is not None:
        return
    if event.type in WHOLE and hasattr(event, "payload"):  # what was purged is told to nobody
        try:
            listing = log.read(event)["listing"]
        except SealBroken:
            _leave(event, event.listing_id, measures, decisions)
            return
        _tell(event, event.listing_id, listing, measures, decisions)
    elif event.type == EventType.WITHDRAWN:
        _withdraw(event, event.listing_id, decisions)


def _tell(
    event: Event, listing_id: int, listing: dict[str, Any], measures: Iterable[Measure], decisions: Decisions
) -> None:
    """A department with a fitting measure is told from here on; one already told learns what it may do now.

    Where none fits any more, it is withdrawn from alone, and the event itself goes out as a stub.
    """
    spans = decisions.spans
    for department_id, those in _fitting(event, listing, measures).items():
        span = spans.last(listing_id).get(department_id)
        is_open = span is not None and span.ended_position is None
        fitting = [measure for measure in those if counts(measure, span if is_open else None, event.position)]
        said = said_of(fitting, listing)
        if not fitting:
            if span is not None and is_open and event.position >= span.decided_position:
                decisions.end(department_id, listing_id)
            continue
        decisions.go_on(department_id, listing_id)
        if span is None or _ended_before(span, event):
            spans.begin(department_id, event, said)
        elif not is_open:  # it was ended by an event that comes later than this one
            if still := [measure for measure in fitting if valid_at(measure, decisions.next_position)]:
                decisions.anew[department_id][listing_id] = said_of(still, listing)
        elif Said.by(span) != said and event.position >= span.decided_position:
            spans.allow(span, said, event.position)


def _leave(event: Event, listing_id: int, measures: Iterable[Measure], decisions: Decisions) -> None:
    """To be decided once it can be opened, or the listing was told whole again; whoever was told of it goes on having it."""
    logger.error("event at position %d cannot be opened: for whom it is, is decided later", event.position)
    told = (
        department_id for department_id, span in decisions.spans.last(listing_id).items() if not span.ended_position
    )
    valid = (each.instrument.department_id for each in measures if valid_at(each, event.position))
    for department_id in {*told, *valid}:
        decisions.undecided[department_id].add(listing_id)


def _ended_before(span: Told, event: Event) -> bool:
    return span.ended_position is not None and span.ended_position < event.position


def _withdraw(event: Event, listing_id: int, decisions: Decisions) -> None:
    """Everyone who was told, and not yet withdrawn from alone, must purge, whatever his measures are now."""
    for department_id, span in decisions.spans.last(listing_id).items():
        if span.ended_position is None:
            decisions.go_on(department_id, listing_id)
            decisions.withdrawn.append((department_id, event))


def _fitting(event: Event, listing: dict[str, Any], measures: Iterable[Measure]) -> dict[int, list[Measure]]:
    """By department, the measures valid at the event's position that fit on its day; empty where none does."""
    found: dict[int, list[Measure]] = {}
    day = today(event.occurred_at)
    for measure in measures:
        fitting = found.setdefault(measure.instrument.department_id, [])
        if valid_at(measure, event.position) and allows(measure, listing, day):
            fitting.append(measure)
    return found


def _measures(events: Sequence[Event]) -> list[Measure]:
    return list(
        Measure.objects.filter(from_position__lte=events[-1].position).select_related("instrument").order_by("pk")
    )
