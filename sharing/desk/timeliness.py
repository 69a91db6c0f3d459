"""How fast the court told its departments and how fast each confirmed; for the High Court's registry and auditors."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.admin.doors import door, officer_of, page
from registry.errors import Text
from registry.overseeing import refuse_unless_high_court
from sharing.departments import timeliness
from sharing.departments.court_timeliness import CourtMonth, of_court
from sharing.departments.models import Department
from sharing.departments.timeliness import Figure, Month

MONTHS = 6


@dataclass(frozen=True)
class Row:
    """One month of one kind, in words."""

    month: object
    count: int
    figures: tuple[Text, Text, Text]
    open: int


@dataclass(frozen=True)
class Group:
    """``tables``: caption and rows of each kind of time."""

    name: Text
    tables: list[tuple[Text, list[Row]]]


@require_safe
@door
def timeliness_page(request: HttpRequest) -> HttpResponse:
    refuse_unless_high_court(officer_of(request))
    during = timeliness.period(MONTHS, now=timezone.now())
    departments = list(Department.objects.select_related("organisation").order_by("pk"))
    figures = timeliness.of_departments([each.pk for each in departments], during)
    groups = [_group(_("All departments"), figures[None])]
    groups += [_group(each.organisation.spoken_name, figures[each.pk]) for each in departments]
    return page(request, "timeliness", _("Timeliness"), court=_court(of_court(during)), groups=groups)


def _court(months: list[CourtMonth]) -> Group:
    return Group(
        _("The court"),
        [
            (_("From pronouncement to effect, in days"), [_days(each, each.to_effect) for each in months]),
            (_("From effect to entry, in working days"), [_days(each, each.entered) for each in months]),
            (_("From entry to approval, in working days"), [_days(each, each.approved) for each in months]),
            (_("From effect to approval, in working days"), [_days(each, each.late) for each in months]),
        ],
    )


def _group(name: Text, months: list[Month]) -> Group:
    return Group(
        name,
        [
            (_("From the court’s act to the first try"), [_row(each, each.tried) for each in months]),
            (_("From the court’s act until the department had it"), [_row(each, each.had) for each in months]),
            (
                _("From when the department had it to its receipt"),
                [_row(each, each.confirmed) for each in months if each.confirmed is not None],
            ),
        ],
    )


def _row(month: Month, figure: Figure) -> Row:
    spoken = timeliness.spoken
    return Row(
        month.first, figure.count, (spoken(figure.median), spoken(figure.p95), spoken(figure.longest)), figure.open
    )


def _days(month: CourtMonth, figure: Figure) -> Row:
    return Row(month.first, figure.count, (f"{figure.median:g}", f"{figure.p95:g}", f"{figure.longest:g}"), figure.open)
