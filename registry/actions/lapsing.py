"""What was approved and never took effect: once its term, as it would have run, is long over, nothing of it is kept.

Not served, not confirmed or without a day of effect, it never left the court. Officers stop and discard it; where nobody
does, the clock ends it (docs/decisions/0100).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import Q, QuerySet

from registry import assessment
from registry.actions.acting import fetch_for_dates, hold_decisions, lock, record, today
from registry.actions.apart import apart
from registry.actions.departing import mark_what_they_held
from registry.actions.people import forget_party, hold_persons
from registry.models import Listing, State
from registry.terms import after_months

LAPSES_AFTER_DAYS = 90
CHUNK = 500


def never_in_force(waiting: QuerySet[Listing], day: date) -> QuerySet[Listing]:
    """Of listings that await effect, those whose term is over, and those that have been without a day of effect since
    their approval for as long as the shortest term runs.
    """
    since = after_months(day, -12 * assessment.shortest_years())
    return waiting.filter(Q(ends_on__lt=day) | Q(effective_on=None, approved_at__date__lt=since))


def lapse(*, now: datetime) -> int:
    """Destroy one chunk of those whose term has been over for `LAPSES_AFTER_DAYS`; how many. Who did what stays.

    One that cannot be destroyed is named in the log, and keeps none of the others.
    What stands of co-defendants stays as it is: that a receipt is gone brings no day forward, as after the purge. In the
    caller's transaction, if there is one.
    """
    before = today(now) - timedelta(days=LAPSES_AFTER_DAYS)
    due = _due(before)
    return apart(due, partial(_lapse, before=before, now=now)) if due else 0


def _lapse(due: Sequence[int], before: date, now: datetime) -> int:
    """In the caller's transaction."""
    hold_decisions(Listing.objects.filter(pk__in=due).values_list("party__decision", flat=True))
    listings = [row for row in lock(due) if _is_due(row, before)]
    record("lapse", listings, officer=None, now=now)
    mark_what_they_held(listings)
    hold_persons([row.party.person for row in listings])
    for listing in listings:
        forget_party(listing)
    return len(listings)


def _due(before: date) -> list[int]:
    waiting = Listing.objects.filter(state=State.AWAITING_EFFECT).select_related("party__decision").order_by("pk")
    found = list(never_in_force(waiting, before))
    fetch_for_dates(found)
    return [row.pk for row in found if _is_due(row, before)][:CHUNK]


def _is_due(listing: Listing, before: date) -> bool:
    """Asked again under the lock."""
    if listing.state != State.AWAITING_EFFECT or listing.approved_at is None:
        return False
    ends_on = assessment.would_end_on(listing, today(listing.approved_at))
    return ends_on is not None and ends_on < before
