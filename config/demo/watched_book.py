"""The court's side of the live board, read from the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import Error
from django.db.models import Count, Q

from registry.errors import Text
from registry.models import Event, EventType, Listing, LogHead, State
from sharing.delivery.models import MEANT_EVENTS, Endpoint, TellingCursor, Told

SHOWN_EVENTS = 5


@dataclass(frozen=True)
class Recorded:
    """One event of the log."""

    position: int
    event_id: str
    type: str
    number: str
    version: int
    occurred_at: datetime

    @property
    def label(self) -> Text:
        return type_label(self.type)


@dataclass(frozen=True)
class Failing:
    """An endpoint that did not take what was sent: failures in a row, and when the court tries again."""

    failures: int
    next_due: datetime | None


@dataclass(frozen=True)
class Book:
    """The court's side. ``latest`` is newest first; ``meant`` counts, by department, the events meant for it.

    ``told`` holds (department, position) for those of ``latest`` that are meant for a department; for whom an event
    after ``decided`` is meant has not been decided yet. ``failing`` is by endpoint.
    """

    in_force: int
    size: int
    latest: tuple[Recorded, ...]
    meant: dict[int, int]
    told: frozenset[tuple[int, int]]
    decided: int
    failing: dict[str, Failing]

    @property
    def last(self) -> Recorded | None:
        return self.latest[0] if self.latest else None


def read_book(today: date) -> Book | None:
    """None while the database cannot be reached or read."""
    try:
        return _book(today)
    except Error:
        return None


def type_label(type_: str) -> Text:
    """The event's type in words; a type that this version does not know is shown as it is."""
    return EventType(type_).label if type_ in EventType.values else type_


def _book(today: date) -> Book:
    head = LogHead.objects.first()
    latest = tuple(
        Recorded(event.position, event.event_id, event.type, event.listing.number, event.version, event.occurred_at)
        for event in Event.objects.select_related("listing").exclude(listing=None).order_by("-position")[:SHOWN_EVENTS]
        if event.listing
    )
    cursor = TellingCursor.objects.first()
    return Book(
        in_force=_in_force(today),
        size=head.size if head else 0,
        latest=latest,
        meant=_meant(),
        told=_told([event.position for event in latest]),
        decided=cursor.position if cursor else 0,
        failing={
            one.pk: Failing(one.failures, one.next_due)
            for one in Endpoint.objects.filter(failures__gt=0).only("failures", "next_due")
        },
    )


def _in_force(today: date) -> int:
    not_over = Q(ends_on=None) | Q(ends_on__gte=today)
    return Listing.objects.filter(not_over, state=State.ACTIVE).count()


def _meant() -> dict[int, int]:
    meant = Told.objects.filter(MEANT_EVENTS)
    return dict(meant.values_list("department_id").annotate(Count("listing__events")))


def _told(positions: list[int]) -> frozenset[tuple[int, int]]:
    told = Told.objects.filter(MEANT_EVENTS, listing__events__position__in=positions)
    return frozenset(told.values_list("department_id", "listing__events__position"))
