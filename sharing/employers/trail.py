"""What an employer asked: its own screenings, the newest first, and how many it may still ask today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, Max, Min, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils.timezone import localtime

from registry.actions.acting import today
from sharing.employers.models import ApplicantTold, Employer, QuestionsAsked, Screening
from sharing.parties.models import Member

CHUNK = 500
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


def each(employer_id: int, sought: Sought) -> Iterator[Screening]:
    """All of them, in chunks: they do not wait in memory, nor the database for a slow reader."""
    rest = found = of(employer_id, sought)
    while rows := list(rest[:CHUNK]):
        yield from rows
        last = rows[-1]
        rest = found.filter(asked_at__lte=last.asked_at).exclude(asked_at=last.asked_at, pk__gte=last.pk)


def months(employer_id: int) -> list[date]:
    """From the last in which it asked something back to the first."""
    asked = Screening.objects.filter(employer=employer_id)
    ends = asked.aggregate(first=Min("asked_at"), last=Max("asked_at"))
    if ends["first"] is None:
        return []
    first, last = (localtime(ends[end]).date() for end in ("first", "last"))
    numbers = range(last.year * 12 + last.month - 1, first.year * 12 + first.month - 2, -1)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def askers(employer_id: int) -> list[Member]:
    """The members who asked something."""
    asked = Screening.objects.filter(employer=employer_id, member=OuterRef("pk"))
    return list(Member.objects.filter(Exists(asked), organisation=employer_id).order_by("pk"))


def told_on(screening: Screening) -> date | None:
    told: ApplicantTold | None = getattr(screening, "applicant_told", None)
    return told.told_on if told else None


def left_today(employer: Employer, now: datetime) -> int:
    """Questions that are left on this day of the court's calendar."""
    asked = QuestionsAsked.objects.filter(employer=employer.pk, day=today(now)).values_list("questions", flat=True)
    return max(employer.daily_quota - sum(asked), 0)
