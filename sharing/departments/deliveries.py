"""What became of each event at the department: sent, waiting, held or failed, and whether it was confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sharing.delivery import attempts as trying
from sharing.delivery import reading
from sharing.delivery.meant import Meant
from sharing.delivery.models import Attempt, Endpoint, EndpointStage, Held, Told
from sharing.departments.models import Receipt, ReceiptKind

LATEST = 2**63 - 1


class DeliveryState(models.TextChoices):
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", pgettext_lazy("receipt", "refused")
    DELIVERED = "delivered", _("delivered")
    WAITING = "waiting", _("waiting")
    FAILING = "failing", _("failing")
    HELD = "held", _("held")
    NOT_SENT = "not_sent", _("not sent")


@dataclass(frozen=True)
class Delivery:
    """``attempts``: at all endpoints of the department, the latest first."""

    event: Meant
    state: DeliveryState
    attempts: list[Attempt]
    receipts: list[Receipt]


def page(department_id: int, *, before: int = LATEST, limit: int, type_: str = "", number: str = "") -> list[Delivery]:
    """The newest events meant for the department before the position."""
    return _deliveries(department_id, reading.latest(department_id, before, limit, type_=type_, number=number))


def one(department_id: int, event_id: str) -> Delivery | None:
    """None where the event is not meant for the department."""
    event = reading.one(department_id, event_id, reading.telling_position())
    return _deliveries(department_id, [event])[0] if event else None


def _deliveries(department_id: int, events: Sequence[Meant]) -> list[Delivery]:
    positions = [event.position for event in events]
    endpoints = list(Endpoint.objects.filter(department_id=department_id))
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in trying.of(positions).filter(endpoint__in=endpoints).order_by("-started_at"):
        attempts[attempt.event_id].append(attempt)
    receipts: dict[int, list[Receipt]] = defaultdict(list)
    for receipt in Receipt.objects.filter(event_id__in=positions, department_id=department_id).order_by("received_at"):
        receipts[receipt.event_id].append(receipt)
    listings = {event.listing_id for event in events}
    held: dict[int, list[Held]] = defaultdict(list)
    in_production = [endpoint for endpoint in endpoints if endpoint.stage == EndpointStage.PRODUCTION]
    for row in Held.objects.filter(endpoint__in=in_production, listing_id__in=listings):
        held[row.listing_id].append(row)
    had = _had(department_id, [event for event in events if not attempts[event.position]])
    return [
        Delivery(
            event,
            _state(event, tried, receipts[event.position], held[event.listing_id], endpoints, had),
            tried,
            receipts[event.position],
        )
        for event, tried in ((event, attempts[event.position]) for event in events)
    ]


def _had(department_id: int, untried: Sequence[Meant]) -> frozenset[int]:
    """Positions of those, of which no attempt is kept, that the cursors say the department has had."""
    if not untried:
        return frozenset()
    listings = {event.listing_id for event in untried}
    had = trying.Had([department_id], listings)
    spans = list(Told.objects.filter(department=department_id, listing__in=listings))
    return frozenset(
        event.position
        for event in untried
        if any(
            span.listing_id == event.listing_id
            and span.first_position <= event.position <= (span.ended_position or LATEST)
            and had.has(span, event.position)
            for span in spans
        )
    )


def _state(
    event: Meant,
    attempts: Sequence[Attempt],
    receipts: Sequence[Receipt],
    held: Sequence[Held],
    endpoints: Sequence[Endpoint],
    had: frozenset[int],
) -> DeliveryState:
    if any(receipt.confirms(event.type) for receipt in receipts):
        return DeliveryState.CONFIRMED
    if any(receipt.kind == ReceiptKind.REFUSED for receipt in receipts):
        return DeliveryState.REFUSED
    if any(row.holds(event.position) for row in held):
        return DeliveryState.HELD
    if event.position in had or any(took(attempt) for attempt in attempts):
        return DeliveryState.DELIVERED
    if attempts:
        return DeliveryState.FAILING
    if any(event.position > endpoint.cursor for endpoint in endpoints):
        return DeliveryState.WAITING
    return DeliveryState.NOT_SENT


def took(attempt: Attempt) -> bool:
    """A 2xx means transported, no more."""
    return not attempt.failure and 200 <= attempt.status < 300
