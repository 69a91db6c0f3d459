"""Approved, and its term is over before it took effect: the group of My work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import actions
from registry.admin.facts import spoken_day
from registry.admin.groups import Group, Item
from registry.errors import Text
from registry.models import Listing, State

TITLE = _("Approved, and the term is over before it took effect")
STOP = _("Stop it, and discard the draft.")
ENTER = _("Enter what is missing, or stop it and discard the draft.")


def found_in(own: QuerySet[Listing], day: date) -> QuerySet[Listing]:
    """Of the listings of a court, oldest approval first."""
    return actions.never_in_force(own.filter(state=State.AWAITING_EFFECT), day).order_by("approved_at", "pk")


def group(found: list[Listing], count: int, _day: date) -> Group:
    items = [
        Item(reverse("admin:act", args=[row.number, "stop"]), row.number, _notes(row), row.approved_at) for row in found
    ]
    return Group(TITLE, items, count)


def _notes(listing: Listing) -> Sequence[Text]:
    if listing.ends_on is None:
        return [_("Since it was approved, no day of effect is known."), ENTER]
    said = _("The term would have ended on %(day)s.")
    return [said % {"day": spoken_day(listing.ends_on)}, STOP]
