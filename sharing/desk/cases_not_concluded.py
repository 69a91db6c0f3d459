"""Where persons are counted as convicted whose case does not count as concluded: what the figures of cases lack."""

from __future__ import annotations

from django.db.models import Count, Exists, Min, OuterRef
from django.utils.translation import gettext as _

from registry import codes, not_concluded
from registry.admin.facts import spoken_day
from registry.models import Case, Decision
from sharing.tables import Table


def table() -> Table:
    """By court, the one with most of them first."""
    counted = not_concluded.counted().filter(party__decision=OuterRef("pk"), sealed_at=None)
    of_open_cases = Decision.objects.filter(case__in=not_concluded.open_cases(Case.objects.all()))
    found = (
        of_open_cases.filter(Exists(counted))
        .order_by()
        .values("court__code")
        .annotate(cases=Count("pk"), oldest=Min("pronounced_on"))
    )
    rows = [
        (codes.label("courts", row["court__code"]), f"{row['cases']:,}", spoken_day(row["oldest"]))
        for row in found.order_by("-cases", "court__code")
    ]
    return Table(
        _("Decisions that count, whose case is not concluded"),
        (_("Court"), _("Decisions"), _("The oldest pronounced on")),
        rows,
        empty=_("None: every case counts as concluded from whose decision somebody counts as convicted."),
        figures=frozenset({1}),
    )
