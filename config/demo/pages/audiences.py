"""What an audience may read, as its page shows it: from the one table that decides it (`sharing.disclosure`)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sharing.disclosure import TABLE, Audience, Grant
from sharing.tables import Cell, Table


@dataclass(frozen=True)
class Reading:
    label: str
    data_class: str
    grant: str
    open: bool


def readings(audience: Audience) -> list[Reading]:
    """Every row of the table, as this audience has it."""
    return [
        Reading(
            label=capfirst(str(row.label)),
            data_class=capfirst(str(row.data_class.label)),
            grant=capfirst(str(row.grant(audience).label)),
            open=row.grant(audience) is not Grant.NO,
        )
        for row in TABLE
    ]


def readings_table(audience: Audience) -> Table:
    rows = [(row.label, row.data_class, Cell(row.grant, quiet=not row.open)) for row in readings(audience)]
    return Table(_("Field by field"), (_("Field"), _("Class"), _("You see it")), rows)
