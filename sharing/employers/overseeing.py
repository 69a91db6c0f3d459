"""The court watches who asks: figures of each employer, what looks like guessing, and who may not ask for a while."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Count, F
from django.template.loader import render_to_string

from registry.actions.acting import today
from registry.errors import ReasonNeeded
from registry.models import Officer
from sharing.employers.admission import refuse_unless_registrar
from sharing.employers.models import (
    Employer,
    EmployerAct,
    EmployerAlarm,
    EndedBecause,
    HeldBecause,
    Monitoring,
    QuestionsAsked,
    Screening,
)
from sharing.employers.monitoring import ending
from sharing.parties import members
from sharing.parties.models import Member, MemberRole, Organisation

DAYS = 30
WEEK = timedelta(days=7)
QUOTA_DAYS = 3  # of the last seven, with the quota used up
REASON_LEAST, REASON_MOST = 2, 1000

_FIGURES = """
    SELECT count(*), count(*) FILTER (WHERE coalesce(v.outcome, s.outcome) = 'listed'),
           count(*) FILTER (WHERE s.outcome = 'pending' AND v.screening_id IS NULL),
           count(*) FILTER (WHERE s.held_because = 'name'), count(*) FILTER (WHERE v.outcome = 'void'),
           count(DISTINCT s.subject_digest), max(s.asked_at)
    FROM employers_screening s LEFT JOIN employers_consentverdict v ON v.screening_id = s.id
    WHERE s.employer_id = %(employer)s AND s.asked_at > %(since)s
"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of the last `DAYS` days. ``names``: questions whose name did not fit; ``quota_days``: days with the quota used up.

    As of now: ``enrolled``, and of these ``doubted``, whose number a listing bears with another name.
    """

    questions: int
    listed: int
    pending: int
    names: int
    void: int
    applicants: int
    quota_days: int
    last_asked: datetime | None
    enrolled: int
    doubted: int


def figures(employer: Employer, *, now: datetime) -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"employer": employer.pk, "since": now - timedelta(days=DAYS)})
        questions, listed, pending, names, void, applicants, last_asked = cursor.fetchone()
    return Figures(
        questions=questions,
        listed=listed,
        pending=pending,
        names=names,
        void=void,
        applicants=applicants,
        quota_days=_quota_days(employer, today(now) - timedelta(days=DAYS)),
        last_asked=last_asked,
        **_enrolled(employer, today(now)),
    )


def _enrolled(employer: Employer, day: date) -> dict[str, int]:
    own = Monitoring.objects.filter(employer=employer.pk, ended_at=None, until__gte=day)
    return own.aggregate(enrolled=Count("pk"), doubted=Count("doubted_at"))


def suspend(employer: Employer, *, officer: Officer | None, reason: str, now: datetime) -> None:
    """Nobody asks for this employer from now on; what it was answered it may still read. ``officer``: None, the clock."""
    if officer is not None:
        refuse_unless_registrar(officer)
    with transaction.atomic():
        Organisation.objects.filter(pk=employer.pk, suspended_at=None).update(suspended_at=now)
        _write_down(employer, EmployerAct.Act.SUSPEND, reason, officer, now)


def resume(employer: Employer, *, officer: Officer, reason: str, now: datetime) -> None:
    """HighCourtRegistrarNeeded; ReasonNeeded."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        Organisation.objects.filter(pk=employer.pk).update(suspended_at=None)
        _write_down(employer, EmployerAct.Act.RESUME, reason, officer, now)


def change_quota(employer: Employer, questions: int, *, officer: Officer, reason: str, now: datetime) -> None:
    """HighCourtRegistrarNeeded; ReasonNeeded."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        before = Employer.objects.select_for_update().get(pk=employer.pk).daily_quota
        Employer.objects.filter(pk=employer.pk).update(daily_quota=questions)
        _write_down(employer, EmployerAct.Act.QUOTA, f"{before} → {questions}: {given(reason)}", officer, now)


def change_most_enrolled(employer: Employer, most: int, *, officer: Officer, reason: str, now: datetime) -> None:
    """HighCourtRegistrarNeeded; ReasonNeeded. Fewer than there are: nobody new is enrolled."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        before = Employer.objects.select_for_update().get(pk=employer.pk).monitored_most
        Employer.objects.filter(pk=employer.pk).update(monitored_most=most)
        _write_down(employer, EmployerAct.Act.ENROLLED, f"{before} → {most}: {given(reason)}", officer, now)


def end_monitoring(monitoring: Monitoring, *, officer: Officer, reason: str, now: datetime) -> None:
    """For a reason that stays inside the court. HighCourtRegistrarNeeded; ReasonNeeded."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        if ending.end(monitoring.pk, EndedBecause.REGISTRY, by=officer, now=now):
            employer = Employer.objects.get(pk=monitoring.employer_id)
            _write_down(employer, EmployerAct.Act.END, f"{monitoring.pk}: {given(reason)}", officer, now)


def in_doubt(employer: Employer, *, now: datetime) -> list[Monitoring]:
    """Those whose number a listing bears with another name, the oldest doubt first: they are told of nothing."""
    own = Monitoring.objects.filter(employer=employer.pk, ended_at=None, until__gte=today(now))
    return list(own.exclude(doubted_at=None).order_by("doubted_at", "pk"))


def add_member(
    employer: Employer, *, username: str, name: str, email: str, role: MemberRole, officer: Officer, now: datetime
) -> tuple[Member, str]:
    """A member and the initial password, shown this once. HighCourtRegistrarNeeded; UserNameTaken."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        member, password = members.invite(employer.organisation, username=username, name=name, email=email, role=role)
        _write_down(employer, EmployerAct.Act.MEMBER, str(role.value), officer, now)
    return member, password


def many_names() -> int:
    """So many names that do not fit, in `DAYS` days, are an alarm."""
    most: int = settings.SHARING_MISMATCHES_ALARM
    return most


def given(reason: str) -> str:
    """The reason without blanks around it. Raises ReasonNeeded."""
    words = reason.strip()
    if not REASON_LEAST <= len(words) <= REASON_MOST:
        raise ReasonNeeded("reason")
    return words


def raise_alarms(*, now: datetime) -> int:
    """Write to the registry about employers that a person should look at, once a day and kind; the number of messages."""
    day = today(now)
    found = [*_names(now, day), *_quotas(day), *_doubts(now)]
    return sum(_raise(employer_id, kind, count, now) for employer_id, kind, count in found)


_Alarm = tuple[int, EmployerAlarm.Kind, int]


def _names(now: datetime, day: date) -> list[_Alarm]:
    """Employers that asked today with a name that does not fit, and often enough lately."""
    misses = Screening.objects.filter(held_because=HeldBecause.NAME, asked_at__gt=now - timedelta(days=DAYS))
    counted = misses.values("employer_id").annotate(count=Count("pk")).filter(count__gte=many_names())
    fresh = set(misses.filter(asked_at__gt=now - timedelta(days=1)).values_list("employer_id", flat=True))
    return [
        (row["employer_id"], EmployerAlarm.Kind.NAMES, row["count"]) for row in counted if row["employer_id"] in fresh
    ]


def _quotas(day: date) -> list[_Alarm]:
    used_up = QuestionsAsked.objects.filter(day__gt=day - WEEK, questions__gte=F("employer__employer__daily_quota"))
    counted = used_up.values("employer_id").annotate(count=Count("pk")).filter(count__gte=QUOTA_DAYS)
    return [(row["employer_id"], EmployerAlarm.Kind.QUOTA, row["count"]) for row in counted]


def _doubts(now: datetime) -> list[_Alarm]:
    fresh = Monitoring.objects.filter(ended_at=None, doubted_at__gt=now - timedelta(days=1))
    counted = fresh.order_by().values("employer_id").annotate(count=Count("pk"))
    return [(row["employer_id"], EmployerAlarm.Kind.DOUBT, row["count"]) for row in counted]


def _raise(employer_id: int, kind: EmployerAlarm.Kind, count: int, now: datetime) -> bool:
    """The message goes out before it is noted, and outside a transaction: rather told twice than never."""
    day = today(now)
    if EmployerAlarm.objects.filter(employer_id=employer_id, kind=kind, day=day).exists():
        return False
    employer = Organisation.objects.get(pk=employer_id)
    try:
        _message(employer, kind, count).send()
    except OSError:
        logger.exception("An alarm about employer %s could not be sent; it is tried again.", employer_id)
        return False
    alarm = EmployerAlarm(employer=employer, kind=kind, day=day, count=count, at=now)
    EmployerAlarm.objects.bulk_create([alarm], ignore_conflicts=True)
    return True


def _message(employer: Organisation, kind: EmployerAlarm.Kind, count: int) -> EmailMessage:
    context = {
        "employer": employer,
        "kind": kind.value,
        "count": count,
        "days": DAYS,
        "address": f"{settings.REGISTRY_ADDRESS.rstrip('/')}/desk/sharing/employers/{employer.code}/",
    }
    return EmailMessage(
        subject=f"用人单位查询异常 / Employer to look at: {employer.name}",
        body=render_to_string("employer/alarm.txt", context),
        to=[settings.REGISTRY_CONTACT_EMAIL],
    )


def recent_alarms(employer: Employer, *, now: datetime) -> list[EmployerAlarm]:
    since = today(now) - timedelta(days=DAYS)
    return list(EmployerAlarm.objects.filter(employer=employer.pk, day__gt=since).order_by("-day", "kind"))


def _quota_days(employer: Employer, since: date) -> int:
    used_up = QuestionsAsked.objects.filter(employer=employer.pk, day__gt=since, questions__gte=employer.daily_quota)
    return used_up.count()


def _write_down(employer: Employer, act: EmployerAct.Act, reason: str, officer: Officer | None, now: datetime) -> None:
    EmployerAct.objects.create(employer_id=employer.pk, act=act, reason=given(reason), officer=officer, at=now)
