"""The clearance letter on the person's own page: whoever was listed by mistake takes it along, on paper and signed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from registry.errors import NotCleared, Refusal
from registry.models import Listing
from sharing.persons.identity.proving import Identity
from sharing.persons.pages.frame import contact, levelled, refused
from sharing.persons.pages.visit import person_only
from sharing.persons.record import cleared
from sharing.recalls import clearing, handing_over
from sharing.recalls.spoken import heard


@require_safe
@never_cache
@levelled
@sensitive_variables()
@person_only("person:clearance")
def clearance(request: HttpRequest, identity: Identity) -> HttpResponse:
    found = cleared.heard_of(identity.subject(timezone.now()))
    shown = [{"number": each.listing.number, "cleared": each, "table": heard(each)} for each in found]
    return render(request, "persons/clearance.html", {"found": shown, "contact": contact()})


@require_POST
@never_cache
@sensitive_variables()
@person_only("person:clearance")
def clearance_letter(request: HttpRequest, identity: Identity, number: str) -> HttpResponse:
    """On paper, or as the signed text. Given to nobody but the person who was listed."""
    now = timezone.now()
    try:
        listing = _mine(identity, number)
        mistaken = cleared.as_mistaken(listing, identity, now=now)
        made = clearing.letter(listing, officer=None, now=now, mistaken=mistaken)
        return handing_over.response(made, signed=request.POST.get("as") == handing_over.SIGNED)
    except Refusal as refusal:
        return refused(request, refusal)


def _mine(identity: Identity, number: str) -> Listing:
    mine = cleared.listings_of(identity.subject(timezone.now()))
    found = next((each for each in mine if each.number == number), None)
    if found is None:
        raise NotCleared
    return found
