"""For how long a passkey opens anything: as long as something of the person's goes on at the court, and some days more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from registry.models import Listing, State
from sharing.departments.models import Recall
from sharing.employers import lookup, recalling
from sharing.employers.lookup import Subject
from sharing.persons.objections import finding
from sharing.persons.record import cleared, holding


def goes_on(subject: Subject) -> bool:
    """An objection, an application or a statement is not at its end; somebody who was told or asked has not confirmed that a
    withdrawn listing is deleted; or a clearance letter is not complete.
    """
    return _is_asked(subject) or _is_recalled(subject) or _is_cleared(subject)


def has_reason(subject: Subject, *, now: datetime) -> bool:
    """Whether there is anything to come back for: also a listing that nobody objected to so far."""
    return bool(holding.of(subject, now=now).listings) or goes_on(subject)


def end(now: datetime) -> datetime:
    """Where nothing goes on any more."""
    return now + timedelta(days=settings.SHARING_PASSKEY_DAYS)


def _is_asked(subject: Subject) -> bool:
    return any(not each.is_ended or each.is_to_be_served for each in finding.of_person(subject))


def _is_recalled(subject: Subject) -> bool:
    withdrawn = Listing.objects.filter(party__person__in=lookup.persons(subject), state=State.WITHDRAWN)
    ids = list(withdrawn.values_list("pk", flat=True))
    if not ids:
        return False
    at_departments = Recall.objects.filter(listing__in=ids, closed_by=None)
    showed = Q(screening__listing__in=ids) | Q(screening__also_told__overlap=ids)
    judged = Q(screening__verdict__listing__in=ids) | Q(screening__verdict__also_told__overlap=ids)
    at_employers = recalling.open_recalls().filter(showed | judged)
    return at_departments.exists() or at_employers.exists()


def _is_cleared(subject: Subject) -> bool:
    return any(not each.is_complete for each in cleared.heard_of(subject))
