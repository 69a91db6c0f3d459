"""The tour's steps done for the visitor: the same acts, by the same officers, as when they are done at the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.demo.asking import NoAnswer, Reply, consent, question
from config.demo.people import SERVICE, Bench
from config.demo.playbill import COURT_REGISTRAR, Playbill
from config.demo.touring import Progress, Step, look
from config.demo.walking_in import proved
from registry import actions
from registry.actions import drafted
from registry.actions.acting import today
from registry.entries import DocumentEntry
from registry.models import Listing, Officer, Proposal, Role, State, WithdrawalCause
from sharing.persons.identity import proving
from sharing.persons.models import Follows, Objection, ObjectionKind, ObjectionState, Part
from sharing.persons.objections import deciding, raising
from sharing.persons.objections.again import Said

CORRECTED_ARTICLES = ("CL 253-1(1)", "CL 253-1(2)")
LESS_YUAN = 10_000
OBJECTION = "罚金数额、适用条款与判决书不一致，请核对。"
UPHELD = "经核对判决书，罚金数额、适用条款确系录入笔误。"
CORRECTION = "罚金数额、适用条款笔误，依裁定更正"
ACQUITTAL = "再审宣告无罪"

Ask = Callable[[dict[str, Any]], Reply]


@dataclass(frozen=True)
class Players:
    """Who acts, and how the employer's system asks."""

    playbill: Playbill
    bench: Bench
    ask: Ask


def bench_of(playbill: Playbill) -> Bench | None:
    """The clerk, judge and registrar of the court whom visitors act as; None before the demonstration has begun."""
    rows = Officer.objects.select_related("court", "account").filter(account__in=playbill.accounts.values())
    officers = {row.account_id: row for row in rows}
    named = [officers.get(playbill.accounts.get(key, 0)) for key in (Role.CLERK, Role.JUDGE, COURT_REGISTRAR)]
    clerk, judge, registrar = named
    if clerk is None or judge is None or registrar is None:
        return None
    return Bench(clerk, judge, registrar)


def do(step: Step, progress: Progress, players: Players, now: datetime) -> None:
    """Do what is left of the step. Raises the refusals of `registry.actions`, and `NoAnswer`."""
    if step is Step.ENTER:
        _enter(progress, players, now)
    elif step in _DOES and progress.listing is not None:
        _DOES[step](progress, progress.listing, players, now)


def correction(listing: Listing) -> dict[str, Any]:
    """Field → new value: another fine, and the paragraph that is meant."""
    first, second = CORRECTED_ARTICLES
    article = second if listing.party.article == first else first
    return {"fine_yuan": max(0, listing.party.fine_yuan - LESS_YUAN), "article": article}


def ruling(progress: Progress, act: str, now: datetime) -> str:
    """The number of the ruling that orders it."""
    if act == "correct":
        return f"{progress.tour.case}之一"
    return f"（{today(now).year}）京0105刑再{progress.tour.person}号"


def number_of(listing: Listing) -> DocumentEntry:
    """The document as the judgment has it: here from the book, since the judgment is invented."""
    document = drafted.documents_of(listing.party)[0]
    return DocumentEntry(type=document.type, number=document.number)


def _enter(progress: Progress, players: Players, now: datetime) -> None:
    """From wherever the clerk is: decision, party, submission, confirmation."""
    clerk, judgment = players.bench.clerk, progress.tour.judgment
    decision = progress.decision or actions.enter_decision(judgment.decision, officer=clerk, now=now)
    if progress.listing is None:
        actions.add_party(decision.pk, judgment.party, officer=clerk, now=now)
    listing = look(progress.tour, players.playbill).listing
    if listing is None:
        return
    if listing.state == State.DRAFT:
        actions.submit([listing.pk], officer=clerk, now=now)
    if listing.no_appeal_confirmed_at is None:
        actions.confirm_no_appeal([listing.pk], officer=clerk, now=now)


def _approve(progress: Progress, listing: Listing, players: Players, now: datetime) -> None:
    """What is left of it: the judge approves, the clerk records that the notice was served."""
    if listing.state == State.IN_REVIEW:
        actions.approve(
            [listing.pk],
            typed={listing.pk: (number_of(listing).number,)},
            revisions={listing.pk: listing.revision},
            officer=players.bench.judge,
            now=now,
        )
    actions.record_service(
        [listing.pk], served_on=today(now), how="in_court", reference=SERVICE, officer=players.bench.clerk, now=now
    )


def _ask(progress: Progress, listing: Listing, players: Players, now: datetime) -> None:
    reply = players.ask(question(listing.party.person.name, number_of(listing), consent=consent()))
    if not reply.answered:
        raise NoAnswer(f"{reply.status} {reply.body.get('code', '')}")


def _object(progress: Progress, listing: Listing, players: Players, now: datetime) -> None:
    """What is left of it: the person objects on her pages, a registrar admits it."""
    found = progress.objection or _raised(listing, players, now)
    if found.state == ObjectionState.RETURNED:
        found = deciding.complete(found.number, words=OBJECTION, now=now)
    if found.state == ObjectionState.RECEIVED:
        deciding.admit(found.number, officer=players.bench.registrar, now=now)


def _raised(listing: Listing, players: Players, now: datetime) -> Objection:
    proof = str(proved(listing, players.bench.clerk, now))
    identity, evidence = proving.proven(proof, now=now), proving.evidence(proof, now=now)
    if identity is None:
        raise AssertionError("unreachable: the proof was kept a moment ago")
    said = Said(kind=ObjectionKind.OBJECTION, form_key=proof, listing=listing.number, part=Part.OTHER, words=OBJECTION)
    return raising.by_person(said, identity, evidence, now=now)


def _correct(progress: Progress, listing: Listing, players: Players, now: datetime) -> None:
    """The objection is upheld, the listing corrected, and the objection closed with it."""
    found, change = progress.objection, correction(listing)
    if found is not None and found.state == ObjectionState.ADMITTED:
        registrar = players.bench.registrar
        deciding.decide(found.number, "uphold", officer=registrar, now=now, reason=UPHELD, follows=Follows.CORRECT)
    proposal = progress.correction
    if proposal is None:
        proposal = _two_officers(progress, listing, players, now, act="correct", reason=CORRECTION, changes=change)
    if found is not None and found.state in (ObjectionState.ADMITTED, ObjectionState.UPHELD):
        deciding.carry_out(found.number, officer=players.bench.clerk, now=now, proposal_id=proposal.pk)


def _withdraw(progress: Progress, listing: Listing, players: Players, now: datetime) -> None:
    _two_officers(progress, listing, players, now, act="withdraw", reason=ACQUITTAL, changes=None)


def _two_officers(
    progress: Progress,
    listing: Listing,
    players: Players,
    now: datetime,
    *,
    act: str,
    reason: str,
    changes: dict[str, Any] | None,
) -> Proposal:
    """Propose, unless a visitor did already; then carry out."""
    proposal = progress.pending
    if proposal is None or proposal.act != act:
        proposal = actions.propose(
            listing.pk,
            act,
            against_version=listing.version,
            officer=players.bench.clerk,
            now=now,
            reason=reason,
            ground=ruling(progress, act, now),
            changes=changes,
            cause=WithdrawalCause.ACQUITTED,
        )
    actions.carry_out(proposal.pk, officer=players.bench.judge, now=now)
    return proposal


_DOES: dict[Step, Callable[[Progress, Listing, Players, datetime], None]] = {
    Step.APPROVE: _approve,
    Step.ASKED: _ask,
    Step.OBJECTED: _object,
    Step.CORRECTED: _correct,
    Step.ASKED_AGAIN: _ask,
    Step.WITHDRAWN: _withdraw,
}
