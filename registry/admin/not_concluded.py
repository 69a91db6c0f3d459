"""Entered, and the case is not concluded: the group of My work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from registry import not_concluded
from registry.actions.acting import today
from registry.actions.cases import KEEPERS
from registry.admin.facts import spoken_day
from registry.admin.groups import Group, Item, first_of
from registry.admin.not_entered import list_address
from registry.lifecycle import is_high_court_registrar
from registry.models import Case, Decision, Officer

TITLE = _("Entered, and the case is not concluded")
OPEN = "open"  # of the case list's address, where it asks what is entered


def groups(officer: Officer, now: datetime) -> Iterator[Group]:
    """Of who keeps the register, his court's cases, the oldest decision first, each a step from its conclusion."""
    if officer.role not in KEEPERS or is_high_court_registrar(officer):  # its clerks keep that court's own register
        return
    pronounced = Subquery(Decision.objects.filter(case=OuterRef("pk")).values("pronounced_on")[:1])
    own = not_concluded.asking(Case.objects.filter(court=officer.court_id), today(now))
    found, count = first_of(own.annotate(pronounced_on=pronounced).order_by("pronounced_on", "pk"))
    yield Group(
        TITLE,
        [_item(row) for row in found],
        count,
        rest=list_address(OPEN),
        rest_words=_("The others are in the case register."),
    )


def _item(case: Case) -> Item:
    said = _("the decision was pronounced %(day)s") % {"day": spoken_day(getattr(case, "pronounced_on"))}  # noqa: B009
    conclude = format_html('<a href="{}">{}</a>', reverse("admin:conclude_case", args=[case.pk]), _("Conclude"))
    return Item(reverse("admin:case", args=[case.pk]), case.number, [said, conclude])
