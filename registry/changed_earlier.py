"""In force, and a later case of the matter changed it: an acquittal on retrial, a reduced sentence, a case sent back.

What is listed from an earlier decision does not follow by itself: an officer withdraws it, or looks at it, changes what has
to change, and says why nothing more does. Until then the later case stands in the work of whoever keeps the register at the
listing's court; what one court says is not said for another one.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from registry import codes
from registry.lifecycle import IN_FORCE
from registry.models import Case, CaseAct, CaseActKind, Court, Listing


def asking(cases: QuerySet[Case], court: Court) -> QuerySet[Case]:
    """Those of the cases whose outcome asks for a look at listings of the court that are in force.

    A correction or revision alone is no look: it may be of a name, and from before anybody here heard of the later case.
    """
    said = [code for code, row in codes.entries("case_outcomes").items() if row.extra.get("changes_earlier")]
    ended = cases.filter(outcome__in=said, matter__isnull=False).exclude(Exists(_looks(court)))
    listed = Listing.objects.filter(court=court, state__in=IN_FORCE)
    of_first = listed.filter(party__decision__case=OuterRef("matter"))
    between = listed.filter(party__decision__case__matter=OuterRef("matter")).exclude(
        party__decision__case__filed_on__gt=OuterRef("filed_on")
    )
    return ended.filter(Exists(of_first) | Exists(between.exclude(party__decision__case=OuterRef("pk"))))


def _looks(court: Court) -> QuerySet[CaseAct]:
    """Of a case, those that the court took since the outcome was told last."""
    told_since = CaseAct.objects.filter(
        case=OuterRef("case"), changes__has_key="outcome", recorded_at__gt=OuterRef("recorded_at")
    )
    looks = CaseAct.objects.filter(case=OuterRef("pk"), act=CaseActKind.LOOK_AT_EARLIER, changes__court__1=court.code)
    return looks.exclude(Exists(told_since))
