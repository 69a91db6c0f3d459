"""What an employer owes an applicant who is listed: to tell them why, and to wait for what they say before it decides."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from registry.actions.acting import today
from registry.errors import ToldAlready, ToldDateImpossible
from registry.terms.rules import rules_from_settings
from sharing.employers.models import ApplicantTold, Screening
from sharing.parties.member_acts import MemberActKind
from sharing.parties.members import note
from sharing.parties.models import Member


def waiting_until(told_on: date) -> date:
    """The last of the working days (setting ``SHARING_WAITING_DAYS``) that the applicant has to answer."""
    days: int = settings.SHARING_WAITING_DAYS
    return rules_from_settings().calendar.add_working_days(told_on, days)


def record_told(screening: Screening, told_on: date, *, member: Member, now: datetime) -> ApplicantTold:
    """Once for each screening. Raises ToldDateImpossible and ToldAlready, both about the field ``told_on``."""
    first, last = today(screening.asked_at), today(now)
    if not first <= told_on <= last:
        raise ToldDateImpossible("told_on", first=first.isoformat(), last=last.isoformat())
    try:
        with transaction.atomic():
            note(member, MemberActKind.APPLICANT_TOLD, screening.pk, now=now)
            return ApplicantTold.objects.create(screening=screening, told_on=told_on, member=member, at=now)
    except IntegrityError:
        raise ToldAlready("told_on") from None
