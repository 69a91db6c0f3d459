"""An employer hears by mail that questions which were held have their answer by now, or get none: nobody looks every day.

One message an employer, in both languages and the same whatever became of each: the screenings' ids, and where to sign in. Where
none reaches it for a week, the court's registry is told in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.addresses import absolute
from sharing.employers.models import ConsentCall, ScreeningOutcome
from sharing.parties.members import addresses_of
from sharing.parties.models import MemberRole

ABOUT = "settled questions of employer"
CHUNK = 500
NOT_TOLD = (MemberRole.INTEGRATOR, MemberRole.AUDITOR)


def tell(*, now: datetime) -> int:
    """Write to the employers whose held questions were judged, or are void; the number of messages. By the clock.

    A message goes out before it is noted, and outside a transaction: rather told twice than never. Of each employer the oldest: an
    employer whom no message reaches holds up no other one.
    """
    employers = _untold().order_by("screening__employer").values_list("screening__employer", flat=True).distinct()
    return sum(_tell(each, now) for each in letters.awake(employers, ABOUT, now=now))


def _untold() -> QuerySet[ConsentCall]:
    held = ConsentCall.objects.filter(screening__outcome=ScreeningOutcome.PENDING, screening__verdict__isnull=False)
    return held.filter(answer_told_at=None).select_related("screening__employer", "screening__verdict")


def _tell(employer_id: int, now: datetime) -> bool:
    """Where no member has an address, programs alone ask, and read it there."""
    calls = list(_untold().filter(screening__employer=employer_id).order_by("called_at", "pk")[:CHUNK])
    if not calls:
        return False
    to = addresses_of(calls[0].screening.employer, without=NOT_TOLD)
    since = min(each.screening.verdict.decided_at for each in calls)
    if to and not letters.sent_in_the_end(_message(calls, to), ABOUT, employer_id, since=since, now=now):
        return False
    ConsentCall.objects.filter(pk__in=[call.pk for call in calls]).update(answer_told_at=now)
    return bool(to)


def _message(calls: Sequence[ConsentCall], to: Sequence[str]) -> EmailMessage:
    employer = calls[0].screening.employer
    context = {"employer": employer, "calls": calls, "address": absolute(reverse("employer:screenings"))}
    return EmailMessage(
        subject=f"待核查的查询已处理 / Questions that waited are settled: {employer.name}",
        body=render_to_string("employer/settled.txt", context),
        to=list(to),
    )
