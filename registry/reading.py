"""Who may look at what in the book, and the record that every look leaves (PIPL 44–45, 51)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry.errors import AnotherCourt, NoSuchListing, NotInTheBook, WrongRole
from registry.lifecycle import is_high_court_registrar
from registry.models import AccessRecord, Decision, Listing, Officer, Role

READERS = (Role.CLERK, Role.JUDGE, Role.REGISTRAR, Role.AUDITOR)
NUMBER_READERS = (Role.CLERK, Role.JUDGE, Role.REGISTRAR)


def sees_every_court(officer: Officer) -> bool:
    """Auditors, and the registrars of the High Court."""
    return officer.role == Role.AUDITOR or is_high_court_registrar(officer)


def sees_numbers(officer: Officer) -> bool:
    """Whether masked document numbers are shown; an auditor reads everything without identity numbers."""
    return officer.role in NUMBER_READERS


def listings_open_to(officer: Officer) -> QuerySet[Listing]:
    """The listings that the officer may read: none for statisticians."""
    listings = Listing.objects.select_related("court", "party__decision__court", "party__person")
    if officer.role not in READERS:
        return listings.none()
    if sees_every_court(officer):
        return listings
    return listings.filter(court=officer.court_id)


def refuse_reader(officer: Officer, court_id: int | None = None) -> None:
    """Raise `WrongRole` or `AnotherCourt` unless the officer may read listings (of this court)."""
    if officer.role not in READERS:
        raise WrongRole(act=_("read listings"), roles=", ".join(str(role.label) for role in READERS))
    if court_id is not None and court_id != officer.court_id and not sees_every_court(officer):
        raise AnotherCourt


def listing_for(officer: Officer, number: str) -> Listing:
    """The listing with this number. Raises `NoSuchListing`, `WrongRole`, `AnotherCourt`."""
    refuse_reader(officer)
    listing = (
        Listing.objects.select_related(
            "court", "party__decision__court", "party__person", "entered_by", "submitted_by", "approved_by"
        )
        .filter(number=number)
        .first()
    )
    if listing is None:
        raise NoSuchListing
    refuse_reader(officer, listing.court_id)
    return listing


def decision_for(officer: Officer, decision_id: int) -> Decision:
    """The decision. Raises `NotInTheBook`, `WrongRole`, `AnotherCourt`."""
    refuse_reader(officer)
    decision = Decision.objects.select_related("court", "case").filter(pk=decision_id).first()
    if decision is None:
        raise NotInTheBook
    refuse_reader(officer, decision.court_id)
    return decision


def record_reading(listings: Iterable[Listing], *, officer: Officer, page: str, now: datetime) -> None:
    """Write down that the officer is shown these persons' data; call it before the page is rendered.

    ``page``: which page, at most 32 characters.
    """
    AccessRecord.objects.bulk_create(
        AccessRecord(officer=officer, listing_number=listing.number, page=page, at=now) for listing in listings
    )
