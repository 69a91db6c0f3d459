"""What is due reaches the department's members in time, and what is overdue the court's registry too.

Reminded before the due day ends; told one, three and seven days after it (clocks `first_escalation` and on), and every
week from then on. One message a department, however much it owes; each duty is in none of its steps twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.actions.acting import today
from registry.addresses import absolute
from registry.assessment import rules
from registry.terms import TermRules, WorkCalendar
from registry.terms.clocks import Unit
from registry.turns import Lock, one_of
from sharing.departments import owing
from sharing.departments.models import Department, Escalation, Owed, Recall
from sharing.parties.members import addresses_of
from sharing.parties.models import Organisation

ABOUT = "what is owed, to department"
REMINDER = 1
STEPS = ("first_escalation", "second_escalation", "third_escalation")
WEEK = timedelta(days=7)
MORNING = 8  # nobody is written to before this hour of the court
SHOWN, CHUNK = 20, 500


def escalate(*, now: datetime) -> int:
    """Tell people of everything that reached its next step; the number of messages. Run by the clock, resumable."""
    with one_of(of=Lock.ESCALATING) as turn:
        if turn is None:
            return 0
        departments = list(Department.objects.select_related("organisation").order_by("pk"))
        for department in departments:
            owing.keep(department.pk, now=now)
        if now.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE)).hour < MORNING:
            return 0
        return sum(_tell(department.organisation, now) for department in departments)


def reached(due_on: date, day: date, clock: str, by: TermRules) -> int:
    """How many steps a duty has reached on the day: 0 nothing, 1 a reminder, 2 and more overdue."""
    if day <= due_on:
        return REMINDER if day >= _reminded_on(due_on, clock, by) else 0
    late = day - due_on
    passed = [name for name in STEPS if day >= due_on + timedelta(days=by.clocks[name].number)]
    weeks = (late - timedelta(days=by.clocks[STEPS[-1]].number)) // WEEK if len(passed) == len(STEPS) else 0
    return REMINDER + len(passed) + weeks


def working_days_late(due_on: date, day: date, calendar: WorkCalendar) -> int:
    """How many working days have begun since the due day; 0 on it and before."""
    return sum(calendar.is_working(due_on + timedelta(days=n)) for n in range(1, (day - due_on).days + 1))


def _reminded_on(due_on: date, clock: str, by: TermRules) -> date:
    """The working day before, unless the whole time is no longer than a day: then the day itself."""
    if by.clocks[clock].number <= 1 or by.clocks[clock].unit is not Unit.WORKING_DAYS:
        return due_on
    day = due_on - timedelta(days=1)
    while not by.calendar.is_working(day):
        day -= timedelta(days=1)
    return day


@dataclass(frozen=True)
class _Found:
    """Duties of one kind, due day and step that have reached another."""

    rows: QuerySet[Recall] | QuerySet[Owed]
    clock: str
    due_on: date
    step: int
    count: int


def _tell(department: Organisation, now: datetime) -> bool:
    """The message goes out before its steps are saved, and outside a transaction: rather told twice than never."""
    found = list(_reaching(department.pk, today(now)))
    if not found:
        return False
    overdue = any(each.step > REMINDER for each in found)
    members = addresses_of(department)
    court = overdue or not members
    to = [*members, *([settings.REGISTRY_CONTACT_EMAIL] if court else [])]
    write = partial(_message, department, found, to, today(now))
    if not letters.sent_unless_it_rests(write, ABOUT, department.pk, now=now):
        return False
    count = Counter[bool]()
    for each in found:
        count[each.step > REMINDER] += each.count
        _save(each, now)
    Escalation.objects.create(
        department=department, at=now, court=court, members=len(members), due=count[False], overdue=count[True]
    )
    return True


def _reaching(department_id: int, day: date) -> Iterator[_Found]:
    by = rules()
    recalls = Recall.objects.filter(department_id=department_id, closed_by=None)
    owed = Owed.objects.filter(department_id=department_id, since__isnull=False, due_on__isnull=False)
    kinds: tuple[tuple[QuerySet[Recall] | QuerySet[Owed], str], ...] = ((recalls, owing.PURGE), (owed, owing.RECEIPT))
    for rows, clock in kinds:
        groups = Counter(rows.filter(due_on__lte=day + WEEK).values_list("due_on", "step"))
        for due_on in sorted({due_on for due_on, _ in groups if due_on is not None}):
            step = reached(due_on, day, clock, by)
            count = sum(many for (on, before), many in groups.items() if on == due_on and before < step)
            if count:
                yield _Found(rows.filter(due_on=due_on, step__lt=step), clock, due_on, step, count)


def _save(found: _Found, now: datetime) -> None:
    model: type[Model] = found.rows.model
    while ids := list(found.rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        model._default_manager.filter(pk__in=ids).update(step=found.step, told_at=now)


def _message(department: Organisation, found: list[_Found], to: list[str], day: date) -> EmailMessage:
    """In both languages, about no person: figures, days and listing numbers."""
    lines = [
        {
            "purge": each.clock == owing.PURGE,
            "count": each.count,
            "due_on": each.due_on,
            "late": working_days_late(each.due_on, day, rules().calendar),
        }
        for each in found
    ]
    context = {
        "department": department,
        "lines": lines,
        "overdue": any(line["late"] for line in lines),
        "numbers": _numbers(found),
        "address": absolute(reverse("department:owed")),
    }
    overdue = any(each.step > REMINDER for each in found)
    said = ("回执逾期", "Receipts are overdue") if overdue else ("回执即将到期", "Receipts are due")
    return EmailMessage(
        subject=f"{said[0]} / {said[1]}: {department.name}",
        body=render_to_string("department/escalation.txt", context),
        to=to,
    )


def _numbers(found: list[_Found]) -> list[str]:
    """Of the withdrawals first; so many that a person can look at them."""
    numbers: list[str] = []
    for each in found:
        path = "listing__number" if each.clock == owing.PURGE else "event__listing__number"
        numbers += each.rows.order_by("pk").values_list(path, flat=True)[: SHOWN - len(numbers)]
    return list(dict.fromkeys(numbers))
