"""What follows from a decision that upholds: by what it can be carried out, and whether it was."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from registry import actions
from registry.lifecycle import DESK, IN_FORCE
from registry.models import ActRecord, Outcome, Proposal, State, WithdrawalCause
from sharing.persons.models import Follows, Objection
from sharing.persons.objections.lifecycle import UPHOLDING

ENDS = ("withdraw", "expire")


def possible(objection: Objection) -> list[Follows]:
    """What an upheld one can be carried out by. A draft is neither corrected nor withdrawn by two officers, and what has
    ended is corrected no more; what had ended before it was objected to is withdrawn no more, but that somebody else was
    meant is stated anew.
    """
    listing = objection.listing
    if listing is None or listing.state in DESK:
        return [Follows.OTHER]
    if listing.state in IN_FORCE:
        return list(Follows)
    withdrawn_since = not had_ended(objection, objection.raised_at)
    return [Follows.WITHDRAW, Follows.OTHER] if withdrawn_since or objection.doubts_identity else [Follows.OTHER]


def had_ended(objection: Objection, at: datetime) -> bool:
    """Whether the listing that it is about had ended by then: was withdrawn, or its term over."""
    ends = ActRecord.objects.filter(listing_number=objection.listing_number, act__in=ENDS, at__lte=at)
    return objection.listing_number is not None and ends.exists()


def is_done_by(proposal: Proposal | None, objection: Objection | None) -> bool:
    """Whether it is what the last decision named, and was carried out: before the decision, too, but for no earlier one."""
    if proposal is None or objection is None or proposal.outcome != Outcome.CARRIED_OUT:
        return False
    decided = objection.steps.filter(step__in=UPHOLDING).last()
    if decided is None or objection.steps.filter(proposal=proposal).exists():
        return False
    if objection.doubts_identity and decided.follows == Follows.WITHDRAW:
        return actions.says_wrong_person(proposal)
    return decided.follows in (Follows.OTHER, proposal.act)


def is_left_to_do(objection: Objection) -> bool:
    """The listing has not ended, or that somebody else was meant is not stated, without which nobody is cleared."""
    listing = objection.listing
    if listing is None or listing.state == State.PURGED:
        return False
    if listing.state != State.WITHDRAWN:
        return True
    decided = objection.steps.filter(step__in=UPHOLDING).last()
    is_to_clear = objection.doubts_identity and decided is not None and decided.follows == Follows.WITHDRAW
    return is_to_clear and actions.cause_of(listing) != WithdrawalCause.WRONG_PERSON


def proposals_since(objection: Objection) -> list[Proposal]:
    """Proposals about the listing, made or decided since the objection was raised, by which it may be carried out."""
    if objection.listing is None:
        return []
    since = Q(proposed_at__gte=objection.raised_at) | Q(decided_at__gte=objection.raised_at)
    rows = Proposal.objects.filter(since, listing=objection.listing)
    return list(rows.order_by("-proposed_at"))


def proposal_of(objection: Objection | None, proposal_id: UUID | None) -> Proposal | None:
    if objection is None or proposal_id is None:
        return None
    return next((row for row in proposals_since(objection) if row.pk == proposal_id), None)
