"""The case register: filed, concluded, set aside; so that what was filed and what was entered can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import case_number, changed_earlier, codes, not_entered
from registry.actions.acting import given, today
from registry.actions.findings import Findings, refuse_future
from registry.actions.matters import find_earlier, hold_courts, read_earlier, take_up
from registry.entries import CaseEntry
from registry.errors import (
    CaseEnteredOtherwise,
    CaseNotAwaited,
    CaseNotSetAside,
    DatesOutOfOrder,
    DuplicateCase,
    FieldMissing,
    NothingToLookAt,
    NotInTheBook,
    WordsWhereBarred,
    WrongRole,
)
from registry.models import Aside, Case, CaseAct, CaseActKind, CaseWay, Court, Officer, Role
from registry.storing import new_row

KEEPERS = (Role.CLERK, Role.REGISTRAR)
BARRED = "barred"
WORDS_MOST = 500

Changes = Mapping[str, tuple[str, str]]  # field → before, since


@dataclass(frozen=True, kw_only=True)
class Hand:
    """By whom and which way something comes into the register: an officer, or the machine of ``system``."""

    way: CaseWay
    officer: Officer | None = None
    system: str = ""

    def note(self, case: Case, act: CaseActKind, *, now: datetime, changes: Changes | None = None) -> CaseAct:
        return new_row(
            CaseAct,
            case=case,
            act=act,
            way=self.way,
            officer=self.officer,
            system=self.system,
            at=now,
            changes=changes or {},
        )


def file_case(entry: CaseEntry, *, officer: Officer, now: datetime) -> Case:
    """Put a case into the register of the officer's court, with its outcome where it is known."""
    refuse_keeper(officer)
    day = today(now)
    refuse_future(entry.filed_on, "filed_on", day)
    number = case_number.parse(entry.number, court=entry.court, today=day)
    case_number.require_court(number, officer.court.code)
    case = Case(court=officer.court, number=number.text, number_as_typed=entry.number)
    fill(case, entry, day)
    return _put(case, Hand(way=CaseWay.DESK, officer=officer), now)


def file_with_decision(
    number: str, typed: str, filed_on: date, *, court: Court, officer: Officer, now: datetime
) -> Case:
    """The case of a decision that is entered before the register holds it. The court is held already."""
    case = Case(court=court, number=number, number_as_typed=typed, filed_on=filed_on)
    put(case)
    Hand(way=CaseWay.ENTRY, officer=officer).note(case, CaseActKind.FILE, now=now).save()
    return case


def conclude_case(
    case_id: int,
    *,
    outcome: str,
    concluded_on: date,
    officer: Officer,
    now: datetime,
    effective_on: date | None = None,
) -> Case:
    refuse_keeper(officer)
    with transaction.atomic():
        case = held_case(case_id, officer.court)
        before = values(case)
        _conclude(case, outcome, concluded_on, effective_on, today(now))
        if not not_entered.expects_decision(outcome) and case.is_entered:
            raise CaseEnteredOtherwise("outcome", number=case.number)
        told_before = bool(before["outcome"]) and not case.concluded_by_decision
        was_supplied, case.concluded_by_decision = case.concluded_by_decision, False
        case.save(update_fields=["outcome", "concluded_on", "effective_on", "concluded_by_decision"])
        act = CaseActKind.CHANGE if told_before else CaseActKind.CONCLUDE
        if (changed := differences(before, values(case))) or was_supplied:
            Hand(way=CaseWay.DESK, officer=officer).note(case, act, now=now, changes=changed).save()
    return case


def set_case_aside(case_id: int, *, reason: str, words: str, officer: Officer, now: datetime) -> Case:
    """No decision is to be entered from the case. ``reason``: of `not_entered_reasons`. CaseNotAwaited, UnknownCode,
    WordsWhereBarred: a juvenile's case is never to be told from another one.
    """
    refuse_keeper(officer)
    codes.require("not_entered_reasons", reason, "reason")
    said = " ".join(words.split())[:WORDS_MOST]
    if said and reason == BARRED:
        raise WordsWhereBarred("words")
    with transaction.atomic():
        case = held_case(case_id, officer.court)
        if not not_entered.awaited(Case.objects.filter(pk=case_id)).exists():
            raise CaseNotAwaited(number=case.number)
        case.set_aside_at = now
        case.save(update_fields=["set_aside_at"])
        act = Hand(way=CaseWay.DESK, officer=officer).note(case, CaseActKind.SET_ASIDE, now=now)
        act.reason = Aside(reason, said)
        act.save()
    return case


def look_at_earlier(case_id: int, *, words: str, officer: Officer, now: datetime) -> Case:
    """Nothing more has to change in what the officer's court has listed from earlier cases of the matter; ``words``: why.

    ReasonNeeded, NothingToLookAt.
    """
    refuse_keeper(officer)
    with transaction.atomic():
        case = held_case(case_id)
        if not changed_earlier.asking(Case.objects.filter(pk=case_id), officer.court).exists():
            raise NothingToLookAt
        by = Hand(way=CaseWay.DESK, officer=officer)
        act = by.note(case, CaseActKind.LOOK_AT_EARLIER, now=now, changes={"court": ("", officer.court.code)})
        act.reason = Aside("", given(words))
        act.save()
    return case


def take_case_back(case_id: int, *, officer: Officer, now: datetime) -> Case:
    """A decision is to be entered from the case after all. CaseNotSetAside."""
    refuse_keeper(officer)
    with transaction.atomic():
        case = held_case(case_id, officer.court)
        if case.set_aside_at is None:
            raise CaseNotSetAside(number=case.number)
        case.set_aside_at = None
        case.save(update_fields=["set_aside_at"])
        Hand(way=CaseWay.DESK, officer=officer).note(case, CaseActKind.TAKE_BACK, now=now).save()
    return case


def held_case(case_id: int, court: Court | None = None) -> Case:
    """The case, of this court where one is named, locked. NotInTheBook: also where it was struck out meanwhile."""
    rows = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("court").filter(pk=case_id)
    case = (rows if court is None else rows.filter(court=court)).first()
    if case is None:
        raise NotInTheBook
    return case


def fill(case: Case, entry: CaseEntry, day: date) -> None:
    """What the entry says, into a case that has its court and number. Raises everything that is wrong with it."""
    findings = Findings()
    with findings.note():
        if entry.filed_on is None:
            raise FieldMissing("filed_on", name=_("filed on"))
        refuse_future(entry.filed_on, "filed_on", day)
        case.filed_on = entry.filed_on
    with findings.note():
        if entry.continues:
            earlier = read_earlier(entry.continues, court=case.court.code, day=day)
            case.earlier_court, case.earlier_number = earlier.court, earlier.text
    with findings.note():
        if not findings.found and (entry.outcome or entry.concluded_on or entry.effective_on):
            _conclude(case, entry.outcome, entry.concluded_on, entry.effective_on, day)
    findings.settle()


def put(case: Case) -> None:
    """Into the register, linked with the rest of its matter. The courts of both cases are held. MatterInCircle."""
    find_earlier(case)
    case.save(force_insert=True)
    take_up(case)


def values(case: Case) -> dict[str, str]:
    """What may change of a case, as it stands in `CaseAct.changes`."""
    days = {name: getattr(case, name) for name in ("filed_on", "concluded_on", "effective_on")}
    texts = {name: day.isoformat() if day else "" for name, day in days.items()}
    return {"outcome": case.outcome, "continues": case.earlier_number, **texts}


def differences(before: Mapping[str, str], since: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {name: (before[name], since[name]) for name in before if before[name] != since[name]}


def refuse_keeper(officer: Officer) -> None:
    """Raise `WrongRole` for anybody but clerks and registrars."""
    if officer.role not in KEEPERS or not officer.account.is_active:
        raise WrongRole(act=_("keep the case register"), roles=f"{Role.CLERK.label}, {Role.REGISTRAR.label}")


def _put(case: Case, hand: Hand, now: datetime) -> Case:
    with transaction.atomic():
        hold_courts((case.court.code, case.earlier_court))
        if Case.objects.filter(court=case.court, number=case.number).exists():
            raise DuplicateCase("number", number=case.number)
        put(case)
        hand.note(case, CaseActKind.FILE, now=now).save()
    return case


def _conclude(case: Case, outcome: str, concluded_on: date | None, effective_on: date | None, day: date) -> None:
    codes.require("case_outcomes", outcome, "outcome")
    if concluded_on is None:
        raise FieldMissing("concluded_on", name=_("date concluded"))
    refuse_future(concluded_on, "concluded_on", day)
    refuse_future(effective_on, "effective_on", day)
    if concluded_on < case.filed_on:
        raise DatesOutOfOrder("concluded_on", later=_("The conclusion"), earlier=_("the filing"))
    if effective_on is not None and effective_on < concluded_on:
        raise DatesOutOfOrder("effective_on", later=_("The effect"), earlier=_("the conclusion"))
    case.outcome, case.concluded_on, case.effective_on = outcome, concluded_on, effective_on
