"""The conclusion that a decision in force supplies to its case, until case management or a keeper of the register tells of it.

A judgment that is in force has concluded its case, whoever has told of it so far; without that its persons counted as convicted, and the
case not as concluded. What the outcome is follows from the kind of case and the form of the decision (`case_kinds.json`), the day is that of
pronouncement. What was told is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from registry import case_number, codes
from registry.actions.acting import today
from registry.actions.cases import Hand, differences, values
from registry.models import Case, CaseActKind, CaseWay, Decision, Listing
from registry.not_concluded import counted
from registry.storing import store

BY_DECISION = Hand(way=CaseWay.ENTRY)


def supply(listings: Iterable[Listing], *, now: datetime) -> None:
    """Conclude the cases of these, which take effect now, where nobody did. To be called before the log is written: a case is locked
    before the head row.
    """
    decisions = {row.party.decision.case_id: row.party.decision for row in listings if row.party.decision.case_id}
    if not decisions:
        return
    found = [(case, decisions[case.pk]) for case in _held(Q(pk__in=decisions, outcome=""))]
    followed = [(case, outcome_of(case, decision, now), decision) for case, decision in found]
    sound = [each for each in followed if each[1] and each[0].filed_on <= each[2].pronounced_on]
    notes = []
    for case, outcome, decision in sound:
        before = values(case)
        case.outcome, case.concluded_on = outcome, decision.pronounced_on
        notes.append(BY_DECISION.note(case, CaseActKind.CONCLUDE, now=now, changes=differences(before, values(case))))
    _save({case.pk: outcome for case, outcome, _decision in sound})
    store(notes)


def follow_cause(listing: Listing, *, in_error: bool, now: datetime) -> None:
    """The listing's withdrawal says, or says no more, that it should never have stood; its decision is held. Where nobody counts by
    that decision any more, the case is as open as before it was entered.
    """
    case_id = listing.party.decision.case_id
    if case_id is None:
        return
    if not in_error:
        supply([listing], now=now)
        return
    if counted().filter(party__decision=listing.party.decision).exclude(pk=listing.pk).exists():
        return
    for case in _held(Q(pk=case_id, concluded_by_decision=True)):
        _take_back(case, now)


def outcome_of(case: Case, decision: Decision, now: datetime) -> str:
    """How the decision concludes its case, by the list of kinds; "" where that does not follow from it."""
    kind = case_number.parse(case.number, today=today(now), court=case.court.code).kind
    row = codes.entries("case_kinds").get(kind)
    outcome = str(row.extra.get(decision.instrument) or "") if row is not None else ""
    return outcome if outcome in codes.entries("case_outcomes") else ""


def _held(which: Q) -> QuerySet[Case]:
    held = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("court")
    return held.filter(which).order_by("pk")


def _save(outcomes: Mapping[int, str]) -> None:
    """One statement for each outcome: an import supplies hundreds at once."""
    pronounced = Subquery(Decision.objects.filter(case=OuterRef("pk")).values("pronounced_on")[:1])
    for outcome in sorted(set(outcomes.values())):
        of_it = [pk for pk, each in outcomes.items() if each == outcome]
        Case.objects.filter(pk__in=of_it).update(outcome=outcome, concluded_on=pronounced, concluded_by_decision=True)


def _take_back(case: Case, now: datetime) -> None:
    before = values(case)
    case.outcome, case.concluded_on, case.effective_on, case.concluded_by_decision = "", None, None, False
    case.save(update_fields=["outcome", "concluded_on", "effective_on", "concluded_by_decision"])
    BY_DECISION.note(case, CaseActKind.CHANGE, now=now, changes=differences(before, values(case))).save()
