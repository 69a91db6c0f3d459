"""What was changed of a draft since the judge returned it: field by field, before and after, in the reader's language.

Identity numbers are not shown; that one was changed is said in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from registry.actions.returning import said
from registry.admin.facts import spoken_day
from registry.admin.forms_decision import DecisionForm
from registry.admin.forms_party import DocumentForm, PartyForm, ProhibitionForm
from registry.admin.story import spoken_reason
from registry.errors import Text
from registry.models import Listing, Officer, ReturnedDraft

NOTHING = "—"
_ROWS: Mapping[str, tuple[type[forms.Form], Any]] = {
    "documents": (DocumentForm, "Identity documents"),
    "prohibitions": (ProhibitionForm, "Employment prohibitions"),
}
_NUMBER = "number"


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Since:
    """When a draft was returned, by whom and why, and what is different now."""

    returned_at: datetime
    returned_by: Officer
    reason: Text
    differences: list[Difference]


def since_return(listing: Listing) -> Since | None:
    """None where it was not returned, or was approved since."""
    kept = ReturnedDraft.objects.filter(listing=listing.pk).select_related("returned_by").first()
    if kept is None:
        return None
    before, after = kept.content, said(listing)
    found = [
        *_different(DecisionForm, before["decision"], after["decision"]),
        *_different(PartyForm, before["party"], after["party"]),
    ]
    return Since(kept.returned_at, kept.returned_by, spoken_reason(before["reason"]), found)


def _different(form: type[forms.Form], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name, now in after.items():
        was = before.get(name)
        if was == now:
            continue
        if name in _ROWS:
            yield from _rows(name, was or [], now)
        else:
            field = form.base_fields[name]
            yield Difference(_label(field), spoken(field, was), spoken(field, now))


def _rows(name: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[Difference]:
    """Each row that is new or gone, or changed in its place."""
    form, label = _ROWS[name]
    gone = [row for row in before if row not in after]
    new = [row for row in after if row not in before]
    for index in range(max(len(gone), len(new))):
        was, now = (each[index] if index < len(each) else None for each in (gone, new))
        words = [spoken_row(form, row, with_number=False) if row else NOTHING for row in (was, now)]
        if name == "documents" and was and now and was[_NUMBER] != now[_NUMBER]:
            words[1] = _("%(document)s, with another number") % {"document": words[1]}
        yield Difference(_(label), *words)


def spoken_row(form: type[forms.Form], row: Mapping[str, Any], *, with_number: bool) -> str:
    """A row in one line."""
    parts = []
    for name, field in form.base_fields.items():
        value = row.get(name)
        if value in (None, "", [], False) or (name == _NUMBER and form is DocumentForm and not with_number):
            continue
        parts.append(_label(field) if value is True else spoken(field, value))
    if form is ProhibitionForm and row.get("months") is None and "for_life" not in row:
        parts.append(_("for life"))
    return " · ".join(parts) or NOTHING


def spoken(field: forms.Field, value: Any) -> str:
    """A field's value as a reader says it: codes by their labels, days in words."""
    if value in (None, "", [], ()):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return _("; ").join(spoken(field, each) for each in value)
    if isinstance(value, int):
        return f"{value:,}"
    choices = getattr(field.widget, "choices", None)
    if choices:
        return str({str(code): label for code, label in choices}.get(str(value), value))
    return _day(str(value))


def _day(text: str) -> str:
    try:
        return spoken_day(date.fromisoformat(text))
    except ValueError:
        return text


def _label(field: forms.Field) -> str:
    words = str(field.label)
    return words[:1].upper() + words[1:]
