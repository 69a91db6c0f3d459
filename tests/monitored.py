"""Who is monitored in the tests: the defendant of the cast, enrolled by the bank until half a year later."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sharing.employers.models import Employer, Monitoring, MonitoringChange
from sharing.employers.monitoring import enrolling, walking
from sharing.employers.monitoring.enrolling import Enrolment
from sharing.parties.models import Member
from tests import asking, cast

UNTIL = date(2027, 5, 24)
_references = itertools.count(1)


def enrolment(until: date = UNTIL, reference: str = "", **question: Any) -> Enrolment:
    return Enrolment(
        question=asking.question(**question), until=until, reference=reference or f"HR-{next(_references)}"
    )


def enrolled(
    asked: Enrolment | None = None, employer: Employer | None = None, now: datetime = cast.NOW, by: Member | None = None
) -> Monitoring:
    employer = employer or asking.bank()
    return enrolling.enrol(
        asked or enrolment(), employer=employer, by=by or asking.machine(employer.organisation), now=now
    )


def somebody_else(**changes: Any) -> Enrolment:
    return enrolment(name="欧阳㛃", document_number=cast.SECOND_NUMBER, **changes)


def changes(now: datetime = cast.NOW) -> list[tuple[str, str]]:
    """Walk, and say every change there is: from what to what."""
    walking.walk(now=now)
    return [(each.was, each.outcome) for each in MonitoringChange.objects.order_by("at", "number")]


def again(asked: Enrolment) -> Enrolment:
    """The same, with a fresh form and key."""
    fresh = asking.question()
    question = replace(asked.question, consent=fresh.consent, idempotency_key=fresh.idempotency_key)
    return replace(asked, question=question)
