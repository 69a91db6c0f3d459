"""Under which documents a listing stands, or stood: also under a number that was found since to have been entered by mistake, and as
long as it is a draft under those that its draft alone says.

For who is shown, traced or cleared by what was entered. Who bears a number today, `IdentityDocument.objects` says.
"""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from registry.models import IdentityDocument, Listing

# For many listings at once: `fetched_of` leaves out what is not of each.
EVERY_DOCUMENT = Prefetch("party__person__documents", queryset=IdentityDocument.including_mistaken.all())


def documents_of(listing: Listing) -> QuerySet[IdentityDocument]:
    """Whoever is entered once a number was found to be another's does not stand under it."""
    stood = Q(mistaken_at=None) | Q(mistaken_at__gte=listing.entered_at)
    said = Q(drafts=None) | Q(drafts__contains=[listing.party_id])
    return IdentityDocument.including_mistaken.filter(stood, said, person=listing.party.person_id)


def fetched_of(listing: Listing) -> list[IdentityDocument]:
    """As `documents_of`, where `EVERY_DOCUMENT` was fetched with the listings."""
    every = listing.party.person.documents.all()
    return [each for each in every if _is_of(each, listing)]


def _is_of(document: IdentityDocument, listing: Listing) -> bool:
    stood = document.mistaken_at is None or document.mistaken_at >= listing.entered_at
    return stood and (document.drafts is None or listing.party_id in document.drafts)
