"""The case register: filed, concluded; so that what was filed and what was entered can be compared."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import case_number, codes
from registry.actions.acting import hold_court, today
from registry.actions.examining import refuse_future
from registry.entries import CaseEntry
from registry.errors import DatesOutOfOrder, DuplicateCase, FieldMissing, WrongRole
from registry.models import Case, Court, Officer, Role


def file_case(entry: CaseEntry, *, officer: Officer, now: datetime) -> Case:
    """Put a case into the register of the officer's court, with its outcome where it is known."""
    _refuse_role(officer)
    day = today(now)
    refuse_future(entry.filed_on, "filed_on", day)
    number = case_number.parse(entry.number, court=entry.court, today=day)
    case_number.require_court(number, officer.court.code)
    case = Case(court=officer.court, number=number.text, number_as_typed=entry.number, filed_on=entry.filed_on)
    case.continues = _earlier(entry.continues, officer.court, day) if entry.continues else None
    case.matter = case.continues and (case.continues.matter or case.continues)
    if entry.outcome or entry.concluded_on:
        _conclude(case, entry.outcome, entry.concluded_on, day)
    with transaction.atomic():
        hold_court(officer)
        if Case.objects.filter(court=officer.court, number=number.text).exists():
            raise DuplicateCase("number", number=number.text)
        case.save(force_insert=True)
    return case


def conclude_case(case_id: int, *, outcome: str, concluded_on: date, officer: Officer, now: datetime) -> Case:
    _refuse_role(officer)
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id, court=officer.court)
        _conclude(case, outcome, concluded_on, today(now))
        case.save()
    return case


def _conclude(case: Case, outcome: str, concluded_on: date | None, day: date) -> None:
    codes.require("case_outcomes", outcome, "outcome")
    if concluded_on is None:
        raise FieldMissing("concluded_on", name=_("date concluded"))
    refuse_future(concluded_on, "concluded_on", day)
    if concluded_on < case.filed_on:
        raise DatesOutOfOrder("concluded_on", later=_("The conclusion"), earlier=_("the filing"))
    case.outcome, case.concluded_on = outcome, concluded_on


def _earlier(typed: str, court: Court, day: date) -> Case | None:
    """The earlier case of the matter; it may belong to a lower court, so its own number names its court."""
    number = case_number.parse(typed, today=day, court=court.code, field="continues")
    return Case.objects.select_related("matter").filter(court__code=number.court, number=number.text).first()


def _refuse_role(officer: Officer) -> None:
    if officer.role not in (Role.CLERK, Role.REGISTRAR):
        raise WrongRole(act=_("keep the case register"), roles=f"{Role.CLERK.label}, {Role.REGISTRAR.label}")
