"""The sheet of a correction or revision: each changeable field with its value now; only what differs is proposed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry import codes, identity, units
from registry.actions import prohibition_changes
from registry.actions.applicable import has
from registry.actions.as_decided import FIELDS as REMEMBERED_FIELDS
from registry.actions.causes import CAUSED
from registry.actions.changing import FIELDS, Field, Owner, current, fields_of
from registry.actions.findings import MOST_DAYS, MOST_MONTHS, MOST_PROBATION_MONTHS, MOST_YUAN
from registry.actions.proposing import NEED_GROUND
from registry.admin import forms_prohibitions
from registry.admin.facts import spoken_day
from registry.admin.fields import NOTHING_CHOSEN, Choice, Code, Codes, Day, Reason, Whole, Words, refused, tidy
from registry.admin.forms_units import spoken_new_name, spoken_registration
from registry.admin.sheets import SheetForm
from registry.errors import FieldMissing, Text
from registry.models import IdentityDocument, Listing, WithdrawalCause

_LISTS = {"facts": "facts", "charge": "charges", "article": "articles"}
_MOST = {
    "sentence_months": MOST_MONTHS,
    "probation_months": MOST_PROBATION_MONTHS,
    "custody_credited_days": MOST_DAYS,
    "fine_yuan": MOST_YUAN,
    "sentence_months_before": MOST_MONTHS,
    "probation_months_before": MOST_PROBATION_MONTHS,
    "fine_yuan_before": MOST_YUAN,
}
AS_DECIDED_HINT = _(
    "It was revised since. Change it only where the decision was misread: the court's report counts it."
)
_DOCUMENT = ("document_type", "document")
_NEW_NAME = ("new_name", "since")
WHY = ("cause", "reason", "ground")
LEGEND = _("What changes: each field shows its value now")
LEGENDS: Mapping[str, Text] = {"mark_mistaken": _("Which number")}
SENTENCE_END_HINT = _(
    "As a new execution order gives it: probation or parole was revoked, or the sentence began late. Empty it where the decision lets presume it. It may lie ahead."
)
_DAY_HINTS: Mapping[str, Text] = {
    "released_on": forms_prohibitions.DAYS["start_reported"][1],
    "sentence_ends_on": SENTENCE_END_HINT,
}
_SPOKEN: Mapping[str, Callable[[Any], str]] = {
    "new_name": spoken_new_name,
    "registration": spoken_registration,
}
CAUSE_HINT = _(
    "Stays inside the court: outside, every withdrawal is the same. The wrong person keeps her page and may have a clearance letter."
)


@dataclass(frozen=True)
class Change:
    label: Text
    before: str
    after: str


class ProposalForm(SheetForm):
    plain = True
    cause = Choice([NOTHING_CHOSEN, *WithdrawalCause.choices], label=_("Cause"), help_text=CAUSE_HINT)
    reason = Reason()
    ground = Words(
        label=_("Ruling or decision that orders it"),
        max_length=100,
        help_text=_("Its case number or document number."),
    )

    def __init__(self, data: Mapping[str, Any] | None, act: str, listing: Listing) -> None:
        super().__init__(data)
        self.listing, self.act = listing, act
        if act not in NEED_GROUND:
            del self.fields["ground"]
        if act not in CAUSED:
            del self.fields["cause"]
        elif not units.is_unit(listing.party.person):
            self.fields["cause"].widget.choices = [
                choice
                for choice in (NOTHING_CHOSEN, *WithdrawalCause.choices)
                if choice[0] != WithdrawalCause.UNIT_ENDED
            ]
        for row in _rows(act, listing):
            for name, field in _fields(row, listing):
                self.fields[name] = field
        changeable = tuple(name for name in self.fields if name not in WHY)
        parts: list[tuple[Text, tuple[str, ...]]] = [(LEGENDS.get(act, LEGEND), changeable)] if changeable else []
        for legend, fields in forms_prohibitions.sections(act, listing):
            self.fields.update(fields)
            parts.append((legend, tuple(fields)))
        why = tuple(name for name in WHY if name in self.fields)
        parts.append((_("Reason and ground"), why))
        self.sections = tuple(parts)

    def clean(self) -> None:
        if self.cleaned_data.get("since") and not self.cleaned_data.get("new_name"):
            self.add_error("new_name", refused(FieldMissing(name=self.fields["new_name"].label)))
        for name, refusal in forms_prohibitions.mistakes(self.cleaned_data, self.listing):
            self.add_error(name, refused(refusal))

    def changes(self) -> dict[str, Any]:
        """Field → new value as JSON, for `registry.actions.propose`: what differs from the value now."""
        found: dict[str, Any] = forms_prohibitions.changes(self.act, self.cleaned_data, self.listing)
        for row in _rows(self.act, self.listing):
            if row.name in ("document", "new_name"):
                continue
            held = current(self.listing, row.name)
            value = _json(self.cleaned_data[row.name])
            if value != _plain(held):
                found[row.name] = value
        if self.cleaned_data.get("document"):
            kind, number = (self.cleaned_data[name] for name in _DOCUMENT)
            found["document"] = {"type": kind, "number": number}
        if self.cleaned_data.get("new_name"):
            name, since = (self.cleaned_data[each] for each in _NEW_NAME)
            found["new_name"] = {"name": name, "since": since.isoformat() if since else ""}
        return {name: value for name, value in found.items() if value != {}}


def spoken_changes(listing: Listing, changes: Mapping[str, Any], *, decided: bool = False) -> list[Change]:
    """Before → after in words, for the officer who decides. Document numbers are masked."""
    return [change for name, value in changes.items() for change in _changes(listing, name, value, decided)]


def _changes(listing: Listing, name: str, value: Any, decided: bool) -> Iterator[Change]:
    if name != prohibition_changes.NAME:
        yield Change(FIELDS[name].label, "" if decided else _before(listing, name, value), _spoken(name, value))
        return
    for ordinal, ordered in value.items():
        before = "" if decided else forms_prohibitions.stood(listing.party, ordinal)
        yield Change(forms_prohibitions.label(ordinal), before, forms_prohibitions.spoken(ordered))


def _rows(act: str, listing: Listing) -> list[Field]:
    """But those of prohibitions, which have sections of their own (`registry.admin.forms_prohibitions`). What changes of a unit's name
    and registration has a page of its own (`registry.admin.unit_pages`).
    """
    elsewhere = {"new_name", "registration"} if units.is_unit(listing.party.person) else {"registration"}
    return [
        row
        for row in fields_of(act)
        if row.owner is not Owner.PROHIBITIONS and row.name not in elsewhere and has(listing, row.name)
    ]


def _before(listing: Listing, name: str, value: Any) -> str:
    person = listing.party.person
    if name == "new_name":
        return person.name
    if name == "registration":
        return capfirst(str(units.registration(person).status.label))
    held = current(listing, name)
    return _spoken(name, {each: held.get(each) for each in value} if FIELDS[name].owner is Owner.PROHIBITIONS else held)


def _fields(row: Field, listing: Listing) -> Iterator[tuple[str, forms.Field]]:
    """With the values now."""
    if row.name == "mistaken":
        yield row.name, _mistaken(listing)
        return
    held = current(listing, row.name)
    for name, field in _form_fields(row.name, row.label):
        field.initial = None if name in (*_DOCUMENT, *_NEW_NAME) else held
        yield name, field


def _form_fields(name: str, label: Text) -> Iterator[tuple[str, forms.Field]]:
    if name == "document":
        yield "document_type", Code("document_types", label=_("Type of the further document"), required=False)
        yield name, Words(label=_("Number of the further document"), required=False, max_length=100)
    elif name == "new_name":
        yield name, Words(label=_("New name (a change of name, not of spelling)"), required=False)
        yield "since", Day(label=_("The new name holds since"), required=False)
    elif name == "facts":
        yield name, Codes("facts", label=str(label))
    elif name in _LISTS:
        yield name, Code(_LISTS[name], label=str(label), required=False)
    elif name in _MOST:
        hint = AS_DECIDED_HINT if name in REMEMBERED_FIELDS else ""
        grouped = name.startswith("fine_yuan")
        yield name, Whole(label=str(label), most=_MOST[name], grouped=grouped, required=False, help_text=hint)
    elif name == "name":
        yield name, Words(label=str(label))
    else:
        yield name, Day(label=str(label), required=False, help_text=str(_DAY_HINTS.get(name, "")))


def _mistaken(listing: Listing) -> forms.Field:
    """Of several none is chosen before the officer chose it."""
    held = listing.party.person.documents.order_by("type", "pk")
    choices = [(str(each.pk), spoken_document(each)) for each in held]
    only = choices[0][0] if len(choices) == 1 else None
    return Choice([NOTHING_CHOSEN, *choices], label=_("Number entered by mistake"), initial=only)


def spoken_document(document: IdentityDocument) -> str:
    """Masked."""
    return f"{codes.label('document_types', document.type)} {document.shown}"


def _json(value: Any) -> Any:
    if isinstance(value, tuple):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else _plain(value)


def _plain(value: Any) -> Any:
    """An empty field of whatever kind is no value."""
    return None if value == "" else value


def _spoken(name: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return "—"
    if name == "document":
        masked = identity.masked(tidy(value["number"]))
        return f"{codes.label('document_types', value['type'])} {masked}"
    if name == "mistaken":
        document = IdentityDocument.including_mistaken.filter(pk=value).first()
        return spoken_document(document) if document else "—"
    if FIELDS[name].owner is Owner.PROHIBITIONS:
        return str(_("; ")).join(_spoken_start(ordinal, day) for ordinal, day in value.items())
    if name in _SPOKEN:
        return _SPOKEN[name](value)
    if name in _LISTS:
        values = value if isinstance(value, list) else [value]
        return str(_("; ")).join(codes.label(_LISTS[name], each) for each in values)
    if name in _MOST:
        return f"{value:,}"
    return str(value) if name == "name" else spoken_day(date.fromisoformat(value))


def _spoken_start(ordinal: str, day: str | None) -> str:
    spoken = spoken_day(date.fromisoformat(day)) if day else "—"
    return _("prohibition %(ordinal)s: %(day)s") % {"ordinal": ordinal, "day": spoken}
