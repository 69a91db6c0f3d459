"""Events for one reader alone: what it may do with a listing changed, and the listing itself did not.

They stand in the same log, in the same order and under the listing's next version, so nothing is told outside it and a
receiver needs no second rule.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F

from registry.actions.acting import fetch_for_event, lock, lock_digests, perform
from registry.lifecycle import IN_FORCE
from registry.models import Event, EventType, Listing, Outcome, Proposal


def hold_for_addressing(listing_ids: Collection[int]) -> list[Listing]:
    """Take every lock that addressing takes but the head's, so that several calls may follow in one transaction."""
    listings = lock(listing_ids, sealed_too=True)
    fetch_for_event(listings, EventType.REVISED)
    lock_digests(listings)
    return [row for row in listings if row.state in IN_FORCE]


def tell_anew(listing_ids: Collection[int], *, reader: int, now: datetime, reason: str) -> dict[int, Event]:
    """Say to the reader alone what each listing in force is now; the events by listing id."""
    return _address("tell_anew", listing_ids, reader=reader, now=now, reason=reason)


def end_sharing(listing_ids: Collection[int], *, reader: int, now: datetime, reason: str) -> dict[int, Event]:
    """Withdraw each listing in force from the reader alone: the same message as any withdrawal; by listing id."""
    return _address("end_sharing", listing_ids, reader=reader, now=now, reason=reason)


def _address(name: str, listing_ids: Collection[int], *, reader: int, now: datetime, reason: str) -> dict[int, Event]:
    if not listing_ids:
        return {}
    with transaction.atomic():
        listings = [row for row in lock(listing_ids, sealed_too=True) if row.state in IN_FORCE]
        # What waits for a second officer was made against this very content.
        Proposal.objects.filter(
            listing__in=listings, outcome=Outcome.PENDING, against_version=F("listing__version")
        ).update(against_version=F("against_version") + 1)
        events = perform(name, listings, officer=None, now=now, alike={}, reason=reason, reader=reader)
    return {listing.pk: event for listing, event in zip(listings, events, strict=True)}
