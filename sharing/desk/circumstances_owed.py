"""Which courts have not recorded the circumstances of their decisions: what the figures about them rest on."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min
from django.utils.translation import gettext as _

from registry import codes
from registry.actions import circumstances
from registry.actions.acting import today
from registry.admin.facts import spoken_day
from sharing.tables import Table


def table(now: datetime) -> Table:
    """By court, the one with most of them first."""
    found = (
        circumstances.owed()
        .order_by()
        .values("court__code")
        .annotate(owed=Count("pk"), late=Count("pk", filter=circumstances.overdue(now)), oldest=Min("entered_at"))
        .order_by("-owed", "court__code")
    )
    rows = [
        (
            codes.label("courts", row["court__code"]),
            f"{row['owed']:,}",
            f"{row['late']:,}",
            spoken_day(today(row["oldest"])),
        )
        for row in found
    ]
    return Table(
        _("Decisions whose circumstances are not recorded yet"),
        (_("Court"), _("Decisions"), _("Of these overdue"), _("The oldest entered on")),
        rows,
        empty=_("None: every decision in the book has its circumstances."),
        figures=frozenset({1, 2}),
    )
