"""Which monitorings go on, and how one ends: at once, by whoever may, and then nothing is left of whom it was about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from registry.actions.acting import today
from registry.models import Officer
from sharing.employers.models import (
    EmployerEndpoint,
    EndedBecause,
    MonitoredDigest,
    Monitoring,
    MonitoringPost,
)
from sharing.parties.models import Client, Member

CHUNK = 500


def going_on(day: date) -> QuerySet[Monitoring]:
    """Those that are looked at and told of: not ended, not over by the calendar, the employer not suspended.

    A timer that did not run keeps nobody monitored. `posting` says the same in its own statement.
    """
    return Monitoring.objects.filter(ended_at=None, until__gte=day, employer__suspended_at=None)


def end(
    monitoring_id: str, because: EndedBecause, *, by: Client | Member | Officer | None = None, now: datetime
) -> bool:
    """End it, destroy whom it was about and what waits to be posted; False: it had ended before.

    Waits for a look that is being taken.
    """
    ended: dict[str, Any] = {
        "ended_at": now,
        "ended_because": because,
        "ended_by_client": by if isinstance(by, Client) else None,
        "ended_by_member": by if isinstance(by, Member) else None,
        "ended_by_officer": by if isinstance(by, Officer) else None,
        "subject_sealed": None,
        "doubted_at": None,
    }
    with transaction.atomic():
        # Locked before its posts, as wherever both are.
        own = EmployerEndpoint.objects.filter(employer__monitorings=monitoring_id)
        list(own.select_for_update(of=("self",), no_key=True))
        if not Monitoring.objects.filter(pk=monitoring_id, ended_at=None).update(**ended):
            return False
        MonitoredDigest.objects.filter(monitoring=monitoring_id).delete()
        MonitoringPost.objects.filter(change__monitoring=monitoring_id, taken_at=None).delete()
    return True


def end_over(*, now: datetime) -> int:
    """End those whose last day is over; the number. Run by the clock, resumable."""
    over = Monitoring.objects.filter(ended_at=None, until__lt=today(now)).order_by("until", "pk")
    ids = list(over.values_list("pk", flat=True)[:CHUNK])
    return sum(end(each, EndedBecause.UNTIL, now=now) for each in ids)


def end_without_consent(consent_id: UUID, *, now: datetime) -> bool:
    """The consent was revoked, or was none: nothing may be told on it any more. False: nobody was enrolled on it."""
    enrolled = Monitoring.objects.filter(consent=consent_id, ended_at=None).values_list("pk", flat=True).first()
    return enrolled is not None and end(enrolled, EndedBecause.CONSENT, now=now)
