"""Auditors, a book that is in order, and what they send."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from registry import actions
from registry.models import Account, Listing, Officer, Role
from tests import cast

PERIOD = {"begins": "2026-11-01", "ends": "2026-11-24"}
LATER = cast.NOW + timedelta(days=1)  # a period is over when it is asked about


def auditor() -> Officer:
    found = Officer.objects.filter(staff_number="A-FU").first()
    return found or cast.officer("A-FU", Role.AUDITOR, court="京", name="傅审计员")


def in_order(entry: Any = None, number: str = cast.DEFENDANT_NUMBER) -> Listing:
    """A listing that was entered, submitted, and approved an hour later, in office hours, and whose notice was served."""
    listing = cast.submitted(entry)
    cast.approve(listing, number, now=cast.NOW + timedelta(hours=1))
    Listing.objects.filter(pk=listing.pk).update(notice_served_on=cast.NOW.date())
    return cast.fresh(listing)


def everybody_signed_in() -> None:
    Account.objects.update(last_login=cast.NOW, date_joined=cast.NOW)


def propose_withdrawal(listing: Listing, officer: Officer) -> Any:
    return actions.propose(
        listing.pk,
        "withdraw",
        against_version=listing.version,
        officer=officer,
        now=cast.NOW,
        reason="acquitted on retrial",
        ground="（2026）京0105刑再1号",
    )
