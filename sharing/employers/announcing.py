"""An employer hears by mail that a result was recalled: at once, and again until it says that the result is removed.

After one, three and seven days, and every week from then on, and then the court's registry hears of it too; where no message
reaches the employer for a week, the registry alone. One message an employer, however many results; in both languages, about no
person: the screenings' ids and an address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Max
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.addresses import absolute
from sharing.employers.models import RecallTold, ResultRecall
from sharing.employers.recalling import open_recalls
from sharing.parties.members import addresses_of
from sharing.parties.models import MemberRole, Organisation

ABOUT = "recalled results of employer"
AFTER = (timedelta(0), timedelta(days=1), timedelta(days=3), timedelta(days=7))
WEEK = timedelta(days=7)
SHOWN = 20


def announce(*, now: datetime) -> int:
    """Tell of every recall that reached its next step; the number of messages. Run by the clock, resumable."""
    due: dict[int, list[ResultRecall]] = defaultdict(list)
    told = open_recalls().annotate(told=Max("tellings__step")).select_related("screening")
    for recall in told.order_by("opened_at", "pk"):
        if recall.told is None or recall.told < step(recall.opened_at, now):
            due[recall.screening.employer_id].append(recall)
    employers = Organisation.objects.in_bulk(letters.awake(due, ABOUT, now=now))
    return sum(_tell(employer, due[employer_id], now) for employer_id, employer in employers.items())


def step(opened_at: datetime, now: datetime) -> int:
    """How often people should have been told by now, but once: 0 at the opening, 1 after a day, and so on."""
    passed = sum(now - opened_at >= each for each in AFTER[1:])
    return passed if passed < len(AFTER) - 1 else passed + (now - opened_at - AFTER[-1]) // WEEK


def _tell(employer: Organisation, recalls: Sequence[ResultRecall], now: datetime) -> bool:
    """The message goes out before it is noted, and outside a transaction: rather told twice than never."""
    late = any(step(each.opened_at, now) for each in recalls)
    members = addresses_of(employer, without=[MemberRole.INTEGRATOR])
    to = [*members, *([settings.REGISTRY_CONTACT_EMAIL] if late or not members else [])]
    message = _message(employer, recalls, to, late=late)
    if not letters.sent_in_the_end(message, ABOUT, employer.pk, since=recalls[0].opened_at, now=now):
        return False
    rows = [RecallTold(recall=each, step=step(each.opened_at, now), at=now) for each in recalls]
    RecallTold.objects.bulk_create(rows, ignore_conflicts=True)
    return True


def _message(employer: Organisation, recalls: Sequence[ResultRecall], to: list[str], *, late: bool) -> EmailMessage:
    context = {
        "employer": employer,
        "ids": [each.pk for each in recalls[:SHOWN]],
        "count": len(recalls),
        "more": max(0, len(recalls) - SHOWN),
        "late": late,
        "address": absolute(reverse("employer:screenings")),
    }
    said = (
        ("查询结果撤回待确认", "Recalled results wait for you") if late else ("查询结果已撤回", "Results were recalled")
    )
    return EmailMessage(
        subject=f"{said[0]} / {said[1]}: {employer.name}",
        body=render_to_string("employer/recalled.txt", context),
        to=to,
    )
