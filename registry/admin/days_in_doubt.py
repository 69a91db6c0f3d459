"""In force, and by what was recorded since of the other parties the days would be others: the group of My work, and the words."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.actions import together
from registry.actions.acting import fetch_for_dates
from registry.admin.facts import spoken_day
from registry.admin.groups import Group, Item
from registry.errors import Refusal, Text
from registry.lifecycle import IN_FORCE
from registry.models import Listing, Outcome, Proposal

TITLE = _("In force, and its days are in doubt")
TAG = _("first of all")
ANEW = _("Propose a correction and leave every field as it is: the days are computed anew, and a judge decides.")
MISSING = _(
    "Enter what is missing of the other parties, or propose to withdraw the listing; until then the days stay as they were told."
)
CERTIFY = _(
    "Propose a correction that enters the date of the certificate of effect, or propose to withdraw the listing."
)

STILL_TO_COME = _(
    "Check the date of receipt of every party. If the dates are right, suspend the listing at once, and correct and reinstate it once that day has come; if an appeal is filed, propose to withdraw it."
)


def found_in(own: QuerySet[Listing]) -> QuerySet[Listing]:
    """Of the listings of a court, in the order in which they came into doubt."""
    return own.filter(state__in=IN_FORCE, days_differ_since__isnull=False).order_by("days_differ_since", "pk")


def group(found: list[Listing], count: int, day: date) -> Group:
    """Urgent: each further day somebody may be listed by days that are wrong."""
    fetch_for_dates(found)
    pending = set(_proposed(found)) if found else set()
    items = [
        Item(reverse("admin:listing", args=[row.number]), row.number, _notes(row, pending, day), row.days_differ_since)
        for row in found
    ]
    return Group(TITLE, items, count, urgent=True, tag=TAG)


def _proposed(found: Iterable[Listing]) -> QuerySet[Proposal, int]:
    return Proposal.objects.filter(listing__in=found, outcome=Outcome.PENDING).values_list("listing_id", flat=True)


def _notes(listing: Listing, pending: Container[int], day: date) -> Sequence[Text]:
    said, to_do = notes_on(listing, day)
    return [said, _("A proposal waits for the second officer.") if listing.pk in pending else to_do]


def notes_on(listing: Listing, day: date) -> tuple[Text, Text]:
    """What is computed now beside what was told, and what is to be done."""
    told = spoken_day(listing.effective_on) if listing.effective_on else "—"
    try:
        found = together.effect_now(listing)
    except Refusal as refusal:
        return refusal.text, MISSING
    on = found.on
    if on is None:
        to_do = CERTIFY if found.uncertified else MISSING
        said = _("By what was recorded since, there is no day of effect; told was %(told)s.")
        return said % {"told": told}, to_do
    if on > day:
        said = _("By what was recorded since, the day of effect is %(day)s, which is still to come; told was %(told)s.")
        return said % {"day": spoken_day(on), "told": told}, STILL_TO_COME
    sooner = together.ends_sooner(listing) if on == listing.effective_on else None
    if sooner is not None and listing.ends_on is not None:
        said = _(
            "A term of the same person that began earlier came into the book since, and terms that run together end on %(day)s; told was %(told)s."
        )
        return said % {"day": spoken_day(sooner), "told": spoken_day(listing.ends_on)}, ANEW
    said = _("By what was recorded since, the day of effect is %(day)s; told was %(told)s.")
    return said % {"day": spoken_day(on), "told": told}, ANEW
