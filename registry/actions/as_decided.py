"""What a decision itself said of sentence, probation and fine, where these were revised since: the court's report counts it.

A correction of the field says what stands now; what was misread in the decision has a field of its own (docs/decisions/0131).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.actions.findings import refuse_fine
from registry.assessment import rules
from registry.errors import Refusal
from registry.models import Listing, Party
from registry.terms import Penalty, listing_term

REMEMBERED = ("sentence_months", "probation_months", "fine_yuan")  # of a party, which the court's report counts
FIELDS = {f"{name}_before": name for name in REMEMBERED}


def is_remembered(listing: Listing, name: str) -> bool:
    """Whether a revision has changed that field since, so that what the decision said stands apart."""
    return getattr(listing.party, name) is not None


def decided(party: Party, name: str) -> int:
    """What the decision said of one of `REMEMBERED`."""
    before: int | None = getattr(party, f"{name}_before")
    now: int = getattr(party, name)
    return now if before is None else before


def examine_fine(act_name: str, listing: Listing, changes: Mapping[str, Any]) -> None:
    """Refuse a fine that goes with no such penalty: `FineMissing`, `Exempt`. What stands may come to nothing once it was revised, or by
    that revision: a court remits a fine that cannot be paid (Criminal Law, art. 53).
    """
    kind = listing.party.penalty_kind
    may_be_remitted = act_name == "revise" or is_remembered(listing, "fine_yuan_before")
    if "fine_yuan" in changes and (changes["fine_yuan"] or not may_be_remitted):
        refuse_fine("fine_yuan", kind, changes["fine_yuan"])
    if "fine_yuan_before" in changes:
        refuse_fine("fine_yuan_before", kind, changes["fine_yuan_before"])


def examine_decided(listing: Listing, changes: Mapping[str, Any]) -> None:
    """Refuse a sentence or probation that no decision can have imposed, by the field that says so: `AmountImpossible`,
    `ProbationNotPossible`.
    """
    changed = [name for name in FIELDS if name in changes and name != "fine_yuan_before"]
    on = listing.effective_on
    if not changed or on is None:
        return
    party = listing.party
    months = {name: changes.get(f"{name}_before", decided(party, name)) for name in REMEMBERED[:2]}
    custody = party.custody_credited_days
    try:
        listing_term(
            penalty=Penalty(kind=party.penalty_kind, custody_credited_days=custody, **months),
            effective_on=on,
            rules=rules(),
        )
    except Refusal as refusal:
        said = f"{refusal.field}_before"
        refusal.field = said if said in changed else changed[0]
        raise
