"""What the pages say of a listing that was a mistake: who had heard of it, and what each has confirmed."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.errors import Text
from sharing.recalls.clearing import Cleared
from sharing.tables import Cell, Table, moment

KINDS: Mapping[str, Text] = {
    "department": gettext_lazy("department"),
    "institution": gettext_lazy("institution"),
    "employer": gettext_lazy("employer"),
}


def heard(found: Cleared) -> Table:
    rows = [
        (
            each.spoken_name,
            capfirst(str(KINDS[each.kind])),
            moment(each.told_at),
            Cell(moment(each.confirmed_at)) if each.confirmed_at else Cell(_("not confirmed yet"), colour="orange"),
        )
        for each in found.recipients
    ]
    columns = (_("Who"), _("Kind"), _("Told or answered at"), _("Confirmed that nothing is kept"))
    return Table(_("Who had heard of it"), columns, rows, empty=_("Nobody had heard of it."))
