"""What has waited for more working days than its time limit (`registry.terms.clocks`) allows.

A working day is over at the same hour of the next one: what was submitted on Monday at ten has waited for one on Tuesday
at ten. What came on a day off has waited since the next working day began.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max, OuterRef, QuerySet, Subquery

from registry.assessment import rules
from registry.models import ActRecord, Listing, Outcome, Proposal, State

SENT_BACK = ("return", "amend", "hold", "stop")


def waiting_since(clock: str, now: datetime) -> datetime:
    """What waits since this moment, or longer, has waited for the whole time limit."""
    local = now.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE))
    found = rules()
    number, calendar = found.clocks[clock].number, found.calendar
    if calendar.is_working(local.date()):
        return datetime.combine(calendar.back_working_days(local.date(), number), local.time(), local.tzinfo)
    last = calendar.back_working_days(local.date(), 1)  # it is over, so it counts whole
    after = calendar.back_working_days(last, number) + timedelta(days=1)
    return datetime.combine(after, time.min, local.tzinfo)


def in_review(clock: str, now: datetime) -> QuerySet[Listing]:
    """Listings that have been in review for the whole time limit."""
    return Listing.objects.filter(state=State.IN_REVIEW, submitted_at__lte=waiting_since(clock, now))


def untouched(now: datetime) -> QuerySet[Listing]:
    """Returned drafts that nobody amended within the time limit ``draft_returned``."""
    touched = ActRecord.objects.filter(listing_number=OuterRef("number"), act__in=SENT_BACK).order_by()
    last = touched.values("listing_number").annotate(at=Max("at")).values("at")
    drafts = Listing.objects.filter(state=State.DRAFT, returned_because_sealed__isnull=False)
    return drafts.annotate(touched_at=Subquery(last)).filter(touched_at__lte=waiting_since("draft_returned", now))


def proposals(now: datetime) -> QuerySet[Proposal]:
    """Proposals that have waited for the second officer for the whole time limit ``proposal``."""
    waiting = Proposal.objects.filter(outcome=Outcome.PENDING, listing__sealed_at=None)
    return waiting.filter(proposed_at__lte=waiting_since("proposal", now))
