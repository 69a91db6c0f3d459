"""Where the forms meet what was confirmed from a text: laid out in them, and gone once it is entered.

The address holds the row's random id; the values lie sealed in the database, and only for the officer who pasted the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from registry import whole_numbers
from registry.actions import pasting
from registry.admin.doors import officer_of
from registry.errors import PastedGone
from registry.models import Decision, Officer, PastedText

PASTED, PARTY = "pasted", "party"
PEOPLE = "people"  # of the circumstances: name → field → value


@dataclass(frozen=True)
class Waiting:
    """A party that was confirmed and is not entered yet; the circumstances once all of them are."""

    name: str
    address: str


def decision_form(row: PastedText) -> str:
    return f"{reverse('admin:new_decision')}?{urlencode({PASTED: str(row.pk)})}"


def laid_out(request: HttpRequest) -> Mapping[str, Any] | None:
    """What was confirmed for this form; None where its address names nothing. Raises `PastedGone`."""
    if PASTED not in request.GET:
        return None
    row = _named(request)
    place = request.GET.get(PARTY)
    content = row.content
    if _is_circumstances(request):
        found = content.get("circumstances")
        values = {name: each for name, each in (found or {"values": {}})["values"].items() if name != PEOPLE}
        return {**found, "values": values} if found else None
    if place is None:
        return content.get("decision") or None
    parties = content.get("parties", [])
    asked = whole_numbers.sent_back(place)
    found = parties[asked] if asked is not None and asked < len(parties) else None
    if found is None:
        raise PastedGone
    laid: Mapping[str, Any] = found
    return laid


def people_of(request: HttpRequest) -> Mapping[str, Mapping[str, Any]]:
    """Of the circumstances: what was confirmed of each person, by name."""
    row = _still_there(request)
    found = row.content.get("circumstances") if row else None
    people: Mapping[str, Mapping[str, Any]] = (found or {"values": {}})["values"].get(PEOPLE, {})
    return people


def circumstances_done(request: HttpRequest) -> None:
    """They are recorded."""
    if row := _still_there(request):
        pasting.circumstances_done(row)


def _is_circumstances(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.url_name == "circumstances"


def decision_entered(request: HttpRequest, decision: Decision) -> None:
    """The parties from the same text wait for it now."""
    if row := _still_there(request):
        pasting.decision_entered(row, decision)


def party_done(request: HttpRequest) -> None:
    """The party of this form was entered, or may not be."""
    place = whole_numbers.sent_back(request.GET.get(PARTY, ""))
    if place is not None and (row := _still_there(request)):
        pasting.party_done(row, place)


def parties_waiting(decision: Decision, officer: Officer) -> list[Waiting]:
    row = pasting.waiting_for(decision, officer, now=timezone.now())
    if row is None:
        return []
    where = reverse("admin:add_party", args=[decision.pk])
    waiting = [
        Waiting(
            each["values"].get("name") or _("party %(number)s of the text") % {"number": place + 1},
            f"{where}?{urlencode({PASTED: str(row.pk), PARTY: str(place)})}",
        )
        for place, each in enumerate(row.content["parties"])
        if each
    ]
    if not waiting and row.content.get("circumstances"):
        sheet = reverse("admin:circumstances", args=[decision.pk])
        waiting.append(Waiting(_("the circumstances, for the report"), f"{sheet}?{urlencode({PASTED: str(row.pk)})}"))
    return waiting


def _named(request: HttpRequest) -> PastedText:
    try:
        pasted = UUID(request.GET[PASTED])
    except ValueError:
        raise PastedGone from None
    return pasting.pasted_for(officer_of(request), pasted, now=timezone.now())


def _still_there(request: HttpRequest) -> PastedText | None:
    try:
        return _named(request) if PASTED in request.GET else None
    except PastedGone:
        return None
