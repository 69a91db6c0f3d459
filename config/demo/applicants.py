"""The two invented applicants that HR may ask about: one who is listed at the moment, and one who is not."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from config.demo.period import live
from config.demo.period.live import LIVE_COURT
from registry.actions.acting import today
from registry.entries import DocumentEntry, PersonEntry
from registry.models import Listing, PersonKind, State
from sharing.employers.answers import EXEMPT


def listed_applicant(number: str = "") -> PersonEntry | None:
    """The person of this listing while it is in force, else of the last one of the live court; None without any."""
    listing = listing_to_show(number)
    document = listing.party.person.documents.order_by("pk").first() if listing else None
    if listing is None or document is None:
        return None
    entry = DocumentEntry(type=document.type, number=document.number)
    return PersonEntry(name=listing.party.person.name, documents=(entry,))


def unlisted_applicant() -> PersonEntry:
    return live(today(timezone.now())).unlisted_applicant


def listing_to_show(number: str = "") -> Listing | None:
    """The listing with this number if it is in force, else the last of the live court of which an employer is told."""
    rows = _in_force()
    asked = rows.filter(number=number).first() if number else None
    if asked is not None:
        return asked
    rows = rows.filter(court__code=LIVE_COURT, party__person__kind=PersonKind.NATURAL)
    return rows.exclude(party__penalty_kind=EXEMPT).order_by("-approved_at", "-pk").first()


def _in_force() -> QuerySet[Listing]:
    return Listing.objects.filter(state=State.ACTIVE).select_related("party__person", "court")
