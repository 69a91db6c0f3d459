"""The tour's steps done for the visitor: the same acts, by the same officers, as when they are done at the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.demo.asking import NoAnswer, Reply, consent, question
from config.demo.people import SERVICE, Bench
from config.demo.playbill import Playbill
from config.demo.touring import Progress, Step, look
from registry import actions
from registry.actions.acting import today
from registry.entries import DocumentEntry
from registry.models import Flag, Listing, Officer, Role, State, WithdrawalCause

CORRECTED_ARTICLES = ("CL 253-1(1)", "CL 253-1(2)")
LESS_YUAN = 10_000
OBJECTION = "本人提出异议，核实期间予以标注"
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
    """The clerk, judge and registrar whom visitors act as; None before the demonstration has begun."""
    rows = Officer.objects.select_related("court", "account").filter(account__in=playbill.accounts.values())
    officers = {row.account_id: row for row in rows}
    named = [officers.get(playbill.accounts.get(role.value, 0)) for role in (Role.CLERK, Role.JUDGE, Role.REGISTRAR)]
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
    document = listing.party.person.documents.order_by("pk")[0]
    return DocumentEntry(type=document.type, number=document.number)


def _enter(progress: Progress, players: Players, now: datetime) -> None:
    """From wherever the clerk is: decision, party, submission, confirmation, service."""
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
    if listing.notice_served_on is None:
        actions.record_service(
            [listing.pk], served_on=today(now), how="in_court", reference=SERVICE, officer=clerk, now=now
        )


def _approve(progress: Progress, listing: Listing, players: Players, now: datetime) -> None:
    actions.approve(
        [listing.pk],
        typed={listing.pk: number_of(listing).number},
        revisions={listing.pk: listing.revision},
        officer=players.bench.judge,
        now=now,
    )


def _ask(progress: Progress, listing: Listing, players: Players, now: datetime) -> None:
    reply = players.ask(question(listing.party.person.name, number_of(listing), consent=consent()))
    if not reply.answered:
        raise NoAnswer(f"{reply.status} {reply.body.get('code', '')}")


def _object(progress: Progress, listing: Listing, players: Players, now: datetime) -> None:
    actions.flag([listing.pk], Flag.DISPUTED, officer=players.bench.registrar, now=now, reason=OBJECTION)


def _correct(progress: Progress, listing: Listing, players: Players, now: datetime) -> None:
    _two_officers(progress, listing, players, now, act="correct", reason=CORRECTION, changes=correction(listing))


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
) -> None:
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


_DOES: dict[Step, Callable[[Progress, Listing, Players, datetime], None]] = {
    Step.APPROVE: _approve,
    Step.ASKED: _ask,
    Step.OBJECTED: _object,
    Step.CORRECTED: _correct,
    Step.ASKED_AGAIN: _ask,
    Step.WITHDRAWN: _withdraw,
}
