"""What was filed by mistake, with a number that no case has, is struck out of the case register: proposed by one officer, done by another.

The figures count what was filed, so nobody takes anything out of them alone. The row stays with its acts and reasons; the number
is free again, and the case that was meant is filed as any other. What is entered from a case keeps it in the register.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registry.actions.acting import given, today
from registry.actions.cases import Hand, held_case, refuse_keeper
from registry.actions.matters import hold_courts, let_go
from registry.deputies import refuse_one_hand
from registry.errors import CaseHasDecision, NoStrikingProposed, StrikingProposed
from registry.models import Aside, Case, CaseAct, CaseActKind, CaseWay, Decision, Officer


def propose_striking(case_id: int, *, reason: str, officer: Officer, now: datetime) -> Case:
    """Say that the case never was one. ReasonNeeded, WrongRole, NotInTheBook, CaseHasDecision, StrikingProposed."""
    words = given(reason)
    with transaction.atomic():
        case = _held(case_id, officer)
        _refuse_entered(case)
        if case.strike_proposed_by_id is not None:
            raise StrikingProposed(number=case.number)
        case.strike_proposed_by = officer
        case.save(update_fields=["strike_proposed_by"])
        _note(case, CaseActKind.PROPOSE_STRIKING, words, officer, now)
    return case


def strike_case(case_id: int, *, officer: Officer, now: datetime) -> Case:
    """Another officer strikes it out. WrongRole, NotInTheBook, NoStrikingProposed, FourEyes, CaseHasDecision."""
    with transaction.atomic():
        case = _proposed(case_id, officer, now)
        _refuse_entered(case)
        let_go(case)
        case.continues = case.matter = None
        case.struck_by, case.struck_at = officer, now
        case.save(update_fields=["continues", "matter", "struck_by", "struck_at"])
        _note(case, CaseActKind.STRIKE, "", officer, now)
    return case


def keep_case(case_id: int, *, reason: str, officer: Officer, now: datetime) -> Case:
    """Another officer says no, and why. ReasonNeeded, WrongRole, NotInTheBook, NoStrikingProposed, FourEyes."""
    words = given(reason)
    with transaction.atomic():
        case = _proposed(case_id, officer, now)
        case.strike_proposed_by = None
        case.save(update_fields=["strike_proposed_by"])
        _note(case, CaseActKind.KEEP, words, officer, now)
    return case


def why_to_be_struck(case: Case) -> str:
    """What was said by who proposed it last."""
    last = CaseAct.objects.filter(case=case, act=CaseActKind.PROPOSE_STRIKING).last()
    return last.reason.words if last is not None and last.reason is not None else ""


def _held(case_id: int, officer: Officer) -> Case:
    """The case of the officer's court, locked; the court before it, so that nobody enters a decision meanwhile."""
    refuse_keeper(officer)
    hold_courts([officer.court.code])
    return held_case(case_id, officer.court)


def _proposed(case_id: int, officer: Officer, now: datetime) -> Case:
    case = _held(case_id, officer)
    if case.strike_proposed_by_id is None:
        raise NoStrikingProposed(number=case.number)
    refuse_one_hand(officer, today(now), case.strike_proposed_by_id, tried="strike_case")
    return case


def _refuse_entered(case: Case) -> None:
    if Decision.objects.filter(case=case).exists():
        raise CaseHasDecision(number=case.number)


def _note(case: Case, kind: CaseActKind, words: str, officer: Officer, now: datetime) -> None:
    act = Hand(way=CaseWay.DESK, officer=officer).note(case, kind, now=now)
    if words:
        act.reason = Aside("", words)
    act.save()
