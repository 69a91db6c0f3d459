"""Correct, revise, reinstate, withdraw, and what is said of a withdrawal later: proposed against a version by one officer;
another carries it out (`carrying_out`).

Correction replaces, revision adds, withdrawal ends. Who is listed is never corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Required, TypedDict, Unpack

from django.db import transaction

from registry.actions.acting import admit, lock, need_reason, record, today
from registry.actions.causes import CAUSED
from registry.actions.changing import examine_changes, of_decision
from registry.actions.foreseeing import bears_on, foreseen, refuse_not_effective, refuse_reinstating
from registry.actions.reviewing import refuse_term_over
from registry.actions.sealing import found_young
from registry.actions.unit_changes import refuse_not_ended
from registry.errors import (
    AloneWhereItSeals,
    BirthDatesDiffer,
    ChangedMeanwhile,
    DuplicateListing,
    GroundNeeded,
    NotEnterable,
    ProposalPending,
    UnknownCode,
)
from registry.lifecycle import ACTS, Act
from registry.models import Listing, Officer, Outcome, Party, Proposal, WithdrawalCause

GROUND_LEAST, GROUND_MOST = 2, 100
NEED_GROUND = ("correct", "revise", *CAUSED)


class Asked(TypedDict, total=False):
    """What is proposed. ``changes``: field → new value as JSON, for acts that change a field (`registry.actions.changing`).

    ``ground``: number of the ruling or decision that orders it; ``cause``: of a withdrawal, `WithdrawalCause.OTHER` where none is named.
    """

    against_version: Required[int]
    officer: Required[Officer]
    now: Required[datetime]
    reason: Required[str]
    ground: str
    changes: Mapping[str, Any] | None
    cause: str


def propose(listing_id: int, act_name: str, **asked: Unpack[Asked]) -> Proposal:
    """Propose an act. Raises `ChangedMeanwhile`, `ProposalPending`, `GroundNeeded`, `NotCorrectable`, `NothingToChange`,
    `UnitHasNotEnded`, what examining the new values finds, and what carrying them out would: `WithoutEffect`, `EffectStillToCome`,
    `NotReinstated`, the refusals of `registry.terms`.
    """
    with transaction.atomic():
        proposal = _examined(listing_id, act_name, asked)
        proposal.save(force_insert=True)
        reason = proposal.content["reason"]
        record(f"propose_{act_name}", [proposal.listing], officer=asked["officer"], now=asked["now"], reason=reason)
    return proposal


def examine_proposal(listing_id: int, act_name: str, **asked: Unpack[Asked]) -> dict[str, Any]:
    """What would change if it were proposed now, and carried out; nothing is written. Raises what `propose` raises."""
    with transaction.atomic():
        changes: dict[str, Any] = _examined(listing_id, act_name, asked).content["changes"]
    return changes


def _examined(listing_id: int, act_name: str, asked: Asked) -> Proposal:
    """The proposal, not saved, of a listing that is held."""
    act, officer, now = ACTS[act_name], asked["officer"], asked["now"]
    why = {"reason": need_reason(act, asked["reason"]), "ground": _cited(asked.get("ground", ""), act)}
    if act_name in CAUSED:
        why["cause"] = _known(asked.get("cause", WithdrawalCause.OTHER), act)
    (listing,) = lock([listing_id])
    admit(act, officer, [listing])
    _refuse_moved_on(listing, asked["against_version"])
    refuse_untimely(act_name, listing, why.get("cause", ""), now)
    sound = examine_changes(act_name, listing, asked.get("changes") or {}, now)
    refuse_beside_youth(listing, sound)
    if bears_on(act_name, sound):
        refuse_not_effective(foreseen(listing, act_name, sound), sound, today(now))
    proposal = Proposal(
        listing=listing, act=act_name, against_version=asked["against_version"], proposed_by=officer, proposed_at=now
    )
    proposal.content = {"changes": sound, "stood": of_decision(listing, sound), **why}
    return proposal


def refuse_untimely(act_name: str, listing: Listing, cause: str, now: datetime) -> None:
    """`UnitHasNotEnded`, `NotReinstated`, `LaterCaseNotLookedAt`, `TermOver`, `DuplicateListing`, `NotEnterable`."""
    if cause == WithdrawalCause.UNIT_ENDED:
        refuse_not_ended(listing)
    if act_name == "reinstate":
        refuse_term_over(listing, today(now))
        refuse_reinstating(listing, today(now))
    if listing.party.void and cause != WithdrawalCause.VOID:
        _refuse_beside_new(listing.party)


def _refuse_beside_new(party: Party) -> None:
    """What was entered in error, and entered anew since, cannot turn out to have been right."""
    anew = Listing.including_sealed.filter(party__decision=party.decision_id, party__person=party.person_id)
    found = anew.filter(party__void=False).first()
    if found is not None:
        raise NotEnterable("cause") if found.sealed_at else DuplicateListing("cause", number=found.number)


def _refuse_moved_on(listing: Listing, against_version: int) -> None:
    if listing.version != against_version:
        raise ChangedMeanwhile
    if listing.proposals.filter(outcome=Outcome.PENDING).exists():
        raise ProposalPending


def _cited(ground: str, act: Act) -> str:
    cited = " ".join(ground.split())
    if act.name in NEED_GROUND and not GROUND_LEAST <= len(cited) <= GROUND_MOST:
        raise GroundNeeded("ground")
    return cited


def _known(cause: str, act: Act) -> str:
    if cause not in WithdrawalCause.values:
        raise UnknownCode("cause", value=cause, list=act.label)
    return str(cause)


def refuse_beside_youth(listing: Listing, changes: Mapping[str, Any]) -> None:
    """What shows an age that seals is told to nobody, so nothing that must be told may come with it. `BirthDatesDiffer`,
    `AloneWhereItSeals`.
    """
    if len(changes) < 2 or not found_young(listing.party.person, changes):
        return
    if "document" in changes:
        raise BirthDatesDiffer("document")
    raise AloneWhereItSeals("birth_date")
