"""The desk's look at what leaves the court: who will be told of a listing, who was, and why not the others."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.admin.doors import door, officer_of, page
from registry.reading import listing_for, record_reading
from sharing.departments.prospects import Prospect, prospects
from sharing.parties.models import Organisation


@require_safe
@door
def recipients(request: HttpRequest, number: str) -> HttpResponse:
    officer = officer_of(request)
    listing = listing_for(officer, number)
    record_reading([listing], officer=officer, page="recipients", now=timezone.now())
    rows = [_row(each) for each in prospects(listing)]
    title = _("Who is told of %(number)s") % {"number": listing.number}
    return page(request, "recipients", title, listing=listing, rows=rows)


def _row(prospect: Prospect) -> dict[str, object]:
    return {
        "name": name_of(prospect.department),
        "allows": prospect.allows,
        "missing": prospect.missing,
        "told": prospect.told,
        "receipt": prospect.receipt,
    }


def name_of(organisation: Organisation) -> str:
    return organisation.name_en if get_language() == "en" and organisation.name_en else organisation.name
