"""The prohibitions on the sheet of a correction or revision: a section for each, and one for a prohibition that was left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.actions.banning import MOST_MONTHS, SCOPE_MOST
from registry.actions.changing import fields_of
from registry.actions.prohibition_changes import NAME, NEW, differing, field_of, held
from registry.admin.facts import length_text, spoken_day
from registry.admin.fields import Code, Codes, Day, Whole, Words
from registry.errors import FieldMissing, LengthTwice, Refusal, Text
from registry.models import DecisionKind, Listing, Party

DAYS: Mapping[str, tuple[Text, Text]] = {
    "starts_on": (_("Start as ordered"), _("As the decision orders it; empty where it orders none.")),
    "start_reported": (
        _("Start as reported"),
        _("Empty it where the day was reported by mistake, or the parole was revoked: it counts as not known."),
    ),
}
LEFT_OUT = _("A prohibition that is not here yet")
_EMPTY = _("Leave it empty where there is none to add.")
_SHOWS = ("scope", "months", "for_life", "occupations", "starts_on")  # whoever fills one of these adds a prohibition

Section = tuple[Text, dict[str, forms.Field]]


def sections(act: str, listing: Listing) -> Iterator[Section]:
    """Legend, and the fields under it with the values now."""
    offered = {row.name for row in fields_of(act)}
    if NAME not in offered:
        return
    rows = held(listing.party, NAME)
    days = {name: held(listing.party, name) for name in DAYS if name in offered}
    for ordinal, row in rows.items():
        legend = _("Prohibition %(ordinal)s (%(scope)s)") % {"ordinal": ordinal, "scope": row["scope"]}
        yield legend, {**_ordered(ordinal, row), **_days(ordinal, days), **_taken_out(ordinal)}
    basis = "CL 37-1" if listing.party.decision.kind == DecisionKind.CRIMINAL else "PIPL 66"
    label, hint = DAYS["starts_on"]
    yield (
        LEFT_OUT,
        {
            **_ordered(NEW, {"basis": basis, "hint": _EMPTY}),
            field_of(NAME, NEW, "starts_on"): Day(label=str(label), required=False, help_text=str(hint)),
        },
    )


def mistakes(typed: Mapping[str, Any], listing: Listing) -> Iterator[tuple[str, Refusal]]:
    """A length that is given twice, or not at all, by the field that is to be mended."""
    for ordinal in (*held(listing.party, NAME), NEW):
        row = _typed(typed, ordinal)
        if row.get("taken_out") or (ordinal == NEW and not _is_filled(row)):
            continue
        field, has_months = field_of(NAME, ordinal, "months"), row.get("months") is not None
        if has_months and row.get("for_life"):
            yield field, LengthTwice()
        elif not has_months and not row.get("for_life") and field in typed:
            yield field, FieldMissing(name=_("Length in months"))


def changes(act: str, typed: Mapping[str, Any], listing: Listing) -> dict[str, Any]:
    """Field → what becomes of each prohibition, for `registry.actions.propose`: what differs from the value now."""
    offered = {row.name for row in fields_of(act)}
    if NAME not in offered:
        return {}
    rows = held(listing.party, NAME)
    found = {NAME: differing({each: _order(_typed(typed, each)) for each in rows}, rows)}
    added = _typed(typed, NEW)
    if _is_filled(added):
        starts_on = added["starts_on"]
        found[NAME][NEW] = {**_filled(added), "starts_on": starts_on.isoformat() if starts_on else None}
    for name in DAYS:
        if name in offered:
            stand = held(listing.party, name)
            found[name] = differing({each: _day(typed[field_of(name, each)]) for each in stand}, stand)
    return found


def spoken(ordered: Mapping[str, Any] | None) -> str:
    """One as it is ordered; None: it is taken out."""
    if ordered is None:
        return str(_("taken out"))
    occupations = [codes.label("occupations", each) for each in ordered["occupations"]]
    start = [spoken_day(date.fromisoformat(ordered["starts_on"]))] if ordered.get("starts_on") else []
    basis = codes.label("prohibition_bases", ordered["basis"])
    return " · ".join([ordered["scope"], *occupations, str(length_text(ordered["months"])), *start, basis])


def label(ordinal: str) -> Text:
    return _("prohibition added") if ordinal == NEW else _("prohibition %(ordinal)s") % {"ordinal": ordinal}


def stood(party: Party, ordinal: str) -> str:
    rows = held(party, NAME)
    return spoken(rows[ordinal]) if ordinal in rows else "—"


def _ordered(ordinal: str, row: Mapping[str, Any]) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {
        "scope": Words(
            label=_("Scope, in the decision's words"),
            required=False,
            max_length=SCOPE_MOST,
            help_text=row.get("hint", ""),
        ),
        "basis": Code("prohibition_bases", label=_("Basis"), required=False),
        "months": Whole(label=_("Length in months"), most=MOST_MONTHS, required=False),
        "for_life": forms.BooleanField(label=_("For life"), required=False),
        "occupations": Codes("occupations", label=_("Occupations it covers")),
    }
    for part, field in fields.items():
        field.initial = "scope" in row and row["months"] is None if part == "for_life" else row.get(part)
    return {field_of(NAME, ordinal, part): field for part, field in fields.items()}


def _days(ordinal: str, days: Mapping[str, Mapping[str, Any]]) -> dict[str, forms.Field]:
    return {
        field_of(name, ordinal): Day(
            label=str(DAYS[name][0]), required=False, initial=stand[ordinal], help_text=str(DAYS[name][1])
        )
        for name, stand in days.items()
    }


def _taken_out(ordinal: str) -> dict[str, forms.Field]:
    hint = _("The decision orders no such prohibition, or no longer.")
    return {
        field_of(NAME, ordinal, "taken_out"): forms.BooleanField(
            label=_("Take this prohibition out"), required=False, help_text=hint
        )
    }


def _typed(typed: Mapping[str, Any], ordinal: str) -> dict[str, Any]:
    """What could be read of one, by the name of the part."""
    prefix = field_of(NAME, ordinal) + "_"
    return {name.removeprefix(prefix): value for name, value in typed.items() if name.startswith(prefix)}


def _is_filled(row: Mapping[str, Any]) -> bool:
    return any(row.get(name) not in (None, "", (), False) for name in _SHOWS)


def _order(row: Mapping[str, Any]) -> dict[str, Any] | None:
    return None if row["taken_out"] else _filled(row)


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    months = None if row["for_life"] else row["months"]
    return {"scope": row["scope"], "basis": row["basis"], "months": months, "occupations": sorted(row["occupations"])}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
