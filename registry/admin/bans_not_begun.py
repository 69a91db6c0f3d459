"""A ban begins with the completion of the sentence or with parole (Criminal Law, art. 37-1), which somebody must report: until
then no employer is told of it. The group of My work of those that should have begun by what the decision says.
"""

from __future__ import annotations

from datetime import date

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.admin.groups import Group, Item
from registry.lifecycle import IN_FORCE
from registry.models import Listing, Prohibition

TITLE = _("Employment prohibitions whose beginning nobody reported")
REPORT = _(
    "By the decision the sentence should be completed. Find out since when, and report it by a revision: the prohibition runs from there, and no employer is told of it before."
)

_MONTHS = Case(
    When(party__probation_months__gt=0, then=F("party__probation_months")), default=F("party__sentence_months")
)
_CREDITED = Case(
    When(party__probation_months__gt=0, then=0),
    When(party__penalty_kind="control", then=F("party__custody_credited_days") * 2),
    default=F("party__custody_credited_days"),
    output_field=IntegerField(),
)
# As `registry.terms.listing_term` presumes the completion, but for the end of a month.
_COMPLETED = Coalesce(
    F("party__sentence_ends_on"),
    Cast(
        ExpressionWrapper(
            F("effective_on")
            + Func(0, _MONTHS, function="make_interval")
            - Func(0, 0, 0, _CREDITED, function="make_interval"),
            output_field=DateTimeField(),
        ),
        DateField(),
    ),
)


def found_in(own: QuerySet[Listing], day: date) -> QuerySet[Listing]:
    """Of the listings of a court, the longest overdue first."""
    pending = Exists(Prohibition.objects.filter(party=OuterRef("party"), runs_from=None))
    rows = own.filter(pending, state__in=IN_FORCE).alias(completed=_COMPLETED)
    return rows.filter(completed__lte=day).order_by("completed", "pk")


def group(found: list[Listing], count: int, _day: date) -> Group:
    items = [Item(reverse("admin:propose", args=[row.number, "revise"]), row.number, [REPORT]) for row in found]
    return Group(TITLE, items, count)
