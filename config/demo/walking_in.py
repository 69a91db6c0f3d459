"""Walking in as the listed person: the counter hands over a code for her, and it is typed at once, as she would."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from registry.models import Listing, Officer
from sharing.persons.identity import counter, proving
from sharing.persons.identity.proving import Identity
from sharing.persons.pages import visit


def walk_in(request: HttpRequest, listing: Listing, onward: str, clerk: Officer) -> HttpResponse:
    """To the page of that name, as whoever proved who she is."""
    request.session[visit.ONWARD] = onward
    return visit.begin(request, proved(listing, clerk, timezone.now()))


def proved(listing: Listing, clerk: Officer, now: datetime) -> UUID:
    """The proof of the listing's person, by the first of her documents."""
    person = listing.party.person
    document = person.documents.order_by("pk")[0]
    identity = Identity(document_type=document.type, document_number=document.number, name=person.name)
    made = counter.make(identity, officer=clerk, now=now)
    return proving.redeemed(counter.redeem, made.shown, document.number[-4:], now=now)
