"""What of this room goes on needing an entry of a code list: measures that are in force, and departments of a sector."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.errors import Text
from sharing.departments.models import Department, Measure


def needs(list_name: str, code: str) -> list[Text]:
    """In words, for the registrars who retire it. A measure goes on fitting listings that have the code."""
    found: list[Text] = []
    if list_name in ("articles", "facts"):
        fitting = Measure.objects.filter(Q(**{f"{list_name}__contains": [code]}), to_position=None)
        rows = fitting.select_related("instrument__department__organisation").order_by("pk")
        found += [
            _("The measure “%(measure)s” of %(department)s names it, and goes on fitting listings that have it.")
            % {"measure": row.spoken_name, "department": row.instrument.department.organisation.spoken_name}
            for row in rows
        ]
    if list_name == "sectors" and (count := Department.objects.filter(sector=code).count()):
        found.append(_("Departments of this sector: %(count)s. They stay.") % {"count": count})
    return found
