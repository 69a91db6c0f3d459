"""How much may be asked, and when: settings of the court."""

from __future__ import annotations

from django.conf import settings

from registry.models import Listing


def months_before_repair(listing: Listing) -> int:
    """Months that a listing must have stood before an early end can be asked for, by the kind of penalty."""
    by_kind: dict[str, int] = settings.SHARING_REPAIR_MONTHS_BY_PENALTY
    usual: int = settings.SHARING_REPAIR_MONTHS
    return by_kind.get(listing.party.penalty_kind, usual)
