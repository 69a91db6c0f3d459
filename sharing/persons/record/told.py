"""Who was told of a person's listings: each department, what it was told and when, and what it says it did with it.

A fixed number of statements, however many listings, departments and messages there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import NamedTuple

from django.db.models import Count, Exists, Max, Min, OuterRef, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from registry.errors import Text
from registry.models import Event, EventType, Listing, State
from sharing.delivery import attempts
from sharing.delivery.models import Endpoint, EndpointStage, EndpointState, Told
from sharing.departments import allowed
from sharing.departments.models import Look, Reached, Recall, Receipt, ReceiptKind
from sharing.parties.models import Organisation

OVER = (State.WITHDRAWN, State.PURGED)

# Whether the department is told by an endpoint.
_AT_WORK = Endpoint.objects.filter(department_id=OuterRef("department_id"), stage=EndpointStage.PRODUCTION).exclude(
    state=EndpointState.PAUSED
)

_Place = tuple[int, int]  # department and listing, or department and position of an event


class Way(Enum):
    """How far a message has come. What a later withdrawal has silenced is not sent any more."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    ARRIVED = "arrived"
    IN_PORTAL = "in_portal"
    ON_ITS_WAY = "on_its_way"
    NOT_SENT = "not_sent"


WORDS: Mapping[Way, Text] = {
    Way.CONFIRMED: _("confirmed"),
    Way.REFUSED: _("refused by the department"),
    Way.ARRIVED: _("arrived, not confirmed yet"),
    Way.IN_PORTAL: _("waits in the department’s portal"),
    Way.ON_ITS_WAY: _("still on its way"),
    Way.NOT_SENT: _("not sent any more, since it was withdrawn"),
}
SAID: Mapping[str, Text] = {
    EventType.PUBLISHED: _("that you are listed"),
    EventType.CORRECTED: _("a correction, which replaces what it was told before"),
    EventType.REVISED: _("a change, which adds to what it was told before"),
    EventType.FLAGGED: _("that the listing is disputed or under review"),
    EventType.UNFLAGGED: _("that it is not disputed or under review any more"),
    EventType.STATED: _("your statement"),
    EventType.SUSPENDED: _("that sharing stops, and nothing may be done for now"),
    EventType.REINSTATED: _("that sharing goes on"),
    EventType.WITHDRAWN: _("that the listing is withdrawn, and everything is to be deleted"),
}


class Message(NamedTuple):
    """``arrived``: None, no answer of a machine that is still kept says so; ``receipt``: the word of the department on it: by which it is done,
    else the latest.
    """

    type: str
    at: datetime
    arrived: datetime | None
    receipt: Receipt | None
    way: Way


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One department and one listing. ``looks``: how often its people opened it by hand, and when last.

    ``may_do``: its measures in words, none while the listing is not shared. ``purge_due``: the day by which it is to say that it has deleted, while it has not.
    """

    department: Organisation
    listing: Listing
    first_told: datetime
    may_do: list[str]
    messages: list[Message]
    institutions: list[tuple[str, datetime]] = field(default_factory=list)
    looks: int = 0
    last_look: datetime | None = None
    purge_due: date | None = None


def of(listings: Sequence[Listing], *, whole: bool = True) -> list[Recipient]:
    """In the order of the listings, and of the departments that were told first.

    ``whole``: with the institutions that it reached, and with looks by hand.
    """
    facts = _Facts(listings, whole=whole)
    spans: defaultdict[_Place, list[Told]] = defaultdict(list)
    for span in facts.spans:
        spans[span.department_id, span.listing_id].append(span)
    order = {listing.pk: at for at, listing in enumerate(listings)}
    return [facts.recipient(each) for each in sorted(spans.values(), key=lambda spans: order[spans[0].listing_id])]


class _Facts:
    """Everything that is read, once for all of the listings."""

    def __init__(self, listings: Sequence[Listing], *, whole: bool) -> None:
        self.listings = {listing.pk: listing for listing in listings}
        ids = list(self.listings)
        told = Told.objects.filter(listing__in=ids).annotate(by_machine=Exists(_AT_WORK), named=allowed.OF_DEPARTMENT)
        self.spans = list(told.select_related("department").order_by("first_position", "pk"))
        self.events: defaultdict[int, list[Event]] = defaultdict(list)
        prefetch_related_objects(listings, "events")
        for listing in listings:
            self.events[listing.pk] = sorted(listing.events.all(), key=lambda event: event.position)
        self.arrived = _arrived([event.pk for events in self.events.values() for event in events])
        self.had = attempts.Had({span.department_id for span in self.spans}, ids)
        self.receipts = self._receipts()
        self.institutions = _institutions(ids) if whole else {}
        self.looks = _looks(ids) if whole else {}
        due = Recall.objects.filter(listing__in=ids, closed_by=None).order_by("-due_on")
        self.due = {(each.department_id, each.listing_id): each.due_on for each in due}

    def _receipts(self) -> Mapping[_Place, Receipt]:
        types = {event.pk: event.type for events in self.events.values() for event in events}
        given = Receipt.objects.filter(event__in=types).order_by("received_at")
        last = sorted(given, key=lambda each: each.confirms(types[each.event_id]))
        return {(each.department_id, each.event_id): each for each in last}

    def recipient(self, spans: Sequence[Told]) -> Recipient:
        first = spans[0]
        place = (first.department_id, first.listing_id)
        looks, last_look = self.looks.get(place, (0, None))
        return Recipient(
            department=first.department,
            listing=self.listings[first.listing_id],
            first_told=first.told_at,
            may_do=self._may_do(spans[-1]),
            messages=[self._message(span, event) for span in spans for event in self._meant(span)],
            institutions=self.institutions.get(place, []),
            looks=looks,
            last_look=last_look,
            purge_due=self.due.get(place),
        )

    def _may_do(self, span: Told) -> list[str]:
        if span.ended_position is not None or self.listings[span.listing_id].state != State.ACTIVE:
            return []
        names = allowed.by_code(span.named)  # type: ignore[attr-defined]  # annotated
        return allowed.in_words(span.measures, names)

    def _meant(self, span: Told) -> list[Event]:
        """As in `sharing.delivery.models.MEANT_EVENTS`."""
        return [
            event
            for event in self.events[span.listing_id]
            if span.first_position <= event.position
            and (span.ended_position is None or event.position <= span.ended_position)
            and event.reader in (None, span.department_id)
        ]

    def _message(self, span: Told, event: Event) -> Message:
        place = (span.department_id, event.position)
        arrived, receipt = self.arrived.get(place), self.receipts.get(place)
        return Message(event.type, event.occurred_at, arrived, receipt, self._way(span, event, arrived, receipt))

    def _way(self, span: Told, event: Event, arrived: datetime | None, receipt: Receipt | None) -> Way:
        if receipt is not None and receipt.confirms(event.type):
            return Way.CONFIRMED
        if receipt is not None and receipt.kind == ReceiptKind.REFUSED:
            return Way.REFUSED
        if arrived is not None or self.had.has(span, event.position):
            return Way.ARRIVED
        is_over = span.ended_position is not None or self.listings[span.listing_id].state in OVER
        if is_over and event.type != EventType.WITHDRAWN:
            return Way.NOT_SENT
        return Way.ON_ITS_WAY if span.by_machine else Way.IN_PORTAL  # type: ignore[attr-defined]  # annotated


def _arrived(positions: Sequence[int]) -> Mapping[_Place, datetime]:
    """When each message was first taken, by department and position."""
    taken = attempts.of(positions).filter(failure="", status__range=(200, 299)).order_by()
    rows = taken.values_list("endpoint__department_id", "event_id").annotate(first=Min("started_at"))
    return {(department, position): first for department, position, first in rows}


def _institutions(listing_ids: Sequence[int]) -> Mapping[_Place, list[tuple[str, datetime]]]:
    """Downstream institutions that the department says it passed the listing on to."""
    reached = Reached.objects.filter(told__listing__in=listing_ids).order_by("at", "pk")
    rows = reached.values_list("told__department_id", "told__listing_id", "institution__name", "at")
    found: defaultdict[_Place, list[tuple[str, datetime]]] = defaultdict(list)
    for department, listing, name, at in rows:
        found[department, listing].append((name, at))
    return found


def _looks(listing_ids: Sequence[int]) -> Mapping[_Place, tuple[int, datetime]]:
    looks = Look.objects.filter(listing__in=listing_ids).order_by().values_list("department_id", "listing_id")
    rows = looks.annotate(times=Count("pk"), last=Max("at"))
    return {(department, listing or 0): (times, last) for department, listing, times, last in rows}
