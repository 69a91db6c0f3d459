"""What an employer asked: its own screenings, the newest first, and how many it may still ask today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.timezone import localtime

from registry.actions.acting import today
from sharing.employers.models import ApplicantTold, Employer, QuestionsAsked, Screening
from sharing.parties.models import Member

PROGRAMS = "programs"  # who asked, where no member did
SHOWN = ("member", "applicant_told", "consent", "verdict", "recall", "monitoring_change")


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Which of them; "" and None for all. ``asked_by``: the id of a member, or `PROGRAMS`; ``month``: its first day."""

    outcome: str = ""
    purpose: str = ""
    month: date | None = None
    asked_by: str = ""

    @property
    def everything(self) -> bool:
        return self == Sought()


def of(employer_id: int, sought: Sought) -> QuerySet[Screening]:
    latest = Coalesce("verdict__outcome", "outcome")
    found = Screening.objects.filter(employer=employer_id).annotate(latest_outcome=latest)
    if sought.outcome:
        found = found.filter(latest_outcome=sought.outcome)
    if sought.purpose:
        found = found.filter(purpose=sought.purpose)
    if sought.month:
        found = found.filter(asked_at__year=sought.month.year, asked_at__month=sought.month.month)
    if sought.asked_by == PROGRAMS:
        found = found.filter(member=None)
    elif sought.asked_by:
        found = found.filter(member=int(sought.asked_by))
    return found.select_related(*SHOWN).order_by("-asked_at", "-pk")


def months(employer_id: int) -> list[date]:
    """Those in which it asked something, the newest first."""
    asked = Screening.objects.filter(employer=employer_id)
    return [localtime(month).date() for month in asked.datetimes("asked_at", "month", order="DESC")]


def askers(employer_id: int) -> list[Member]:
    """The members who asked something."""
    ids = Screening.objects.filter(employer=employer_id).exclude(member=None).values("member")
    return list(Member.objects.filter(pk__in=ids).order_by("pk"))


def told_on(screening: Screening) -> date | None:
    told: ApplicantTold | None = getattr(screening, "applicant_told", None)
    return told.told_on if told else None


def left_today(employer: Employer, now: datetime) -> int:
    """Questions that are left on this day of the court's calendar."""
    asked = QuestionsAsked.objects.filter(employer=employer.pk, day=today(now)).values_list("questions", flat=True)
    return max(employer.daily_quota - sum(asked), 0)
