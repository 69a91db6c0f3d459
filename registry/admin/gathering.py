"""How lines of *My work* are gathered and worded: a decision's listings in one line, for whom, since when."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry.admin.facts import spoken_day
from registry.admin.groups import COUNTED, SHOWN, Group, Item
from registry.admin.story import spoken_reason
from registry.assessment import rules
from registry.errors import Text
from registry.models import Deputyship, Listing
from registry.shown import shown


def by_decision(
    title: Text,
    listings: QuerySet[Listing],
    route: str = "admin:decision",
    *,
    urgent: bool = False,
    tag: Text = "",
    note: Text = "",
) -> Group:
    """One line for each decision: its listings are handed on together."""
    together: dict[int, list[Listing]] = {}
    found = list(listings[: COUNTED + 1])
    for listing in found:
        together.setdefault(listing.party.decision_id, []).append(listing)
    items = [_of_decision(rows, route, note) for rows in together.values()]
    count = len(items)
    if len(found) > COUNTED:
        count = listings.order_by().values("party__decision").distinct()[: COUNTED + 1].count()
    return Group(title, items[:SHOWN], count, urgent, tag=tag)


def _of_decision(listings: list[Listing], route: str, note: Text) -> Item:
    decision = listings[0].party.decision
    notes: list[Text] = [", ".join(row.number for row in listings)]
    notes += dict.fromkeys(filter(None, map(_returned, listings)))
    notes += dict.fromkeys(
        str(_("Review by %(officer)s") % {"officer": row.assigned_to.name})
        for row in listings
        if route == "admin:review" and row.assigned_to is not None
    )
    notes += [note] if note else []
    since = listings[0].submitted_at or listings[0].entered_at
    return Item(reverse(route, args=[decision.pk]), decision.number, notes, since)


def _returned(row: Listing) -> Text:
    return spoken_reason(shown(lambda: row.returned_because))


def stands_in_until(row: Deputyship) -> Text:
    """For whom, and until when."""
    return _("for %(officer)s until %(day)s") % {"officer": row.officer.name, "day": spoken_day(row.ends_on)}


def late_words(clock: str) -> str:
    """For how many working days the time limit lets a listing wait."""
    days = rules().clocks[clock].number
    words = ngettext("Waiting for more than one working day", "Waiting for more than %(days)s working days", days)
    return words % {"days": days}


def day_note(day: date) -> Text:
    return _("until %(day)s") % {"day": spoken_day(day)}
