"""In force, and a later case of the matter bears on it: an acquittal on retrial, a reduced sentence, a case sent back; or an appeal
that is open, by which the decision has not taken effect (CPL 233).

What is listed from an earlier decision does not follow by itself: an officer withdraws it, or looks at it, changes what has
to change, and says why nothing more does. Until then the later case stands in the work of whoever keeps the register at the
listing's court; what one court says is not said for another one.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from registry import codes
from registry.lifecycle import IN_FORCE
from registry.models import Case, CaseAct, CaseActKind, Court, Listing
from registry.not_entered import open_appeals

SINCE = Coalesce("concluded_on", "filed_on")  # an open appeal asks from the day on which it was filed


def asking(cases: QuerySet[Case], court: Court) -> QuerySet[Case]:
    """Those of the cases that ask for a look at listings of the court that are in force: by their outcome, or as an open appeal.

    A correction or revision alone is no look: it may be of a name, and from before anybody here heard of the later case.
    """
    told = _bearing(cases).exclude(Exists(_looks(Value(court.code))))
    listed = Listing.objects.filter(court=court, state__in=IN_FORCE)
    of_first = listed.filter(party__decision__case=OuterRef("matter"))
    between = listed.filter(party__decision__case__matter=OuterRef("matter")).exclude(
        party__decision__case__filed_on__gt=OuterRef("filed_on")
    )
    of_earlier = Exists(of_first) | Exists(between.exclude(party__decision__case=OuterRef("pk")))
    of_appealed = Exists(listed.filter(party__decision__case=OuterRef("continues")))
    return told.filter((_changes() & of_earlier) | (open_appeals() & of_appealed))


def unlooked(cases: QuerySet[Case]) -> QuerySet[Listing]:
    """The listings in force, of every court, that these cases ask to be looked at: `asking`, seen from the other side.
    ``changed_on``: since when.
    """
    case = "party__decision__case"
    later, appeals = cases.filter(_changes(), matter__isnull=False), cases.filter(open_appeals(), matter__isnull=False)
    # First those of the matters, so that the database need not look at every listing of the book.
    in_force = Listing.objects.filter(state__in=IN_FORCE)
    of_first = in_force.filter(**{f"{case}__in": later.values("matter")})
    between = in_force.filter(**{f"{case}__matter__in": later.values("matter")})
    of_appealed = in_force.filter(**{f"{case}__in": appeals.values("continues")})
    is_later = Q(matter=OuterRef(case)) | Q(
        matter=OuterRef(f"{case}__matter"), filed_on__gte=OuterRef(f"{case}__filed_on")
    )
    bearing = (
        _bearing(cases)
        .filter((_changes() & is_later) | (open_appeals() & Q(continues=OuterRef(case))))
        .exclude(pk=OuterRef(case))
        .exclude(Exists(_looks(OuterRef(OuterRef("court__code")))))
        .order_by(SINCE)
    )
    each = of_first.values("pk").union(between.values("pk"), of_appealed.values("pk"), all=True)
    found = Listing.objects.filter(pk__in=each)
    return found.annotate(changed_on=Subquery(bearing.values(since=SINCE)[:1])).filter(changed_on__isnull=False)


def not_looked_at(listing: Listing) -> str:
    """The number of a later case that bears on the listing, at which nobody of its court looked; "" for none."""
    case = listing.party.decision.case
    if case is None:
        return ""
    later = Case.objects.filter(matter=case.matter_id or case.pk).order_by("filed_on", "pk")
    bearing = (each.number for each in later if unlooked(later.filter(pk=each.pk)).filter(pk=listing.pk).exists())
    return next(bearing, "")


def _bearing(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.filter(_changes() | open_appeals(), matter__isnull=False)


def _changes() -> Q:
    """Of cases: their outcome changes what was decided before."""
    return Q(
        outcome__in=[code for code, row in codes.entries("case_outcomes").items() if row.extra.get("changes_earlier")]
    )


def _looks(court: Value | OuterRef) -> QuerySet[CaseAct]:
    """Of a case, those that the court, by its code, took since the outcome was told last."""
    told_since = CaseAct.objects.filter(
        case=OuterRef("case"), changes__has_key="outcome", recorded_at__gt=OuterRef("recorded_at")
    )
    looks = CaseAct.objects.filter(
        Exact(KT("changes__court__1"), court), case=OuterRef("pk"), act=CaseActKind.LOOK_AT_EARLIER
    )
    return looks.exclude(Exists(told_since))
