"""In force, and a later case of the matter changed it: an acquittal on retrial, a reduced sentence, a case sent back.

What is listed from an earlier decision does not follow by itself: an officer withdraws or revises it, or says why nothing
more has to change. Until then the later case stands in the work of whoever keeps the register at the listing's court.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from registry import codes
from registry.lifecycle import IN_FORCE
from registry.models import Case, Court, Event, EventType, Listing


def asking(cases: QuerySet[Case], court: Court) -> QuerySet[Case]:
    """Those of the cases whose outcome asks for a look at listings of the court that are in force.

    Whatever was corrected or revised since the case ended was looked at.
    """
    said = [code for code, row in codes.entries("case_outcomes").items() if row.extra.get("changes_earlier")]
    ended = cases.filter(outcome__in=said, earlier_looked_at=None, matter__isnull=False)
    since = Event.objects.filter(
        listing=OuterRef("pk"),
        type__in=(EventType.CORRECTED, EventType.REVISED),
        occurred_at__gte=OuterRef(OuterRef("concluded_on")),
    )
    listed = Listing.objects.filter(~Exists(since), court=court, state__in=IN_FORCE)
    of_first = listed.filter(party__decision__case=OuterRef("matter"))
    between = listed.filter(party__decision__case__matter=OuterRef("matter")).exclude(
        party__decision__case__filed_on__gt=OuterRef("filed_on")
    )
    return ended.filter(Exists(of_first) | Exists(between.exclude(party__decision__case=OuterRef("pk"))))
