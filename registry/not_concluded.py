"""Entered, and the case is not concluded: no outcome followed from its decision, and nobody told of one.

Whoever is counted as convicted by it stands in the court's figures, and the case does not among those that were concluded.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.models import Case, Decision, Listing, State

WAITS = timedelta(days=30)  # for the appeal's period, and for case management, before somebody is asked
ON_THEIR_WAY = (State.IN_REVIEW, State.AWAITING_EFFECT)


def open_cases(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those of the cases that are entered and not concluded."""
    return cases.filter(is_entered=True, outcome="")


def asking(cases: QuerySet[Case], day: date) -> QuerySet[Case]:
    """Of these, those that somebody is asked to conclude: persons are counted by the decision, or it was pronounced `WAITS` ago.

    Of what is on its way into force nothing is asked, for it will conclude the case by itself; nor of what was entered in error.
    """
    of_it = Listing.including_sealed.filter(party__decision=OuterRef("pk"))
    decisions = Decision.objects.filter(case=OuterRef("pk"), pronounced_on__lte=day - WAITS)
    long_ago = decisions.exclude(Exists(of_it.filter(Q(state__in=ON_THEIR_WAY) | Q(in_error=True))))
    return open_cases(cases).filter(Exists(counted().filter(party__decision__case=OuterRef("pk"))) | Exists(long_ago))


def counted() -> QuerySet[Listing]:
    """The listings by which somebody counts in the court's figures, or would, were he not sealed."""
    return Listing.including_sealed.filter(version__gte=1, in_error=False)
