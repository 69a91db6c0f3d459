"""Evidence that the listed person received the notice: in court, by post or by public notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.acting import admit, is_personal, lock, perform, today
from registry.actions.reviewing import take_effect_where_due
from registry.assessment import rules
from registry.errors import (
    DatesOutOfOrder,
    FieldMissing,
    ServiceReferenceIsPersonal,
    ServiceReferenceNeeded,
    ServiceStands,
)
from registry.lifecycle import ACTS, DESK
from registry.models import Listing, NoticeService, Officer, State
from registry.models.serving import REFERENCE_MOST
from registry.terms import SERVED_HOW, Service, service


def record_service(
    listing_ids: Sequence[int], *, served_on: date, how: str, reference: str, officer: Officer, now: datetime
) -> None:
    """Write down how the notice was served and what proves it; a record before the listing takes effect replaces the
    one before.

    ``served_on``: the day it was handed over, delivered or published; what was published counts as served some days
    later, and the listing waits until then. ``reference``: of the record of service, the postal item or the public
    notice. FieldMissing, DatesOutOfOrder, ServiceReferenceNeeded, ServiceReferenceIsPersonal, ServiceStands.
    """
    if how not in SERVED_HOW:
        raise FieldMissing("how", name=_("how the notice was served"))
    if served_on > today(now):
        raise DatesOutOfOrder("served_on", later=_("Today"), earlier=_("the service"))
    words = _tidy(reference)
    counted = service(how=how, done_on=served_on, public_notice_days=rules().public_notice_days)

    def change(listing: Listing) -> None:
        if not may_be_recorded(listing):
            raise ServiceStands
        listing.notice_served_on, listing.notice_served_how = counted.on, how

    with transaction.atomic():
        listings = lock(listing_ids)
        admit(ACTS["record_service"], officer, listings)
        # What proves the service is a number of the court's, the post's or the paper's, and never the person's.
        if is_personal(words, listings):
            raise ServiceReferenceIsPersonal("reference")
        if any(served_on < listing.party.decision.pronounced_on for listing in listings):
            raise DatesOutOfOrder("served_on", later=_("The service"), earlier=_("the decision"))
        perform("record_service", listings, officer=officer, now=now, change=change)
        for listing in listings:
            _keep(listing, counted, how, served_on, words, officer, now)
        take_effect_where_due([row for row in listings if row.state == State.AWAITING_EFFECT], now)


def may_be_recorded(listing: Listing) -> bool:
    """Once in force, what was recorded stays; where nothing was, because the court waived it, it still is."""
    return listing.state in DESK or listing.notice_served_on is None


def _keep(
    listing: Listing, counted: Service, how: str, done_on: date, reference: str, officer: Officer, now: datetime
) -> None:
    row = NoticeService(listing_number=listing.number, how=how, done_on=done_on, served_on=counted.on)
    row.officer, row.at, row.reference = officer, now, reference
    row.save()


def _tidy(reference: str) -> str:
    words = " ".join(reference.split())
    if not 0 < len(words) <= REFERENCE_MOST or not words.isprintable():
        raise ServiceReferenceNeeded("reference", most=REFERENCE_MOST)
    return words
