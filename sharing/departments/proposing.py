"""Two registrars of the High Court decide who is told: one proposes, another approves or returns with a reason.

Approving makes the change and writes the outcome in one transaction; the department is told after it, by the bell and
in chunks, so an approval answers at once however many listings are in force.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from registry.actions.acting import given, today
from registry.deputies import refuse_one_hand
from registry.errors import (
    AlreadyDecided,
    AlreadyProposed,
    NoSuchProposal,
    NotYourProposal,
)
from registry.models import Officer
from registry.overseeing import refuse_unless_registrar
from sharing.departments import instruments, joining, measures
from sharing.departments.joining import InstrumentTerms
from sharing.departments.measures import MeasureTerms
from sharing.departments.models import (
    Department,
    Instrument,
    Measure,
    ProposalOutcome,
    SharingAct,
    SharingOutcome,
    SharingProposal,
)
from sharing.departments.proposals import (
    instrument_of,
    instrument_terms_of,
    measure_of,
    refuse_ended,
    refuse_stale,
    terms_of,
    waiting,
)


def propose_instrument(
    department: Department, terms: InstrumentTerms, *, officer: Officer, now: datetime
) -> SharingProposal:
    """Raises `HighCourtRegistrarNeeded`, `AlreadyProposed`, and as `joining.examine_instrument` does."""
    refuse_unless_registrar(officer)
    joining.examine_instrument(department, terms)
    days = {"signed_on": terms.signed_on.isoformat(), "expires_on": terms.expires_on.isoformat()}
    content = {**asdict(terms), **days, "number": terms.number.strip(), "fields": list(terms.fields)}
    return _propose(SharingAct.REGISTER, department, officer=officer, now=now, content=content)


def propose_renewal(instrument: Instrument, expires_on: date, *, officer: Officer, now: datetime) -> SharingProposal:
    """Raises `HighCourtRegistrarNeeded`, `AlreadyProposed`, `DatesOutOfOrder`."""
    refuse_unless_registrar(officer)
    instruments.examine_renewal(instrument, expires_on, now)
    content = {"expires_on": expires_on.isoformat(), "against": instrument.expires_on.isoformat()}
    return _propose(
        SharingAct.RENEW, instrument.department, instrument=instrument, officer=officer, now=now, content=content
    )


def propose_opening(instrument: Instrument, terms: MeasureTerms, *, officer: Officer, now: datetime) -> SharingProposal:
    """Raises `HighCourtRegistrarNeeded`, `AlreadyProposed`, and as `measures.examine` does."""
    refuse_unless_registrar(officer)
    measures.examine(terms)
    return _propose(
        SharingAct.OPEN,
        instrument.department,
        instrument=instrument,
        officer=officer,
        now=now,
        content=_plain(terms),
    )


def propose_replacement(
    measure: Measure, terms: MeasureTerms, *, reason: str, officer: Officer, now: datetime
) -> SharingProposal:
    """Narrow or widen it. Raises as `propose_opening` does, `ReasonNeeded`, `SharingChangedMeanwhile`."""
    refuse_unless_registrar(officer)
    words = examine_replacement(measure, terms, reason)
    return _propose(
        SharingAct.REPLACE,
        measure.instrument.department,
        measure=measure,
        officer=officer,
        now=now,
        content=_plain(terms),
        reason=words,
    )


def propose_end(measure: Measure, *, reason: str, officer: Officer, now: datetime) -> SharingProposal:
    """Raises `HighCourtRegistrarNeeded`, `AlreadyProposed`, `ReasonNeeded`, `SharingChangedMeanwhile`."""
    refuse_unless_registrar(officer)
    words = examine_end(measure, reason)
    return _propose(
        SharingAct.END, measure.instrument.department, measure=measure, officer=officer, now=now, reason=words
    )


def examine_replacement(measure: Measure, terms: MeasureTerms, reason: str) -> str:
    """The reason as it is kept. Raises as `examine_end` and `measures.examine` do."""
    words = examine_end(measure, reason)
    measures.examine(terms)
    return words


def examine_end(measure: Measure, reason: str) -> str:
    """The reason as it is kept. Raises `ReasonNeeded`, `SharingChangedMeanwhile`."""
    refuse_ended(measure)
    return given(reason)


def approve(proposal_id: UUID, *, officer: Officer, now: datetime) -> SharingProposal:
    """Make the change that was proposed.

    Raises `HighCourtRegistrarNeeded`, `FourEyes`, `AlreadyDecided`, and where what it rests on was changed meanwhile
    `SharingChangedMeanwhile` or what the change itself refuses; the proposal then goes on waiting.
    """
    with transaction.atomic():
        proposal = _waiting(proposal_id, officer)
        refuse_one_hand(officer, today(now), proposal.proposed_by_id, tried=proposal.act)
        measures.hold_telling()  # from here on nothing that the proposal rests on can change
        refuse_stale(proposal)
        _CARRY_OUT[proposal.act](proposal, officer, now)
        _decide(proposal, SharingOutcome.APPROVED, officer, now)
    return proposal


def send_back(proposal_id: UUID, *, reason: str, officer: Officer, now: datetime) -> SharingProposal:
    """Return it with a reason, which is kept. Raises as `approve` does, and `ReasonNeeded`."""
    with transaction.atomic():
        proposal = _waiting(proposal_id, officer)
        refuse_one_hand(officer, today(now), proposal.proposed_by_id, tried=proposal.act)
        _decide(proposal, SharingOutcome.RETURNED, officer, now, given(reason))
    return proposal


def take_back(proposal_id: UUID, *, officer: Officer, now: datetime) -> SharingProposal:
    """By who proposed it. Raises `NotYourProposal`, `AlreadyDecided`."""
    with transaction.atomic():
        proposal = _waiting(proposal_id, officer)
        if proposal.proposed_by_id != officer.pk:
            raise NotYourProposal
        _decide(proposal, SharingOutcome.TAKEN_BACK, officer, now)
    return proposal


def _propose(
    act: SharingAct, department: Department, *, officer: Officer, now: datetime, **facts: Any
) -> SharingProposal:
    with transaction.atomic():
        Department.objects.select_for_update().get(pk=department.pk)  # the same is not proposed twice at one moment
        about = {"instrument": None, "measure": None, "content": {}, **facts}
        same = {name: value for name, value in about.items() if name != "reason"}
        if waiting().filter(department=department, act=act, **same).exists():
            raise AlreadyProposed
        return SharingProposal.objects.create(
            department=department, act=act, proposed_by=officer, proposed_at=now, **about
        )


def _waiting(proposal_id: UUID, officer: Officer) -> SharingProposal:
    """The proposal, which nobody else decides until this transaction ends."""
    refuse_unless_registrar(officer)
    proposal = SharingProposal.objects.select_for_update(no_key=True).filter(pk=proposal_id).first()
    if proposal is None:
        raise NoSuchProposal
    if ProposalOutcome.objects.filter(pk=proposal_id).exists():
        raise AlreadyDecided
    return proposal


def _decide(
    proposal: SharingProposal, outcome: SharingOutcome, officer: Officer, now: datetime, reason: str = ""
) -> None:
    ProposalOutcome.objects.create(
        proposal=proposal,
        outcome=outcome,
        reason=reason,
        proposed_by=proposal.proposed_by,
        decided_by=officer,
        decided_at=now,
    )


def _register(proposal: SharingProposal, officer: Officer, now: datetime) -> None:
    terms = asdict(instrument_terms_of(proposal))
    joining.register_instrument(proposal.department, **terms, entered_by=proposal.proposed_by, approved_by=officer)


def _renew(proposal: SharingProposal, officer: Officer, now: datetime) -> None:
    instrument = instrument_of(proposal)
    expires_on = date.fromisoformat(proposal.content["expires_on"])
    instruments.renewed(
        instrument, expires_on=expires_on, entered_by=proposal.proposed_by, approved_by=officer, now=now
    )


def _open(proposal: SharingProposal, officer: Officer, now: datetime) -> None:
    measures.opened(instrument_of(proposal), terms_of(proposal), entered_by=proposal.proposed_by, approved_by=officer)


def _replace(proposal: SharingProposal, officer: Officer, now: datetime) -> None:
    measures.replaced(measure_of(proposal), terms_of(proposal), entered_by=proposal.proposed_by, approved_by=officer)


def _end(proposal: SharingProposal, officer: Officer, now: datetime) -> None:
    measures.ended(measure_of(proposal), entered_by=proposal.proposed_by, approved_by=officer)


_CARRY_OUT: Mapping[str, Callable[[SharingProposal, Officer, datetime], None]] = {
    SharingAct.REGISTER: _register,
    SharingAct.RENEW: _renew,
    SharingAct.OPEN: _open,
    SharingAct.REPLACE: _replace,
    SharingAct.END: _end,
}


def _plain(terms: MeasureTerms) -> dict[str, Any]:
    return {**asdict(terms), "articles": list(terms.articles), "facts": list(terms.facts), "basis": terms.basis.strip()}
