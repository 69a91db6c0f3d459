"""Concluded or effective, not entered: the cases from which a decision is awaited, and since when it is overdue.

Awaited is a decision from every case whose outcome says so (`case_outcomes.json`: "expects_decision"), that nobody set
aside, and that no later case of its matter overtook: an appeal that is open keeps the first judgment from taking effect,
and what an appeal or a retrial decided takes its place, unless the outcome leaves the earlier one as it is
("leaves_earlier": the appeal was withdrawn, the sentence reduced).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from registry import codes
from registry.models import Case
from registry.terms import due, rules_from_settings

CLOCK = "decision_entered"
_DAY = timedelta(days=1)


def awaited(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those of the cases from which a decision is awaited."""
    expecting = cases.filter(outcome__in=_outcomes("expects_decision"), set_aside_at=None, is_entered=False)
    return expecting.exclude(Exists(_overtaking()))


def expects_decision(outcome: str) -> bool:
    """Whether a decision may be entered from a case that ended so, or that is still open."""
    row = codes.entries("case_outcomes").get(outcome)
    return not outcome or row is None or bool(row.extra.get("expects_decision"))


def overtaken(cases: Collection[int]) -> dict[int, str]:
    """Of these cases, by their ids, those that an appeal overtook, and its number: it is open, or its decision took the place of theirs
    for every party (CPL 233). A retrial may be of one party alone, and the others stay listed from the first judgment.
    """
    later = (
        _overtaking()
        .filter(_second_instance(), continues=OuterRef("pk"))
        .order_by("filed_on", "pk")
        .values("number")[:1]
    )
    found = Case.objects.filter(pk__in=cases).annotate(by=Subquery(later)).exclude(by=None)
    return dict(found.values_list("pk", "by"))


def open_appeals() -> Q:
    """Of cases: of second instance, and not concluded."""
    return _second_instance() & Q(outcome="")


def _second_instance() -> Q:
    """Of cases: which kinds of case are, the list of kinds says."""
    kinds = Q()
    for kind, row in codes.entries("case_kinds").items():
        if row.extra.get("instance") == "second":
            kinds |= Q(number__contains=kind)
    return kinds


def overdue(cases: QuerySet[Case], day: date) -> QuerySet[Case]:
    """Of these awaited ones, those whose time has run out before this day."""
    return cases.filter(concluded_on__lte=overdue_through(day))


def enter_by(case: Case) -> date:
    """The last day in time: five working days after the conclusion, unless `REGISTRY_CLOCKS` says otherwise."""
    assert case.concluded_on is not None
    rules = rules_from_settings()
    return due(CLOCK, case.concluded_on, rules.calendar, rules.clocks)


def overdue_through(day: date) -> date:
    """The latest day of conclusion whose time has run out before ``day``."""
    rules = rules_from_settings()
    concluded = day - _DAY
    while due(CLOCK, concluded, rules.calendar, rules.clocks) >= day:
        concluded -= _DAY
    return concluded


def _outcomes(says: str) -> list[str]:
    return [code for code, row in codes.entries("case_outcomes").items() if row.extra.get(says)]


def _overtaking() -> QuerySet[Case]:
    """Later cases of the matter that keep an earlier decision from standing, or took its place."""
    overtakes = open_appeals() | (~Q(outcome="") & ~Q(outcome__in=_outcomes("leaves_earlier")))
    first = Coalesce(OuterRef("matter_id"), OuterRef("pk"))
    is_later = Q(filed_on__gt=OuterRef("filed_on")) | Q(continues=OuterRef("pk"))
    return Case.objects.filter(overtakes, is_later, matter_id=first)
