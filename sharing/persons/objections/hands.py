"""Who had a hand in a listing that is objected to, or in the objection."""

from __future__ import annotations

from collections.abc import Collection

from registry.models import ActRecord
from sharing.persons.models import Objection


def on_listing(objection: Objection) -> set[int | None]:
    """Who ever entered, submitted or approved it. What is back at the desk, or destroyed, does not say so itself."""
    found: set[int | None] = set()
    if objection.listing_number:
        acts = ActRecord.objects.filter(listing_number=objection.listing_number, act__in=("enter", "submit", "approve"))
        found |= {*acts.values_list("officer_id", flat=True)}
    if listing := objection.listing:
        found |= {listing.entered_by_id, listing.submitted_by_id, listing.approved_by_id}
    return found


def on_objection(objection: Objection, steps: Collection[str]) -> set[int | None]:
    """Who took one of these steps."""
    return {*objection.steps.filter(step__in=steps).values_list("officer_id", flat=True)}


def on_proposals(objection: Objection) -> set[int | None]:
    """Who proposed, or decided, by what it was carried out."""
    by = objection.steps.exclude(proposal=None).values_list("proposal__proposed_by_id", "proposal__decided_by_id")
    return {pk for row in by for pk in row}
