"""Who had a hand in a listing that is objected to, or in the objection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from registry.models import ActRecord
from sharing.persons.models import Objection, ObjectionStep

_ACTS = ("enter", "submit", "approve")


def fetch(objections: Sequence[Objection]) -> None:
    """What is asked here about each, for all of them at once: however many they are, two queries."""
    steps = ObjectionStep.objects.select_related("proposal").defer("reason_sealed", "proposal__changes_sealed")
    prefetch_related_objects(objections, Prefetch("steps", steps))
    of_listing: dict[str, set[int | None]] = defaultdict(set)
    numbers = {each.listing_number for each in objections if each.listing_number}
    for number, officer in _acts(numbers).values_list("listing_number", "officer_id"):
        of_listing[number].add(officer)
    for each in objections:
        each.acted_on_listing = frozenset(of_listing.get(each.listing_number or "", ()))


def on_listing(objection: Objection) -> set[int | None]:
    """Who ever entered, submitted or approved it. What is back at the desk, or destroyed, does not say so itself."""
    found: set[int | None] = set()
    if objection.acted_on_listing is not None:
        found |= objection.acted_on_listing
    elif objection.listing_number:
        found |= {*_acts({objection.listing_number}).values_list("officer_id", flat=True)}
    if listing := objection.listing:
        found |= {listing.entered_by_id, listing.submitted_by_id, listing.approved_by_id}
    return found


def on_objection(objection: Objection, steps: Collection[str]) -> set[int | None]:
    """Who took one of these steps."""
    return {row.officer_id for row in objection.steps.all() if row.step in steps}


def on_proposals(objection: Objection) -> set[int | None]:
    """Who proposed, or decided, by what it was carried out."""
    by = [row.proposal for row in objection.steps.all() if row.proposal is not None]
    return {pk for proposal in by for pk in (proposal.proposed_by_id, proposal.decided_by_id)}


def _acts(numbers: Collection[str]) -> QuerySet[ActRecord]:
    return ActRecord.objects.filter(listing_number__in=numbers, act__in=_ACTS)
