"""The tour's steps done by the visitor: who to be, which page opens, and what is laid out on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from config.demo.pages import hiring, parts
from config.demo.people import SERVICE
from config.demo.playbill import COURT_REGISTRAR
from config.demo.tour_acts import ACQUITTAL, CORRECTION, UPHELD, correction, number_of, ruling
from config.demo.touring import Progress, Step
from registry.actions.acting import today
from registry.admin.prefill import KEY as PREFILL
from registry.entries import DecisionEntry, PartyEntry
from registry.models import Listing, Role, State
from sharing.persons.models import Objection, ObjectionState

Typed = dict[str, Any]


@dataclass(frozen=True)
class Opening:
    """``session``: what is laid out for the page, by the key under which it looks there."""

    part: str
    address: str
    session: dict[str, Any] = field(default_factory=dict)


def opening(step: Step, progress: Progress, now: datetime) -> Opening | None:
    """None where nothing is left to do by hand."""
    if step is Step.ENTER:
        return _enter(progress, now)
    if progress.listing is None or step not in _OPENS:
        return None
    return _OPENS[step](progress, progress.listing, now)


def _enter(progress: Progress, now: datetime) -> Opening | None:
    """The clerk's next page; the pages after it are laid out as well, since the desk leads on to them by itself."""
    judgment, decision = progress.tour.judgment, progress.decision
    prefill = {
        "new_decision": _decision(judgment.decision),
        "add_party": _party(judgment.party),
    }
    if decision is None:
        return Opening(Role.CLERK, reverse("admin:new_decision"), {PREFILL: prefill})
    del prefill["new_decision"]
    page = _next_page_of_the_clerk(progress.listing)
    return Opening(Role.CLERK, reverse(page, args=[decision.pk]), {PREFILL: prefill}) if page else None


def _next_page_of_the_clerk(listing: Listing | None) -> str:
    if listing is None:
        return "admin:add_party"
    if listing.state == State.DRAFT:
        return "admin:submit"
    return "admin:no_appeal" if listing.no_appeal_confirmed_at is None else ""


def _approve(progress: Progress, listing: Listing, now: datetime) -> Opening:
    """The judge approves; then the clerk records that the notice was served."""
    if listing.state == State.AWAITING_EFFECT:
        address = reverse("admin:service", args=[listing.party.decision_id])
        served = {"served_on": today(now).isoformat(), "how": "in_court", "reference": SERVICE}
        return Opening(Role.CLERK, address, {PREFILL: {address: {"values": served}}})
    address = reverse("admin:review", args=[listing.party.decision_id])
    typed = {f"number-{listing.pk}": number_of(listing).number}
    return Opening(Role.JUDGE, address, {PREFILL: {address: {"values": typed}}})


def _ask(progress: Progress, listing: Listing, now: datetime) -> Opening:
    return Opening(parts.HR, reverse("demo:as_hr"), {hiring.PREFILLED: hiring.LISTED})


def _object(progress: Progress, listing: Listing, now: datetime) -> Opening:
    """The person objects; then the registrar checks the form and admits it."""
    if progress.objection is None:
        return Opening(parts.PERSON, reverse("person:new_objection"))
    return _step_of(progress.objection, "admit", COURT_REGISTRAR)


def _step_of(found: Objection, step: str, part: str, **values: str) -> Opening:
    address = reverse("sharing_desk:objection_step", args=[found.number, step])
    return Opening(part, address, {PREFILL: {address: {"values": values}}})


def _correct(progress: Progress, listing: Listing, now: datetime) -> Opening:
    """The registrar upholds the objection, two officers correct the listing, the clerk closes the objection with it."""
    found = progress.objection
    if found is not None and found.state == ObjectionState.ADMITTED:
        return _step_of(found, "uphold", COURT_REGISTRAR, reason=UPHELD, follows="correct")
    if found is not None and progress.correction is not None:
        return _step_of(found, "carry_out", Role.CLERK, proposal=str(progress.correction.pk))
    return _proposed(progress, listing, now, "correct", {"reason": CORRECTION, **correction(listing)})


def _withdraw(progress: Progress, listing: Listing, now: datetime) -> Opening:
    return _proposed(progress, listing, now, "withdraw", {"reason": ACQUITTAL, "cause": "acquitted"})


def _proposed(progress: Progress, listing: Listing, now: datetime, act: str, typed: Typed) -> Opening:
    """The clerk proposes; where that is done, the judge decides."""
    if progress.pending is not None:
        return Opening(Role.JUDGE, reverse("admin:proposal", args=[progress.pending.pk]))
    address = reverse("admin:propose", args=[listing.number, act])
    values = {**typed, "ground": ruling(progress, act, now)}
    return Opening(Role.CLERK, address, {PREFILL: {address: {"values": values}}})


_OPENS: dict[Step, Callable[[Progress, Listing, datetime], Opening]] = {
    Step.APPROVE: _approve,
    Step.ASKED: _ask,
    Step.OBJECTED: _object,
    Step.CORRECTED: _correct,
    Step.ASKED_AGAIN: _ask,
    Step.WITHDRAWN: _withdraw,
}


def _decision(entry: DecisionEntry) -> Typed:
    return {"values": _typed(entry)}


def _party(entry: PartyEntry) -> Typed:
    values = _typed(entry, "person", "prohibitions", "offence_dates")
    person = _typed(entry.person, "documents", "former_names")
    rows = {
        "documents": [_typed(row) for row in entry.person.documents],
        "prohibitions": [_typed(row) for row in entry.prohibitions],
    }
    offences = ", ".join(day.isoformat() for day in entry.offence_dates)
    return {"values": {**values, **person, "offence_dates": offences}, "rows": rows}


def _typed(entry: Any, *besides: str) -> Typed:
    """The entry's fields as they are typed, fit for a session; ``besides``: those that are typed elsewhere."""
    return {name: _plain(value) for name, value in vars(entry).items() if name not in besides}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
