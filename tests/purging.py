"""How a withdrawn listing becomes due in the tests: the log is walked and every recipient confirms."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from registry.models import Event, State
from sharing.departments import receipts, telling
from sharing.departments.models import Recall
from sharing.employers import recalling
from sharing.employers.monitoring import walking
from tests import cast, sealing


def walk():
    """Whoever reads the log by a cursor is at its end."""
    telling.walk(now=cast.NOW)
    recalling.walk(now=cast.NOW)
    while walking.walk(now=cast.NOW):
        pass


def confirm_purged(department):
    """The department's receipts for every withdrawal that it has."""
    for recall in Recall.objects.filter(department=department.organisation, closed_by=None):
        event = Event.objects.get(position=recall.position)
        entry = receipts.ReceiptEntry(event=event.event_id, kind="purged", at=cast.NOW)
        receipts.record(entry, department=department.organisation, signed=True)


def over():
    """A moment at which retention is over: recorded_at and received_at are of the database's clock."""
    return timezone.now() + timedelta(days=31)


def withdrawn_and_confirmed(department):
    listing = cast.withdrawn(cast.in_force())
    walk()
    confirm_purged(department)
    return listing


def purged(listing):
    return sealing.whole(listing).state == State.PURGED
