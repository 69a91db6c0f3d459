"""The desk's look at what leaves the court: who will be told of a listing, who was, and why not the others."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.admin.doors import door, officer_of, page
from registry.models import Listing
from registry.reading import listing_for, record_reading
from sharing.departments import looking, timeliness
from sharing.departments.models import Look
from sharing.departments.prospects import Prospect, prospects
from sharing.recalls import clearing

LOOKS_SHOWN = 50


@require_safe
@door
def recipients(request: HttpRequest, number: str) -> HttpResponse:
    officer = officer_of(request)
    listing = listing_for(officer, number, on_review=True)
    record_reading([listing], officer=officer, page="recipients", now=timezone.now())
    found = prospects(listing)
    rows = [_row(each) for each in found]
    ways = _ways(listing, {each.department.pk: each.department.spoken_name for each in found})
    title = _("Who is told of %(number)s") % {"number": listing.number}
    shown = [_look(each) for each in looking.of_listing(listing.pk)[:LOOKS_SHOWN]]
    return page(
        request,
        "recipients",
        title,
        listing=listing,
        rows=rows,
        ways=ways,
        looks=shown,
        cleared=clearing.is_cleared(listing),
    )


def _ways(listing: Listing, names: dict[int, str]) -> list[dict[str, object]]:
    """When each department was first tried, had it and confirmed it, and how long that took from the court's act."""
    return [
        {
            "name": names[way.department_id],
            "moments": [
                _moment(way.began, None),
                *(_moment(each, way.began) for each in (way.tried, way.had, way.said)),
            ],
        }
        for way in timeliness.of_listing(listing.pk, now=timezone.now())
    ]


def _moment(at: datetime | None, since: datetime | None) -> dict[str, object]:
    if at is None or since is None:
        return {"at": at}
    return {"at": at, "after": timeliness.spoken(max((at - since).total_seconds(), 0))}


def _look(record: Look) -> dict[str, object]:
    return {
        "at": record.at,
        "name": record.department.spoken_name,
        "member": record.member.name,
        "page": record.get_page_display(),
    }


def _row(prospect: Prospect) -> dict[str, object]:
    return {
        "name": prospect.department.spoken_name,
        "allows": prospect.allows,
        "missing": prospect.missing,
        "told": prospect.told,
        "receipt": prospect.receipt,
    }
