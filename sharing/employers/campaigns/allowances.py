"""More questions for one campaign than the day's quota: wanted by the employer, decided at the desk, told by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.actions.acting import given
from registry.addresses import absolute
from registry.errors import AllowanceAskedFor, AllowanceDecided, NoSuchAllowance, ReasonNeeded
from registry.models import Officer
from registry.overseeing import refuse_unless_registrar
from sharing.employers import overseeing
from sharing.employers.models import Allowance, Campaign, CampaignState, Employer
from sharing.parties.members import addresses_of
from sharing.parties.models import MemberRole

ABOUT = "questions decided of campaign"
DECIDED_SHOWN = 100
# How an employer's and an officer's page list them.
WITH = ("campaign__employer", "officer__account")


def want(campaign: Campaign, why: str, *, now: datetime) -> None:
    """As many questions as can be asked; "" wants none. In the transaction of the campaign.

    ReasonNeeded; AllowanceAskedFor.
    """
    if not why:
        return
    try:
        words = given(why)
    except ReasonNeeded:
        raise ReasonNeeded("why") from None
    wanted = campaign.rows.exclude(number_digest=None).count()
    if Allowance.objects.filter(pk=campaign.pk).exists():
        raise AllowanceAskedFor
    Allowance.objects.create(campaign=campaign, wanted=wanted, why=words, asked_at=now)


def waiting() -> QuerySet[Allowance]:
    """Those to decide, the oldest first; of a campaign that ended nothing is decided any more."""
    open_ones = Allowance.objects.filter(decided_at=None, campaign__state=CampaignState.OPEN)
    return open_ones.select_related(*WITH).order_by("asked_at", "pk")


def decided() -> QuerySet[Allowance]:
    """The newest first."""
    return Allowance.objects.exclude(decided_at=None).select_related(*WITH).order_by("-decided_at", "pk")


def of(campaign_id: str) -> Allowance:
    """Raises `NoSuchAllowance`."""
    found = Allowance.objects.filter(pk=campaign_id).select_related(*WITH).first()
    if found is None:
        raise NoSuchAllowance
    return found


def decide(campaign_id: str, questions: int, *, officer: Officer, reason: str, now: datetime) -> None:
    """So many questions for this campaign, until its end; 0: none. On record with the employer.

    HighCourtRegistrarNeeded; ReasonNeeded; NoSuchAllowance; AllowanceDecided.
    """
    refuse_unless_registrar(officer)
    words = given(reason)
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update(no_key=True).filter(pk=campaign_id).first()
        allowance = of(campaign_id)
        if allowance.decided_at is not None or campaign is None or campaign.state != CampaignState.OPEN:
            raise AllowanceDecided
        Allowance.objects.filter(pk=campaign_id).update(
            granted=questions, reason=words, officer=officer, decided_at=now
        )
        if questions:  # what waits for tomorrow's quota goes on at once, and is kept for a day from now on
            Campaign.objects.filter(pk=campaign_id).update(due_at=now, quota_at=now)
        employer = Employer.objects.get(pk=campaign.employer_id)
        said = f"{campaign_id}: {questions} / {allowance.wanted}: {words}"
        overseeing.write_down_campaign(employer, said, officer=officer, now=now)


def tell(*, now: datetime) -> int:
    """Write to employers about what was decided; the number of messages. By the clock.

    A message goes out before it is noted, and outside a transaction: rather told twice than never. After a week that none went out,
    the registry is told in the employer's place.
    """
    untold = decided().filter(told_at=None).values_list("pk", flat=True)
    due = decided().filter(pk__in=letters.awake(untold, ABOUT, now=now), told_at=None)
    return sum(_tell(each, now) for each in due)


def _tell(allowance: Allowance, now: datetime) -> bool:
    to = addresses_of(allowance.campaign.employer, without=[MemberRole.INTEGRATOR])
    since = allowance.decided_at or now
    if to and not letters.sent_in_the_end(_message(allowance, to), ABOUT, allowance.pk, since=since, now=now):
        return False
    Allowance.objects.filter(pk=allowance.pk).update(told_at=now)
    return True


def _message(allowance: Allowance, to: Sequence[str]) -> EmailMessage:
    context = {
        "allowance": allowance,
        "employer": allowance.campaign.employer,
        "address": absolute(reverse("employer:campaign", args=[allowance.pk])),
    }
    return EmailMessage(
        subject=f"批量授权查询的查询数量已决定 / Questions of a campaign decided: {allowance.campaign.employer.name}",
        body=render_to_string("employer/allowance.txt", context),
        to=list(to),
    )
