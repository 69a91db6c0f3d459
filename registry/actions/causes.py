"""Why a listing is withdrawn: what two officers said last, by a withdrawal or anew since."""

from __future__ import annotations

from registry.models import Listing, Outcome, Proposal, State, WithdrawalCause

CAUSED = ("withdraw", "state_cause")


def cause_of(listing: Listing) -> WithdrawalCause | None:
    """Why two officers withdrew it, or said since that it is withdrawn; None: it is not, or its term ended."""
    if listing.state != State.WITHDRAWN:
        return None
    carried = listing.proposals.filter(act__in=CAUSED, outcome=Outcome.CARRIED_OUT)
    # What was stated anew stands, whatever the clock said then.
    last = carried.order_by("act", "-decided_at", "-proposed_at").first()
    return None if last is None else WithdrawalCause(last.content.get("cause", WithdrawalCause.OTHER))


def says_wrong_person(proposal: Proposal) -> bool:
    """Whether it is, or names anew, a withdrawal because somebody else was meant."""
    return proposal.act in CAUSED and proposal.content.get("cause") == WithdrawalCause.WRONG_PERSON
