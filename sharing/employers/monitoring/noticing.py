"""An employer's people are told by mail that an answer changed, and two weeks before a monitoring ends.

In both languages and about nobody: how many, and where to sign in. A message goes out before it is noted, and outside a
transaction: rather told twice than never. Whether a monitoring goes on is asked anew right before its message. Where none reaches
an employer for a week, the court's registry is told in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.actions.acting import today
from registry.addresses import absolute
from sharing.employers.models import Channel, Monitoring, MonitoringChange, MonitoringTold
from sharing.employers.monitoring.ending import going_on
from sharing.parties.members import addresses_of
from sharing.parties.models import MemberRole, Organisation

ABOUT = {"changed": "changed answers of employer", "ends": "monitorings that end of employer"}
CHUNK = 500
WARNED_BEFORE = timedelta(days=14)
NOT_TOLD = (MemberRole.INTEGRATOR, MemberRole.AUDITOR)


def announce(*, now: datetime) -> int:
    """Tell of the changes that nobody was told of by mail, one message an employer; the number of messages."""
    waiting = (
        _untold(today(now)).order_by("monitoring__employer").values_list("monitoring__employer", flat=True).distinct()
    )
    return sum(_announce(each, now) for each in _awake(waiting, "changed", now))


def warn(*, now: datetime) -> int:
    """Tell of the monitorings that end within `WARNED_BEFORE`, once each; the number of messages."""
    waiting = _unwarned(today(now)).order_by("employer").values_list("employer", flat=True).distinct()
    return sum(_warn(each, now) for each in _awake(waiting, "ends", now))


def _awake(employers: Iterable[int], what: str, now: datetime) -> Iterable[Organisation]:
    return Organisation.objects.in_bulk(letters.awake(employers, ABOUT[what], now=now)).values()


def _announce(employer: Organisation, now: datetime) -> bool:
    changes = list(_untold(today(now)).filter(monitoring__employer=employer).order_by("at", "pk")[:CHUNK])
    if not changes or not _send(employer, "changed", len(changes), changes[0].at, now):
        return False
    rows = [MonitoringTold(change=each, channel=Channel.MAIL, at=now) for each in changes]
    MonitoringTold.objects.bulk_create(rows, ignore_conflicts=True)
    return True


def _warn(employer: Organisation, now: datetime) -> bool:
    ending = list(_unwarned(today(now)).filter(employer=employer).order_by("until", "pk")[:CHUNK])
    if not ending or not _send(employer, "ends", len(ending), _since(ending[0]), now):
        return False
    Monitoring.objects.filter(pk__in=[each.pk for each in ending]).update(warned_at=now)
    return True


def _untold(day: date) -> QuerySet[MonitoringChange]:
    by_mail = MonitoringTold.objects.filter(channel=Channel.MAIL, change=OuterRef("pk"))
    return MonitoringChange.objects.filter(~Exists(by_mail), monitoring__in=going_on(day))


def _unwarned(day: date) -> QuerySet[Monitoring]:
    return going_on(day).filter(Q(until__lte=day + WARNED_BEFORE), warned_at=None)


SUBJECTS = {
    "changed": ("持续查询：结果有变化", "Monitoring: an answer changed"),
    "ends": ("持续查询即将到期", "Monitoring ends soon"),
}


def _since(ending: Monitoring) -> datetime:
    """The moment from which it was to be told that it ends."""
    first = ending.until - WARNED_BEFORE
    return max(ending.enrolled_at, datetime.combine(first, time.min, ZoneInfo(settings.REGISTRY_TIME_ZONE)))


def _send(employer: Organisation, what: str, count: int, since: datetime, now: datetime) -> bool:
    """``since``: how long the oldest of it waits to be told."""
    zh, en = SUBJECTS[what]
    address = absolute(reverse("employer:monitorings"))
    context = {"employer": employer, "count": count, "days": WARNED_BEFORE.days, "address": address}
    to: Sequence[str] = addresses_of(employer, without=NOT_TOLD) or [settings.REGISTRY_CONTACT_EMAIL]
    body = render_to_string(f"employer/monitoring_{what}.txt", context)
    message = EmailMessage(subject=f"{zh} / {en}: {employer.name}", body=body, to=to)
    return letters.sent_in_the_end(message, ABOUT[what], employer.pk, since=since, now=now)
