"""Evidence that the listed person received the notice: in court, by post or by public notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import units
from registry.actions import together
from registry.actions.acting import admit, is_personal, perform, today
from registry.actions.taking_effect import take_effect_where_due
from registry.assessment import rules
from registry.errors import (
    DatesOutOfOrder,
    FieldMissing,
    ReceivedAsNeeded,
    ServedBeforeApproval,
    ServiceReferenceIsPersonal,
    ServiceReferenceNeeded,
    ServiceStands,
)
from registry.lifecycle import ACTS
from registry.models import Listing, NoticeService, Officer, ReceivedAs, State
from registry.models.serving import REFERENCE_MOST
from registry.terms import PUBLIC_NOTICE, SERVED_HOW, Service, service


def record_service(
    listing_ids: Sequence[int],
    *,
    served_on: date,
    how: str,
    reference: str,
    received_as: str = "",
    officer: Officer,
    now: datetime,
) -> None:
    """Write down how the approved listing's notice was served, and what proves it; until it takes effect a later record replaces it.

    ``served_on``: the day it was handed over, delivered or published; what was published counts as served some days
    later, and the listing waits until then. ``reference``: of the record of service, the postal item or the public
    notice. ``received_as``: of `ReceivedAs`, kept of units alone, and needed of them unless by public notice. FieldMissing,
    DatesOutOfOrder, ServedBeforeApproval, ServiceReferenceNeeded, ServiceReferenceIsPersonal, ReceivedAsNeeded, ServiceStands.
    """
    counted, words = _counted(how, served_on, now), _tidy(reference)
    evidence: dict[str, Any] = {
        "how": how,
        "done_on": served_on,
        "served_on": counted.on,
        "officer": officer,
        "at": now,
    }

    def change(listing: Listing) -> None:
        if not may_be_recorded(listing):
            raise ServiceStands
        listing.notice_served_on, listing.notice_served_how = counted.on, how

    with transaction.atomic():
        listings, running = together.lock_with_runs(listing_ids)
        admit(ACTS["record_service"], officer, listings)
        _refuse_unfit(listings, served_on, words)
        capacities = [_capacity(row, how, received_as) for row in listings]
        perform("record_service", listings, officer=officer, now=now, change=change)
        for listing, capacity in zip(listings, capacities, strict=True):
            _keep(NoticeService(listing_number=listing.number, received_as=capacity, **evidence), words)
        take_effect_where_due([row for row in listings if row.state == State.AWAITING_EFFECT], now, running=running)


def _counted(how: str, done_on: date, now: datetime) -> Service:
    if how not in SERVED_HOW:
        raise FieldMissing("how", name=_("how the notice was served"))
    if done_on > today(now):
        raise DatesOutOfOrder("served_on", later=_("Today"), earlier=_("the service"))
    return service(how=how, done_on=done_on, public_notice_days=rules().public_notice_days)


def may_be_recorded(listing: Listing) -> bool:
    """Once in force, what was recorded stays; where nothing was, because the court waived it, it still is."""
    return listing.state == State.AWAITING_EFFECT or listing.notice_served_on is None


def _refuse_unfit(listings: Sequence[Listing], served_on: date, reference: str) -> None:
    # What proves the service is a number of the court's, the post's or the paper's, and never the person's.
    if is_personal(reference, listings):
        raise ServiceReferenceIsPersonal("reference")
    if any(served_on < listing.party.decision.pronounced_on for listing in listings):
        raise DatesOutOfOrder("served_on", later=_("The service"), earlier=_("the decision"))
    approved_on = max((today(row.approved_at) for row in listings if row.approved_at), default=served_on)
    if served_on < approved_on:
        raise ServedBeforeApproval("served_on", day=approved_on.isoformat())


def _capacity(listing: Listing, how: str, received_as: str) -> str:
    """As what somebody received it for a unit. Raises `ReceivedAsNeeded`."""
    if not units.is_unit(listing.party.person):
        return ""
    if (received_as in ReceivedAs.values) == (how == PUBLIC_NOTICE):
        raise ReceivedAsNeeded("received_as")
    return "" if how == PUBLIC_NOTICE else received_as


def _keep(row: NoticeService, reference: str) -> None:
    row.reference = reference
    row.save()


def _tidy(reference: str) -> str:
    words = " ".join(reference.split())
    if not 0 < len(words) <= REFERENCE_MOST or not words.isprintable():
        raise ServiceReferenceNeeded("reference", most=REFERENCE_MOST)
    return words
