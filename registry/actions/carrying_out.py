"""What one officer proposed (`proposing`), another carries out or refuses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from registry import assessment
from registry.actions import concluding, together
from registry.actions.acting import Change, hold_decisions, lock, look_again, need_reason, perform, record, today
from registry.actions.causes import CAUSED
from registry.actions.changing import Days, of_decision, tells, touched
from registry.actions.foreseeing import bears_on, reached, refuse_not_effective
from registry.actions.proposing import refuse_beside_youth, refuse_untimely
from registry.actions.sealing import found_young, seal_young
from registry.actions.unit_changes import keep_changes
from registry.actions.writing_changes import apply_changes, hold_and_examine
from registry.deputies import refuse_one_hand
from registry.errors import ChangedMeanwhile, NoSuchProposal
from registry.lifecycle import ACTS, DECIDERS, DESK, IN_FORCE, refuse_court, refuse_role
from registry.models import IN_ERROR, Listing, Officer, Outcome, Party, Proposal, WithdrawalCause

UNSEEN = {"correct": "correct_unseen", "revise": "revise_unseen"}  # of what nobody outside the court was told


def carry_out(proposal_id: UUID, *, officer: Officer, now: datetime) -> None:
    """The second officer decides: the act is done to the listing, and to every other listing that the change touches.

    What turns out to be about somebody under 18 is sealed instead, in the same transaction, and never corrected. Raises what
    examining the new values finds by now: the book and the code lists may have moved on since it was proposed.
    """
    with transaction.atomic():
        held = _hold(proposal_id)
        _admit_decider(held.proposal, held.listing, officer, now)
        _refuse_moved_on(held.proposal, held.listing)
        _write(held, officer, now)
        _decide(held.proposal, officer, now, Outcome.CARRIED_OUT)
        _follow(held, officer, now)


class _Held(NamedTuple):
    """What the proposal reaches, locked; the rest are ids of ``listings``. ``touched``: those that a recipient would see
    differently; ``youthful``: sealed instead; ``beside``: of the same decisions, whose days may move; ``running``: whose terms
    run beside this one.
    """

    proposal: Proposal
    listing: Listing
    listings: Sequence[Listing]
    touched: Collection[int]
    youthful: Collection[int]
    beside: Collection[int]
    running: Collection[int]


def _hold(proposal_id: UUID) -> _Held:
    """Every lock, in the order in which all acts take them: decisions, runs of terms, listings, the proposal."""
    proposal = _pending(proposal_id)
    changes = proposal.content["changes"]
    youthful = found_young(proposal.listing.party.person, changes)
    moving = _moving(proposal, changes, youthful)
    hold_decisions({proposal.listing.party.decision_id, *moving})
    reaching = touched(proposal.listing, changes, (*DESK, *IN_FORCE))
    refuse_beside_youth(proposal.listing, changes)
    beside = together.others(moving)
    moves = bears_on(proposal.act, changes) is not Days.NONE
    if moves:
        together.hold_runs_of([proposal.listing_id])
    running = together.running_beside([proposal.listing_id]) if moves else set()
    listings = lock({*reaching, *youthful, *beside, *running})
    proposal = _pending(proposal_id, held=True)
    (listing,) = (row for row in listings if row.pk == proposal.listing_id)
    return _Held(proposal, listing, listings, reaching, youthful, beside, running)


def _write(held: _Held, officer: Officer, now: datetime) -> None:
    """The new values, examined once more; the persons are held before that, and nothing is added to what they have from then on."""
    act, listing, content = held.proposal.act, held.listing, held.proposal.content
    cause = content.get("cause", "")
    refuse_untimely(act, listing, cause, now)
    _mark_void(act, listing.party, cause)
    reached_by_it = [row for row in held.listings if row.pk in held.touched]
    hold_and_examine(act, listing, content["changes"], now, reached_by_it)
    _refuse_further(listing, content["changes"], held.listings)
    apply_changes(act, listing, content["changes"], now)
    keep_changes(listing.party.person, content, officer=officer, now=now)


def _follow(held: _Held, officer: Officer, now: datetime) -> None:
    """What is sealed, computed anew and told since the new values stand."""
    content = held.proposal.content
    words = " · ".join(part for part in (content["reason"], content["ground"]) if part)
    seal_young(lock(held.youthful), words=words, officer=officer, now=now)
    reaching = _reaching(held.proposal, lock(set(held.touched) - set(held.youthful)))
    together.follow(set(held.beside) - {row.pk for row in reaching}, now=now)
    if held.proposal.act in CAUSED:
        concluding.follow_cause(held.listing, in_error=content.get("cause", "") in IN_ERROR, now=now)
    silent = bool(held.youthful) and "document" in content["changes"]
    _tell(held.proposal, reaching, words, officer, now, silent=silent)
    together.note_runs(lock(held.running), now=now)


def _refuse_moved_on(proposal: Proposal, listing: Listing) -> None:
    """Raise `ChangedMeanwhile` where the listing, or what the decision says in place of the changes, is another by now."""
    stood = proposal.content.get("stood", {})  # a purge empties what waits
    if listing.version != proposal.against_version or of_decision(listing, stood) != stood:
        raise ChangedMeanwhile


def _refuse_further(listing: Listing, changes: Mapping[str, Any], held: Sequence[Listing]) -> None:
    """What was entered or imported of this person before he was held, and after it was asked what the change reaches, would stay
    as it was: a minor's listing, too. Raises `ChangedMeanwhile`; from now on nothing is added.
    """
    reached_now = {*touched(listing, changes, (*DESK, *IN_FORCE)), *found_young(listing.party.person, changes)}
    if reached_now - {row.pk for row in held}:
        raise ChangedMeanwhile


def _mark_void(act_name: str, party: Party, cause: str) -> None:
    void = cause == WithdrawalCause.VOID
    if act_name in CAUSED and party.void != void:
        party.void = void
        party.save(update_fields=["void"])


def _moving(proposal: Proposal, changes: Mapping[str, Any], youthful: list[int]) -> set[int]:
    """Ids of the decisions whose other parties follow: a day of effect may move, a draft is destroyed, or a party becomes void."""
    moving = set(Listing.objects.filter(pk__in=youthful).values_list("party__decision", flat=True))
    voids = proposal.content.get("cause") == WithdrawalCause.VOID or proposal.listing.party.void
    if bears_on(proposal.act, changes) is Days.EFFECT or voids:
        moving.add(proposal.listing.party.decision_id)
    return moving


def _reaching(proposal: Proposal, listings: list[Listing]) -> list[Listing]:
    """What is at the desk shows the change anyway; it is held so that none takes effect meanwhile with what stood there before."""
    return [row for row in listings if row.state in IN_FORCE or row.pk == proposal.listing_id]


def _tell(
    proposal: Proposal, listings: list[Listing], words: str, officer: Officer, now: datetime, *, silent: bool
) -> None:
    """``silent``: a document with the birth date, told at the moment of a withdrawal, would say why that is withdrawn;
    the document goes out with the listing's next ordinary event.
    """
    changes = proposal.content["changes"]
    if silent or not tells(changes):
        record(UNSEEN.get(proposal.act, proposal.act), listings, officer=officer, now=now, reason=words)
        return
    change = _computing(proposal, now) if proposal.act in ("correct", "revise") else None
    said = {"in_error": proposal.content.get("cause", "") in IN_ERROR} if proposal.act in CAUSED else None
    perform(proposal.act, listings, officer=officer, now=now, reason=words, change=change, alike=said)


def refuse_proposal(proposal_id: UUID, *, officer: Officer, now: datetime, reason: str) -> None:
    """The second officer says no; the proposal stays on record."""
    with transaction.atomic():
        proposal = _pending(proposal_id)
        words = need_reason(ACTS[proposal.act], reason)
        (listing,) = lock([proposal.listing_id])
        proposal = _pending(proposal_id, held=True)
        _admit_decider(proposal, listing, officer, now)
        _decide(proposal, officer, now, Outcome.REFUSED)
        record(f"refuse_{proposal.act}", [listing], officer=officer, now=now, reason=words)


def may_decide(proposal: Proposal, officer: Officer) -> bool:
    """Whether a page offers the decision to this officer."""
    act = ACTS[proposal.act]
    return (
        proposal.outcome == Outcome.PENDING
        and officer.pk != proposal.proposed_by_id
        and officer.role in DECIDERS[act.name]
        and officer.court_id == proposal.listing.court_id
    )


def _pending(proposal_id: UUID, *, held: bool = False) -> Proposal:
    """``held``: locked, which comes after the listings; until then it may be decided meanwhile."""
    rows = Proposal.objects.select_for_update(of=("self",)) if held else Proposal.objects.all()
    pending = rows.select_related("listing__party__person").filter(pk=proposal_id, outcome=Outcome.PENDING)
    proposal = pending.first()
    if proposal is None:
        raise NoSuchProposal
    return proposal


def _admit_decider(proposal: Proposal, listing: Listing, officer: Officer, now: datetime) -> None:
    act = ACTS[proposal.act]
    refuse_one_hand(officer, today(now), proposal.proposed_by_id, tried=act.name, about=listing.number)
    look_again(officer)
    refuse_role(act, officer, DECIDERS[act.name])
    refuse_court(act, officer, listing)


def _decide(proposal: Proposal, officer: Officer, now: datetime, outcome: Outcome) -> None:
    proposal.decided_by, proposal.decided_at, proposal.outcome = officer, now, outcome
    proposal.save(update_fields=["decided_by", "decided_at", "outcome"])


def _computing(proposal: Proposal, now: datetime) -> Change:
    """What is in force keeps the days that were told, but for those that are computed from what changes."""
    changes, own = proposal.content["changes"], proposal.listing

    def change(listing: Listing) -> None:
        days = reached(listing, proposal.act, changes, own)
        if days is Days.NONE:
            return
        found = together.computed(listing, days)
        refuse_not_effective(found, changes, today(now))
        assessment.write(listing, found)
        if days is Days.EFFECT:
            listing.days_differ_since = None

    return change
