"""What a proposal comes to: field by field before and after, the days that follow, and who is told.

For the officer who is about to propose it, and for the second one who decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.actions.changing import tells, touched
from registry.actions.foreseeing import bears_on, foreseen
from registry.actions.sealing import found_young
from registry.admin.facts import spoken_day
from registry.admin.forms_changes import Change, spoken_changes
from registry.errors import Refusal, Text
from registry.lifecycle import ACTS
from registry.models import Listing


def consequences(listing: Listing, act: str, changes: Mapping[str, Any], *, pending: bool) -> dict[str, Any]:
    """For ``desk/consequences.html``. ``pending``: it is not decided yet, so what stands now is what was before."""
    spoken = spoken_changes(listing, changes, decided=not pending)
    seals = pending and bool(found_young(listing.party.person, changes))
    return {
        "listing": listing,
        "pending": pending,
        "changes": [*spoken, *(_days_then(listing, act, changes) if pending else ())],
        "seals": seals,
        "others": _others(listing, changes) if pending else [],
        "succession": bool(changes.get("registration", {}).get("successors")),
        "told": ACTS[act].event is not None and tells(changes),
    }


def _days_then(listing: Listing, act: str, changes: Mapping[str, Any]) -> Iterator[Change]:
    """From when and until when it is listed, where that changes with what is proposed."""
    if not bears_on(act, changes):
        return
    try:
        found = foreseen(listing, act, changes)
    except Refusal:  # carrying it out says it
        return
    term = found.term
    yield from _moved(_("effective on"), _day(listing.effective_on), _day(found.effect.on))
    before = _until(listing.ends_on, listing.review_on)
    yield from _moved(_("listed until"), before, _until(term.ends_on, term.review_on) if term else "—")


def _moved(label: Text, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(label, before, after)


def _day(on: date | None) -> str:
    return spoken_day(on) if on else "—"


def _until(ends_on: date | None, review_on: date | None) -> str:
    return spoken_day(ends_on) if ends_on else str(_("for life")) if review_on else "—"


def _others(listing: Listing, changes: Mapping[str, Any]) -> list[Listing]:
    """Further listings in force whose recipients would be told too."""
    return list(Listing.objects.filter(pk__in=touched(listing, changes)).exclude(pk=listing.pk).order_by("number"))
