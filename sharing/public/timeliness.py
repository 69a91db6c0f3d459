"""How fast the court and the departments are, for anybody: the sum of all departments, and each that publishes its own.

A month with few listings is left out, for its figures would be those of single cases. The figures are computed at most
every ten minutes in each process, so that many readers cost no more than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from registry.errors import Text
from sharing.departments import timeliness
from sharing.departments.court_timeliness import CourtMonth, of_court
from sharing.departments.models import Department
from sharing.departments.timeliness import Figure, Month
from sharing.parties.models import Organisation
from sharing.tables import Cell, Table

MONTHS = 12
FRESH_SECONDS = 600
NONE = "—"


class Published(NamedTuple):
    """``departments``: of all departments together under None, and of each."""

    at: datetime
    court: list[CourtMonth]
    departments: dict[int | None, list[Month]]


class TimelinessView(TemplateView):
    template_name = "public/timeliness.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        published = _published(int(timezone.now().timestamp()) // FRESH_SECONDS)
        shown = {
            "court": _court_table(published.court),
            "together": _table(_("All departments together"), published.departments[None]),
            "departments": [
                _table(each.spoken_name, published.departments.get(each.pk, [])) for each in _letting_all_read()
            ],
            "smallest": settings.SHARING_SMALLEST_PUBLISHED,
            "at": published.at,
        }
        return super().get_context_data(**kwargs) | shown


@lru_cache(maxsize=1)
def _published(turn: int) -> Published:
    """``turn``: the number of the ten minutes for which the figures are kept."""
    during = timeliness.period(MONTHS, now=timezone.now())
    every = list(Department.objects.order_by("pk").values_list("pk", flat=True))
    return Published(during.ends, of_court(during), timeliness.of_departments(every, during))


def _letting_all_read() -> list[Organisation]:
    """Asked for each reader: who publishes them no longer is not shown from that moment on."""
    return list(Organisation.objects.filter(department__timeliness_public_since__isnull=False).order_by("pk"))


def _court_table(months: Sequence[CourtMonth]) -> Table:
    columns = (
        _("Month"),
        _("Listings"),
        _("From pronouncement to effect, in days"),
        _("From effect to entry, in working days"),
        _("From entry to approval, in working days"),
        _("From effect to approval, in working days"),
    )
    rows = [
        _row(
            each.first,
            each.late.count,
            [_days(step) for step in (each.to_effect, each.entered, each.approved, each.late)],
        )
        for each in months
    ]
    return Table(_("The court"), columns, rows, empty=_("Nothing in the last twelve months."))


def _table(caption: Text, months: Sequence[Month]) -> Table:
    columns = (
        _("Month"),
        _("Listings"),
        _("From the court’s act to the first try"),
        _("From the court’s act until the department had it"),
        _("From when the department had it to its receipt"),
    )
    rows = [
        _row(each.first, each.listings, [_times(step) for step in (each.tried, each.had, each.confirmed)])
        for each in months
    ]
    return Table(caption, columns, rows, empty=_("Nothing in the last twelve months."))


def _row(first: date, count: int, texts: Sequence[Text]) -> list[object]:
    month = date_format(first, "YEAR_MONTH_FORMAT")
    if count < settings.SHARING_SMALLEST_PUBLISHED:
        few = _("fewer than %(count)s") % {"count": settings.SHARING_SMALLEST_PUBLISHED}
        return [month, Cell(few, quiet=True), *(Cell(_("left out"), quiet=True) for _each in texts)]
    return [month, count, *texts]


def _days(figure: Figure) -> Text:
    return f"{figure.median:g} · {figure.p95:g} · {figure.longest:g}"


def _times(figure: Figure | None) -> Text:
    if figure is None:
        return NONE
    if figure.count < settings.SHARING_SMALLEST_PUBLISHED:
        return _("left out")
    words = [str(timeliness.spoken(each)) for each in (figure.median, figure.p95, figure.longest)]
    said = words[0] if len(set(words)) == 1 else " · ".join(words)
    return f"{said} ({_('%(count)s not over yet') % {'count': figure.open}})" if figure.open else said
