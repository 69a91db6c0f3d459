"""With whom drafts and reviews wait: handing them to somebody else, on record. Who entered a draft stays who entered it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry.actions.acting import hold_decisions, lock, today
from registry.deputies import absent_for
from registry.errors import AnotherCourt, NotAReceiver, NothingToHandOver, WrongRole
from registry.lifecycle import DESK
from registry.models import Decision, HandOver, Listing, Officer, Role, State, WaitsAs
from registry.storing import store


def hand_over(decision_id: int, receiver: Officer, *, officer: Officer, now: datetime) -> list[Listing]:
    """A decision and what of it is at the desk wait with another clerk from now on: all of it where a registrar of the
    court says so, and what waits with him where a clerk does. Raises `WrongRole`, `NotAReceiver`, `NothingToHandOver`.
    """
    with transaction.atomic():
        decision = _decision(decision_id, officer)
        _refuse_receiver(receiver, decision, Role.CLERK)
        listings = lock(_at_the_desk(decision).values_list("pk", flat=True))
        mine = _his(officer, [decision.held_by_id, *(row.held_by_id for row in listings)], now)
        rows = [row for row in listings if row.held_by_id != receiver.pk and (mine is None or row.held_by_id in mine)]
        moves = decision.held_by_id != receiver.pk and (mine is None or decision.held_by_id in mine)
        if not rows and not (moves and not listings):
            raise NothingToHandOver
        _keep(WaitsAs.DRAFT, decision, rows, receiver, officer, now)
        if moves:
            Decision.objects.filter(pk=decision.pk).update(held_by=receiver)
        Listing.objects.filter(pk__in=[row.pk for row in rows]).update(held_by=receiver)
    return rows


def assign_review(decision_id: int, receiver: Officer | None, *, officer: Officer, now: datetime) -> list[Listing]:
    """Which judge of the court is asked first; None: each of them. By a registrar or judge of the court. The others may
    review it all the same. Raises `WrongRole`, `NotAReceiver`, `NothingToHandOver`.
    """
    if officer.role not in (Role.JUDGE, Role.REGISTRAR) or not officer.account.is_active:
        raise WrongRole(act=_("assign a review"), roles=_("judge or registrar of the court"))
    with transaction.atomic():
        decision = _decision(decision_id, officer)
        if receiver is not None:
            _refuse_receiver(receiver, decision, Role.JUDGE)
        waiting = Listing.objects.filter(party__decision=decision, state=State.IN_REVIEW)
        after = receiver.pk if receiver else None
        rows = [row for row in lock(waiting.values_list("pk", flat=True)) if row.assigned_to_id != after]
        if not rows:
            raise NothingToHandOver
        _keep(WaitsAs.REVIEW, decision, rows, receiver, officer, now)
        Listing.objects.filter(pk__in=[row.pk for row in rows]).update(assigned_to=receiver)
    return rows


def pass_on(leaving: Officer, receiver: Officer | None, *, officer: Officer, now: datetime) -> int:
    """Everything that waits with an officer who leaves waits with ``receiver``, or with nobody; how many decisions.

    In the caller's transaction.
    """
    empty = Decision.objects.filter(held_by=leaving)
    waiting = [
        *Listing.objects.filter(state__in=DESK, held_by=leaving).values_list("pk", "party__decision"),
        *Listing.objects.filter(state__in=DESK, assigned_to=leaving).values_list("pk", "party__decision"),
    ]
    hold_decisions([*empty.values_list("pk", flat=True), *(decision for _pk, decision in waiting)])
    rows = lock(pk for pk, _decision in waiting)
    drafts = _by_decision(row for row in rows if row.held_by_id == leaving.pk)
    for decision in empty.exclude(pk__in=[each.pk for each in drafts]).filter(is_empty=True):
        drafts[decision] = []
    assigned = _by_decision(row for row in rows if row.assigned_to_id == leaving.pk)
    for kind, found in ((WaitsAs.DRAFT, drafts), (WaitsAs.REVIEW, assigned)):
        for decision, listings in found.items():
            _keep(kind, decision, listings, receiver, officer, now)
    Listing.objects.filter(pk__in=[row.pk for each in drafts.values() for row in each]).update(held_by=receiver)
    Listing.objects.filter(pk__in=[row.pk for each in assigned.values() for row in each]).update(assigned_to=receiver)
    empty.update(held_by=receiver)
    return len(drafts) + len(assigned)


def waits_with(officer: Officer) -> dict[str, int]:
    """How much waits with him: decisions without a party, drafts, listings beyond them at the desk, reviews."""
    held = Listing.objects.filter(held_by=officer)
    return {
        "empty": Decision.objects.filter(held_by=officer, is_empty=True).count(),
        "drafts": held.filter(state=State.DRAFT).count(),
        "submitted": held.filter(state__in=(State.IN_REVIEW, State.AWAITING_EFFECT)).count(),
        "reviews": Listing.objects.filter(state=State.IN_REVIEW, assigned_to=officer).count(),
    }


def _decision(decision_id: int, officer: Officer) -> Decision:
    decision = Decision.objects.select_for_update(no_key=True).get(pk=decision_id)
    if decision.court_id != officer.court_id:
        raise AnotherCourt
    return decision


def _refuse_receiver(receiver: Officer, decision: Decision, role: Role) -> None:
    fits = receiver.role == role and receiver.court_id == decision.court_id and receiver.account.is_active
    if not fits:
        raise NotAReceiver("receiver", role=role.label)


def _his(officer: Officer, holders: Sequence[int | None], now: datetime) -> set[int] | None:
    """What is with whom may be moved by this officer: with himself and whom he stands in for; None: with anybody."""
    if not officer.account.is_active or officer.role not in (Role.CLERK, Role.REGISTRAR):
        raise WrongRole(act=_("hand over drafts"), roles=_("the clerk they wait with, or a registrar of the court"))
    if officer.role == Role.REGISTRAR:
        return None
    mine = {officer.pk, *absent_for(officer, [each for each in holders if each], today(now))}
    if not mine & set(holders):
        raise WrongRole(act=_("hand over drafts"), roles=_("the clerk they wait with, or a registrar of the court"))
    return mine


def _at_the_desk(decision: Decision) -> QuerySet[Listing]:
    return Listing.objects.filter(party__decision=decision, state__in=DESK)


def _by_decision(listings: Iterable[Listing]) -> dict[Decision, list[Listing]]:
    together: dict[Decision, list[Listing]] = {}
    for row in listings:
        together.setdefault(row.party.decision, []).append(row)
    return together


def _keep(
    kind: WaitsAs,
    decision: Decision,
    listings: Sequence[Listing],
    receiver: Officer | None,
    officer: Officer,
    now: datetime,
) -> None:
    """One row for each officer with whom something of it waited before."""
    before: dict[int | None, list[str]] = {}
    for row in listings:
        before.setdefault(row.held_by_id if kind == WaitsAs.DRAFT else row.assigned_to_id, []).append(row.number)
    if not listings:
        before[decision.held_by_id] = []
    store(
        [
            HandOver(
                kind=kind, decision=decision, numbers=numbers, before_id=was, after=receiver, officer=officer, at=now
            )
            for was, numbers in before.items()
        ]
    )
