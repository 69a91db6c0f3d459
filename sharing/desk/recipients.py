"""The desk's look at what leaves the court: who will be told of a listing, who was, and why not the others."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.admin.doors import door, officer_of, page
from registry.reading import listing_for, record_reading
from sharing.departments import looking
from sharing.departments.models import Look
from sharing.departments.prospects import Prospect, prospects
from sharing.desk.spoken import name_of

LOOKS_SHOWN = 50


@require_safe
@door
def recipients(request: HttpRequest, number: str) -> HttpResponse:
    officer = officer_of(request)
    listing = listing_for(officer, number)
    record_reading([listing], officer=officer, page="recipients", now=timezone.now())
    rows = [_row(each) for each in prospects(listing)]
    title = _("Who is told of %(number)s") % {"number": listing.number}
    shown = [_look(each) for each in looking.of_listing(listing.pk)[:LOOKS_SHOWN]]
    return page(request, "recipients", title, listing=listing, rows=rows, looks=shown)


def _look(record: Look) -> dict[str, object]:
    return {
        "at": record.at,
        "name": name_of(record.department),
        "member": record.member.name,
        "page": record.get_page_display(),
    }


def _row(prospect: Prospect) -> dict[str, object]:
    return {
        "name": name_of(prospect.department),
        "allows": prospect.allows,
        "missing": prospect.missing,
        "told": prospect.told,
        "receipt": prospect.receipt,
    }
