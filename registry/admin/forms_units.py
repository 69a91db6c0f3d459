"""The sheets on which it is told what became of a unit, and who represents it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry import codes, identity
from registry.actions.unit_changes import GROUND_MOST, SUCCESSORS_MOST
from registry.admin.facts import spoken_day
from registry.admin.fields import NOTHING_CHOSEN, Choice, Day, OneOf, Reason, Words, refused
from registry.admin.sheets import RowForm, Rows, Sheet, SheetForm
from registry.errors import FieldMissing, SuccessorsDoNotFit
from registry.identity import MOST_NAME_TYPED
from registry.models import PersonKind, UnitChange, UnitChangeKind

TOLD = [kind for kind in UnitChangeKind if kind != UnitChangeKind.REPRESENTATIVE]
_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


def _ground() -> Words:
    return Words(
        label=_("Number of the registration document"),
        max_length=GROUND_MOST,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Or of the decision that shows it."),
    )


class ChangeForm(SheetForm):
    sections = (
        (_("What happened"), ("kind", "since", "new_name")),
        (_("Reason and ground"), ("reason", "ground")),
    )

    kind = Choice([NOTHING_CHOSEN, *((kind.value, kind.label) for kind in TOLD)], label=_("What happened"))
    since = Day(label=_("Since"), help_text=_("The day from which it holds at the market registry."))
    new_name = Words(
        label=_("New name"),
        required=False,
        max_length=MOST_NAME_TYPED,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_(
            "Of a unit that was renamed, or got another name with what happened: as in the registration document."
        ),
    )
    reason = Reason()
    ground = _ground()

    def clean(self) -> None:
        if self.cleaned_data.get("kind") == UnitChangeKind.RENAMED and not self.cleaned_data.get("new_name"):
            self.add_error("new_name", refused(FieldMissing(name=self.fields["new_name"].label)))


class SuccessorForm(RowForm):
    keys = ("name", "code")

    name = Words(
        label=_("Name"),
        required=False,
        max_length=MOST_NAME_TYPED,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    code = Words(label=_("Unified social credit code"), required=False, max_length=64, widget=forms.TextInput(_PLAIN))


class RepresentativeForm(SheetForm):
    name = Words(
        label=_("Name"),
        max_length=MOST_NAME_TYPED,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Of the legal representative; where a unit has none, of the person chiefly in charge."),
    )
    document_type = Choice((), label=_("Document type"), required=False)
    document_number = Words(
        label=_("Number"),
        required=False,
        max_length=64,
        widget=forms.TextInput(_PLAIN),
        help_text=_("If it is known."),
    )
    since = Day(label=_("Since"), help_text=_("The day from which it holds at the market registry."))
    ground = _ground()

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        super().__init__(data, initial={"document_type": "resident_id"})
        self.fields["document_type"].widget = OneOf(choices=_documents())


def change_sheet(data: Mapping[str, Any] | None) -> Sheet:
    rows = formset_factory(SuccessorForm, extra=2, max_num=SUCCESSORS_MOST, absolute_max=SUCCESSORS_MOST)
    hint = _(
        "After a merger or a division. They are not listed by it, and nobody outside the court is told who they are."
    )
    return Sheet(ChangeForm(data), {"successors": Rows(_("Successor"), hint, rows(data, prefix="successors"))})


def changes_in(sheet: Sheet) -> dict[str, Any]:
    """What the sheet proposes, for `registry.actions.propose`. Raises `SuccessorsDoNotFit`."""
    kind, since, successors = sheet["kind"], sheet["since"].isoformat(), sheet.filled("successors")
    found: dict[str, Any] = {}
    if sheet["new_name"]:
        found["new_name"] = {"name": sheet["new_name"], "since": since}
    if kind != UnitChangeKind.RENAMED:
        found["registration"] = {"kind": kind, "since": since, "successors": successors}
    elif successors:
        raise SuccessorsDoNotFit("successors.0.name")
    return found


def spoken_content(change: UnitChange, *, numbers: bool) -> list[str]:
    """Name, or representative, or successors; with ``numbers`` that of a representative's document, masked."""
    content = change.content
    if change.kind == UnitChangeKind.REPRESENTATIVE:
        return [" · ".join([content["name"], *(_document_of(content) if numbers else ())])]
    if change.kind == UnitChangeKind.RENAMED:
        return [content["name"]]
    return [_successor(each) for each in content["successors"]]


def spoken_new_name(value: Mapping[str, str]) -> str:
    return f"{value['name']} · {_since(value)}"


def spoken_registration(value: Mapping[str, Any]) -> str:
    kind = capfirst(str(UnitChangeKind(value["kind"]).label))
    return str(_("; ")).join([f"{kind} · {_since(value)}", *map(_successor, value["successors"])])


def _since(value: Mapping[str, str]) -> str:
    return str(_("since %(day)s")) % {"day": spoken_day(date.fromisoformat(value["since"]))}


def _successor(successor: Mapping[str, str]) -> str:
    return f"{successor['name']} · {successor['code']}"


def _document_of(content: Mapping[str, str]) -> list[str]:
    if "document_number" not in content:
        return []
    return [codes.label("document_types", content["document_type"]), identity.masked(content["document_number"])]


def _documents() -> list[tuple[str, str]]:
    """Those that a natural person has."""
    natural = [code for code, row in codes.entries("document_types").items() if row.extra["kind"] == PersonKind.NATURAL]
    return [(code, label) for code, label in codes.choices("document_types") if code in natural]
