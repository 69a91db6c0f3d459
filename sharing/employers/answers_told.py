"""An employer hears by mail that questions which were held have their answer by now, or get none: nobody looks every day.

One message an employer, in both languages and the same whatever became of each: the screenings' ids, and where to sign in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from registry.addresses import absolute
from sharing import letters
from sharing.employers.models import ConsentCall, ScreeningOutcome
from sharing.parties.members import addresses_of
from sharing.parties.models import MemberRole

CHUNK = 500
NOT_TOLD = (MemberRole.INTEGRATOR, MemberRole.AUDITOR)


def tell(*, now: datetime) -> int:
    """Write to the employers whose held questions were judged, or are void; the number of messages. By the clock.

    A message goes out before it is noted, and outside a transaction: rather told twice than never.
    """
    held = ConsentCall.objects.filter(screening__outcome=ScreeningOutcome.PENDING, screening__verdict__isnull=False)
    untold = held.filter(answer_told_at=None).select_related("screening__employer")
    by_employer: dict[int, list[ConsentCall]] = defaultdict(list)
    for call in untold.order_by("called_at", "pk")[:CHUNK]:
        by_employer[call.screening.employer_id].append(call)
    return sum(_tell(calls, now) for calls in by_employer.values())


def _tell(calls: Sequence[ConsentCall], now: datetime) -> bool:
    """Where no member has an address, programs alone ask, and read it there."""
    to = addresses_of(calls[0].screening.employer, without=NOT_TOLD)
    if to and not letters.sent(_message(calls, to), f"employer {calls[0].screening.employer_id}"):
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
