"""Which changes nobody at the employer has taken note of yet, and taking note."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from sharing.employers.models import MonitoringChange, MonitoringConfirmation
from sharing.employers.monitoring.ending import going_on
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member


def to_confirm(employer_id: int, day: date) -> QuerySet[MonitoringChange]:
    """Of the monitorings that go on."""
    going = going_on(day).filter(employer=employer_id)
    return MonitoringChange.objects.filter(monitoring__in=going, confirmation=None)


def confirm(change: MonitoringChange, *, member: Member, now: datetime) -> None:
    """Once for each change; the same again changes nothing."""
    with transaction.atomic():
        said = {"member": member, "at": now}
        _said, is_new = MonitoringConfirmation.objects.get_or_create(change=change, defaults=said)
        if is_new:
            members.note(member, MemberActKind.CONFIRM_CHANGE, change.pk, now=now)
