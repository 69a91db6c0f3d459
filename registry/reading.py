"""Who may look at what in the book, and the record that every look leaves (PIPL 44–45, 51)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from registry import watching
from registry.borne import documents_of
from registry.errors import (
    NoNumberKept,
    NoSuchListing,
    NotInTheBook,
    NumberClosed,
    NumbersUsedUp,
    SayWhyFirst,
    Text,
    WrongRole,
)
from registry.lifecycle import HIGH_COURT_LEVEL
from registry.models import AccessRecord, Decision, IdentityDocument, Listing, Officer, Role
from registry.overseeing import oversees, sees_every_court

READERS = (Role.CLERK, Role.JUDGE, Role.REGISTRAR, Role.AUDITOR)
NUMBER_READERS = (Role.CLERK, Role.JUDGE, Role.REGISTRAR)
HOLDS = timedelta(hours=1)  # what an officer said of why he reads a case that is not his own

# In words that the person reads, too.
PAGES: Mapping[str, Text] = {
    AccessRecord.WHY: _("said why he reads it"),
    "listing": _("the page of the listing"),
    "decision": _("the page of the decision"),
    "judgment_file": _("the file of the judgment"),
    "book": _("the book, as a list"),
    "matter": _("the chain of cases of one matter"),
    "find": _("found by the document number"),
    "amend": _("to amend the draft"),
    "enter": _("this number was typed when a decision was entered"),
    "circumstances": _("to record the circumstances for the report"),
    "submit": _("to check it before submitting"),
    "import": _("to compare the rows of an import with the judgments"),
    "review": _("to review it"),
    "propose": _("to propose a change"),
    "proposal": _("to decide on a proposed change"),
    "unit": _("what became of the unit, and who is linked with it"),
    "recipients": _("who is told of it"),
    AccessRecord.NUMBER: _("one document number in full"),
    "export": _("a list with masked document numbers, as a file"),
    "notice": _("to issue the notice, or look at it"),
    "clearance": _("to give a clearance letter"),
    "objection": _("to decide on an objection"),
    "objection_file": _("a file of an objection"),
    "objection_letter": _("the letter about an objection"),
    "own_record": _("your own record, printed for you at a counter"),
}


def sees_statistics(officer: Officer) -> bool:
    """Whether figures are shown before their release, small ones too: the High Court's statisticians as well."""
    of_high_court = officer.role == Role.STATISTICIAN and officer.court.level == HIGH_COURT_LEVEL
    return of_high_court or sees_every_court(officer)


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


def refuse_reader(officer: Officer) -> None:
    """Raise `WrongRole` unless the officer may read listings."""
    if officer.role not in READERS:
        raise WrongRole(act=_("read listings"), roles=", ".join(str(role.label) for role in READERS))


def listing_for(officer: Officer, number: str, *, on_review: bool = False) -> Listing:
    """The listing with this number; ``on_review``: another court's, too, while the officer's court reviews what was decided
    about it. Raises `WrongRole`, `NoSuchListing`: another court's is as absent as one that never was.
    """
    refuse_reader(officer)
    rows = Listing.objects.select_related(
        "court", "party__decision__court", "party__decision__case", "party__person"
    ).filter(number=number)
    if not sees_every_court(officer):
        reviewed = Q(pk__in=_under_review(officer).values("pk")) if on_review else Q()
        rows = rows.filter(Q(court=officer.court_id) | reviewed)
    listing = rows.first()
    if listing is None:
        raise NoSuchListing
    return listing


def may_open(officer: Officer, listing: Listing) -> bool:
    """Whether the listing's page is open to the officer, with or without a reason."""
    return may_open_decisions(officer, listing.court_id) or _under_review(officer).filter(pk=listing.pk).exists()


def may_open_decisions(officer: Officer, court_id: int) -> bool:
    """Whether the pages of that court's decisions, with all their parties, are open to the officer."""
    return officer.role in READERS and (sees_every_court(officer) or officer.court_id == court_id)


def decision_for(officer: Officer, decision_id: int) -> Decision:
    """The decision. Raises `WrongRole`, `NotInTheBook`: another court's is as absent as one that never was."""
    refuse_reader(officer)
    rows = Decision.objects.select_related("court", "case").filter(pk=decision_id)
    if not sees_every_court(officer):
        rows = rows.filter(court=officer.court_id)
    decision = rows.first()
    if decision is None:
        raise NotInTheBook
    return decision


def record_reading(
    listings: Iterable[Listing], *, officer: Officer, page: str, now: datetime, reason_needed: bool = True
) -> None:
    """Write down that the officer is shown these persons' data; call it before the page is rendered.

    ``page``: of `PAGES`; ``reason_needed`` False: no reason is needed, because names are left out or the person himself asks.
    Raises `SayWhyFirst` where a case is not his own and he did not say within the last hour why he reads it.
    """
    shown = list(listings)
    if reason_needed and (closed := closed_to(shown, officer=officer, now=now)):
        raise SayWhyFirst(closed)
    AccessRecord.objects.bulk_create(
        AccessRecord(officer=officer, listing_number=listing.number, page=page, at=now) for listing in shown
    )
    watching.look_at(officer.pk, now=now)


def record_once(listings: Iterable[Listing], *, officer: Officer, page: str, now: datetime) -> None:
    """As `record_reading`, for a page whose parts are fetched one by one: one record within the hour stands for them all."""
    shown = list(listings)
    looks = AccessRecord.objects.filter(officer=officer, page=page, at__gt=now - HOLDS)
    seen = set(looks.filter(listing_number__in=[row.number for row in shown]).values_list("listing_number", flat=True))
    if closed := closed_to(shown, officer=officer, now=now):
        raise SayWhyFirst(closed)
    record_reading([row for row in shown if row.number not in seen], officer=officer, page=page, now=now)


def is_own_case(officer: Officer, listing: Listing) -> bool:
    """A case of his court. An auditor has none of his own: he reads to audit, and says what. What his court reviews of
    another one is his beside these, for as long (`closed_to`).
    """
    return officer.role != Role.AUDITOR and officer.court_id == listing.court_id


def closed_to(listings: Iterable[Listing], *, officer: Officer, now: datetime) -> list[Listing]:
    """Those whose person is not shown to the officer before he has said why."""
    others = [listing for listing in listings if not is_own_case(officer, listing)]
    if not others:
        return []
    said = AccessRecord.objects.filter(
        officer=officer,
        page=AccessRecord.WHY,
        at__gt=now - HOLDS,
        listing_number__in=[listing.number for listing in others],
    )
    reviewed = _under_review(officer).filter(pk__in=[listing.pk for listing in others])
    open_numbers = {*said.values_list("listing_number", flat=True), *reviewed.values_list("number", flat=True)}
    return [listing for listing in others if listing.number not in open_numbers]


def _under_review(officer: Officer) -> QuerySet[Listing]:
    """Listings about which the officer's court reviews a decision just now. Which they are, the room knows that keeps
    objections; the book knows its name from the settings alone.
    """
    find: Callable[[Officer], QuerySet[Listing]] = import_string(settings.REGISTRY_UNDER_REVIEW)
    return find(officer)


def say_why(listings: Iterable[Listing], *, officer: Officer, reason: str, now: datetime) -> None:
    """Open these listings to the officer for an hour. ``reason``: his words, which the persons can read."""
    rows = []
    for listing in listings:
        row = AccessRecord(officer=officer, listing_number=listing.number, page=AccessRecord.WHY, at=now)
        row.reason = reason
        rows.append(row)
    AccessRecord.objects.bulk_create(rows)


def reveals_numbers(officer: Officer) -> bool:
    """Whether one document number may be shown to him in full, for a reason: who reads every court and no number else."""
    return oversees(officer)


def numbers_left(officer: Officer, *, now: datetime) -> int:
    """How many he may still be shown within a day, counted back from now."""
    shown = AccessRecord.objects.filter(officer=officer, page=AccessRecord.NUMBER, at__gt=now - watching.DAY)
    most: int = settings.REGISTRY_NUMBERS_A_DAY
    return max(most - shown.count(), 0)


def refuse_number(officer: Officer) -> None:
    """Raise `NumberClosed`."""
    if not reveals_numbers(officer):
        raise NumberClosed


def reveal(
    listing: Listing, document_id: UUID | None, *, officer: Officer, reason: str, now: datetime
) -> IdentityDocument:
    """One document of the person listed, whose number may be shown this once. ``reason``: words that the person can read.

    Raises `NumberClosed`, `NoNumberKept`, `NumbersUsedUp`.
    """
    refuse_number(officer)
    document = documents_of(listing).filter(pk=document_id).first() if document_id else None
    if document is None:
        raise NoNumberKept("document")
    row = AccessRecord(officer=officer, listing_number=listing.number, page=AccessRecord.NUMBER, at=now)
    row.reason = reason
    with transaction.atomic():
        Officer.objects.select_for_update(no_key=True).get(pk=officer.pk)  # of two at once the second counts the first
        if not numbers_left(officer, now=now):
            raise NumbersUsedUp(most=settings.REGISTRY_NUMBERS_A_DAY)
        row.save()
    watching.look_at(officer.pk, now=now)
    return document
