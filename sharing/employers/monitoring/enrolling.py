"""Enrolling an employee: the question is asked once as any other, and its answer is what a change is measured by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from registry.actions.acting import today
from registry.errors import (
    ConsentNeeded,
    EmployerSuspended,
    MonitoredAlready,
    MonitoringFull,
    NotEnrolled,
    Refusal,
    SignedFormNeeded,
    UntilImpossible,
)
from registry.keys import digest_keys
from registry.terms import after_months
from registry.ulid import new_ulid
from sharing.employers import lookup, numbers_refused, reference, screening, standing
from sharing.employers.consent import TypedCode
from sharing.employers.lookup import Subject
from sharing.employers.models import Employer, MonitoredDigest, Monitoring, Screening
from sharing.employers.question import Question
from sharing.parties.models import Client, Member

MONTHS_MOST = 12


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """``until``: the last day, which the consent names; ``reference``: HR's own word for the employee, never a number
    of a document.
    """

    question: Question
    until: date
    reference: str

    @property
    def asked(self) -> Question:
        """The question, told apart from one that enrols nobody or until another day."""
        return replace(self.question, enrolment=f"monitoring until {self.until} {self.reference}")


def enrol(enrolment: Enrolment, *, employer: Employer, by: Client | Member, now: datetime) -> Monitoring:
    """Ask, and enrol where the answer is a result. The same request again gives the same monitoring.

    SignedFormNeeded; UntilImpossible, ReferenceNeeded, ReferenceIsNumber; MonitoredAlready, MonitoringFull; ConsentNeeded, also where a
    question needs none; the refusals of `screening.ask`. NotEnrolled: asked and recorded, but an officer looks first,
    for whatever cause; where it is the name, no later look could tell, and which it was is not said.
    """
    try:
        return _enrolled(enrolment, employer, by, now)
    except Refusal as refusal:
        numbers_refused.note(refusal, employer.pk, today(now))
        raise


def _enrolled(enrolment: Enrolment, employer: Employer, by: Client | Member, now: datetime) -> Monitoring:
    with transaction.atomic():
        if standing.hold(employer.pk) is None:
            raise EmployerSuspended
        locked = Employer.objects.select_for_update(no_key=True).get(pk=employer.pk)
        enrolled = _enrolled_before(enrolment, employer)
        subject = _subject(enrolment, now)
        if enrolled is None:
            _refuse(enrolment, subject, locked, today(now))
        asked = screening.ask(enrolment.asked, employer=employer.organisation, asker=by, now=now).screening
        if asked.consent is None:
            raise ConsentNeeded("consent")
        if enrolled is None and not asked.held_because:
            enrolled = _enrol(enrolment, subject, asked, by, now)
    if enrolled is None:
        raise NotEnrolled(screening=asked.pk)
    return enrolled


def last_day(day: date) -> date:
    """The latest that a monitoring which begins on this day may end."""
    return after_months(day, MONTHS_MOST)


def check_until(until: date, day: date) -> None:
    """Raises UntilImpossible."""
    if not day <= until <= last_day(day):
        raise UntilImpossible("until", months=MONTHS_MOST, first=day.isoformat(), last=last_day(day).isoformat())


def _enrolled_before(enrolment: Enrolment, employer: Employer) -> Monitoring | None:
    key = enrolment.question.idempotency_key
    return Monitoring.objects.filter(employer=employer.pk, first__idempotency_key=key).first()


def _subject(enrolment: Enrolment, now: datetime) -> Subject:
    asked = enrolment.question
    return lookup.subject(
        document_type=asked.document_type, document_number=asked.document_number, name=asked.name, today=today(now)
    )


def _refuse(enrolment: Enrolment, subject: Subject, employer: Employer, day: date) -> None:
    """What would be refused is refused before the question costs anything."""
    if isinstance(enrolment.question.consent, TypedCode):
        raise SignedFormNeeded("consent")
    check_until(enrolment.until, day)
    reference.check(enrolment.reference)
    enrolled = Monitoring.objects.filter(employer=employer.pk, ended_at=None, until__gte=day)
    question = enrolment.question
    same = enrolled.filter(purpose=question.purpose, post=question.post, digests__digest__in=subject.digests)
    if same.exists():
        raise MonitoredAlready
    if enrolled.count() >= employer.monitored_most:
        raise MonitoringFull(most=employer.monitored_most)


def _enrol(enrolment: Enrolment, subject: Subject, asked: Screening, by: Client | Member, now: datetime) -> Monitoring:
    enrolled = Monitoring(
        id="mon_" + new_ulid(now),
        employer=asked.employer,
        client=by if isinstance(by, Client) else None,
        member=by if isinstance(by, Member) else None,
        reference=enrolment.reference.strip(),
        purpose=asked.purpose,
        post=asked.post,
        scope=asked.scope,
        consent=asked.consent,
        until=enrolment.until,
        digest_key=digest_keys().current,
        first=asked,
        latest=asked,
        enrolled_at=now,
        looked_position=asked.as_of,
        looked_on=today(now),
    )
    enrolled.subject = lookup.kept(subject)
    enrolled.save(force_insert=True)
    MonitoredDigest.objects.bulk_create(MonitoredDigest(monitoring=enrolled, digest=each) for each in subject.digests)
    return enrolled
