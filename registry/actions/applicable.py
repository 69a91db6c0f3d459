"""Which of the fields that change there are of one listing at all: nobody is released from a fine, and a unit was not born."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from registry import units
from registry.actions.as_decided import FIELDS as REMEMBERED_FIELDS
from registry.actions.as_decided import is_remembered
from registry.models import DecisionKind, Listing
from registry.terms import PROBATION_MONTHS, SENTENCES


def _is_criminal(listing: Listing) -> bool:
    return listing.party.decision.kind == DecisionKind.CRIMINAL


def _has_sentence(listing: Listing) -> bool:
    return listing.party.penalty_kind in SENTENCES


def _may_be_on_probation(listing: Listing) -> bool:
    return listing.party.penalty_kind in PROBATION_MONTHS


def _is_natural(listing: Listing) -> bool:
    return not units.is_unit(listing.party.person)


_ONLY: Mapping[str, Callable[[Listing], bool]] = {
    "birth_date": _is_natural,
    "charge": _is_criminal,
    "sentence_months": _has_sentence,
    "probation_months": _may_be_on_probation,
    "sentence_ends_on": _has_sentence,
    "released_on": _has_sentence,
    **{name: partial(is_remembered, name=name) for name in REMEMBERED_FIELDS},
}


def has(listing: Listing, name: str) -> bool:
    """Whether there is such a field of this listing."""
    return name not in _ONLY or _ONLY[name](listing)
