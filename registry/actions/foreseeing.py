"""What effect and term would be once a change is carried out: for the officer who proposes it, and the one who decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry import assessment
from registry.actions import starting
from registry.actions.acting import fetch_for_dates
from registry.actions.changing import FIELDS, Owner, parsed
from registry.assessment import Assessment
from registry.models import Listing


def bears_on_term(changes: Mapping[str, Any]) -> bool:
    """Nothing of the person does: a document that shows a youth is proposed whatever is wrong with the days."""
    return any(FIELDS[name].owner is not Owner.PERSON for name in changes)


def foreseen(listing: Listing, changes: Mapping[str, Any]) -> Assessment:
    """Nothing is written, and what is at hand of the listing stays as it is. Raises the refusals of `registry.terms`."""
    as_it_were = Listing.objects.select_related("party__decision").get(pk=listing.pk)
    fetch_for_dates([as_it_were])
    for name, value in changes.items():
        if FIELDS[name].owner is Owner.PROHIBITIONS:
            starting.lay_out(as_it_were.party.prohibitions.all(), name, value)
        for row in _owners(as_it_were, FIELDS[name].owner):
            setattr(row, name, parsed(name, value))
    return assessment.assess(as_it_were.party, as_it_were.reviewed_on)


def _owners(listing: Listing, owner: Owner) -> list[Any]:
    """The rows at hand that have it; the party is there twice, by itself and among those of its decision."""
    party = listing.party
    if owner is Owner.PARTY:
        return [party, *(row for row in party.decision.parties.all() if row.pk == party.pk)]
    if owner is Owner.DECISION:
        return [party.decision]
    return []
