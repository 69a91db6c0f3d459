"""The sheet on which one party of a decision is entered or amended: person, documents, penalty, prohibitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from registry.actions import drafted
from registry.actions.banning import MOST_MONTHS as MOST_PROHIBITION_MONTHS
from registry.actions.banning import SCOPE_MOST
from registry.actions.findings import MOST_DAYS, MOST_MONTHS, MOST_PROBATION_MONTHS, MOST_YUAN
from registry.admin.fields import Choice, Code, Codes, Day, Days, Names, Whole, Words, refused
from registry.admin.sheets import RowForm, Rows, Sheet, SheetForm
from registry.entries import DocumentEntry, PartyEntry, PersonEntry, ProhibitionEntry
from registry.errors import FieldMissing, LengthTwice
from registry.models import DecisionKind, Listing, Party, PersonKind

ISSUER_MOST, TYPED_MOST = 100, 100
ROWS_MOST = 10

_PERSON = ("kind", "name", "former_names", "birth_date")
_CRIMINAL_ONLY = (
    "charge",
    "sentence_months",
    "probation_months",
    "custody_credited_days",
    "detained",
    "appealed_on",
    "appeal_withdrawn_on",
)
_PENALTY_ONLY = ("penalty_measures",)


class PartyForm(SheetForm):
    kind = Choice(PersonKind.choices, label=_("Kind"), initial=PersonKind.NATURAL)
    name = Words(
        label=_("Name"), help_text=_("As printed on the document."), widget=forms.TextInput({"autocomplete": "off"})
    )
    former_names = Names(label=_("Former names"), required=False, help_text=_("One a line."))
    birth_date = Day(label=_("Birth date"), required=False, help_text=_("Only where no document number tells it."))
    charge = Code("charges", label=_("Charge"))
    article = Code("articles", label=_("Article"))
    offence_dates = Days(
        label=_("Offence dates"),
        help_text=_("First and last day at least, with a comma between: 2024-05-06, 2024-06-01."),
    )
    penalty_kind = Code("penalty_kinds", label=_("Kind of penalty"))
    sentence_months = Whole(label=_("Sentence in months"), most=MOST_MONTHS, blank=0, required=False)
    probation_months = Whole(label=_("Probation in months"), most=MOST_PROBATION_MONTHS, blank=0, required=False)
    custody_credited_days = Whole(label=_("Custody credited in days"), most=MOST_DAYS, blank=0, required=False)
    fine_yuan = Whole(label=_("Fine in yuan"), most=MOST_YUAN, blank=0, grouped=True, required=False)
    penalty_measures = Codes("penalty_measures", label=_("Administrative measures"))
    received_on = Day(label=_("Received by this party on"), required=False)
    detained = forms.BooleanField(label=_("Detained on the last day of the appeal period"), required=False)
    appealed_on = Day(label=_("Appeal filed on"), required=False)
    appeal_withdrawn_on = Day(label=_("Appeal withdrawn on"), required=False)
    unit_role = Code("unit_roles", label=_("Role in a unit's offence"), required=False)

    sections = (
        (_("Person or unit"), _PERSON),
        (
            _("Offence and penalty"),
            (
                "charge",
                "article",
                "offence_dates",
                "unit_role",
                "penalty_kind",
                "sentence_months",
                "probation_months",
                "custody_credited_days",
                "fine_yuan",
                "penalty_measures",
            ),
        ),
        (_("Receipt and appeal"), ("received_on", "detained", "appealed_on", "appeal_withdrawn_on")),
    )

    def __init__(self, *args: Any, decision_kind: str, **options: Any) -> None:
        """Only the fields that a party of this kind of decision has."""
        super().__init__(*args, **options)
        absent = _PENALTY_ONLY if decision_kind == DecisionKind.CRIMINAL else _CRIMINAL_ONLY
        for name in absent:
            del self.fields[name]


class DocumentForm(RowForm):
    keys = ("number", "issuer", "valid_from", "valid_to")

    type = Code("document_types", label=_("Document type"), required=False, initial="resident_id")
    number = Words(
        label=_("Number"),
        required=False,
        max_length=TYPED_MOST,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    issuer = Words(label=_("Issuer"), required=False, max_length=ISSUER_MOST)
    valid_from = Day(label=_("Valid from"), required=False)
    valid_to = Day(label=_("Valid to"), required=False)


class ProhibitionForm(RowForm):
    keys = ("scope", "months", "for_life", "occupations", "starts_on")

    scope = Words(label=_("Scope, in the decision's words"), required=False, max_length=SCOPE_MOST)
    basis = Code("prohibition_bases", label=_("Basis"), required=False)
    months = Whole(label=_("Length in months"), most=MOST_PROHIBITION_MONTHS, required=False)
    for_life = forms.BooleanField(label=_("For life"), required=False)
    starts_on = Day(
        label=_("Starts on"),
        required=False,
        help_text=_("Empty while pending: it runs from completion of the sentence or release on parole."),
    )
    occupations = Codes("occupations", label=_("Occupations it covers"))

    def __init__(self, *args: Any, basis: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["basis"].initial = basis

    def clean(self) -> None:
        if not self.filled or self.errors:
            return
        has_months, for_life = self.cleaned_data["months"] is not None, self.cleaned_data["for_life"]
        if has_months and for_life:
            self.add_error("months", refused(LengthTwice()))
        elif not has_months and not for_life:
            self.add_error("months", refused(FieldMissing(name=self.fields["months"].label)))


def party_sheet(data: Mapping[str, Any] | None, decision_kind: str, listing: Listing | None = None) -> Sheet:
    """``listing``: the draft that is amended; None for a new party."""
    typed = _typed_before(listing.party) if listing else {}
    documents, prohibitions = typed.pop("documents", []), typed.pop("prohibitions", [])
    basis = "CL 37-1" if decision_kind == DecisionKind.CRIMINAL else "PIPL 66"
    return Sheet(
        PartyForm(data, initial=typed, decision_kind=decision_kind),
        {
            "documents": Rows(
                _("Identity documents"),
                _("At least one. A person may hold several."),
                _rows(DocumentForm, 1 if documents else 2)(data, initial=documents, prefix="documents"),
                early=True,
            ),
            "prohibitions": Rows(
                _("Employment prohibitions"),
                _("As ordered by the decision; leave empty where there is none."),
                _rows(ProhibitionForm, 1 if prohibitions else 2)(
                    data, initial=prohibitions, prefix="prohibitions", form_kwargs={"basis": basis}
                ),
            ),
        },
    )


def party_entry(sheet: Sheet) -> PartyEntry:
    typed = dict(sheet.form.cleaned_data)
    kind, name, former_names, birth_date = (typed.pop(each) for each in _PERSON)
    person = PersonEntry(
        kind=kind,
        name=name,
        former_names=former_names,
        birth_date=birth_date,
        documents=tuple(DocumentEntry(**row) for row in sheet.filled("documents")),
    )
    return PartyEntry(
        **{"charge": "", **typed}, person=person, prohibitions=tuple(map(_prohibition, sheet.filled("prohibitions")))
    )


def _rows(form: type[RowForm], extra: int) -> Any:
    return formset_factory(form, extra=extra, max_num=ROWS_MOST, absolute_max=ROWS_MOST)


def _prohibition(row: dict[str, Any]) -> ProhibitionEntry:
    typed = {name: row[name] for name in ("scope", "basis", "occupations", "starts_on")}
    return ProhibitionEntry(**typed, months=None if row["for_life"] else row["months"])


def _typed_before(party: Party) -> dict[str, Any]:
    person = party.person
    plain = {name: getattr(party, name) for name in PartyForm.base_fields if name not in _PERSON}
    return {
        **plain,
        "kind": person.kind,
        "name": person.name,
        "former_names": [row.name for row in drafted.former_names_of(party)],
        "birth_date": person.birth_date,
        "documents": [
            {
                "type": row.type,
                "number": row.number,
                "issuer": row.issuer,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
            }
            for row in drafted.documents_of(party)
        ],
        "prohibitions": [
            {
                "scope": row.scope,
                "basis": row.basis,
                "months": row.months,
                "for_life": row.months is None,
                "starts_on": row.starts_on,
                "occupations": row.occupations,
            }
            for row in party.prohibitions.all()
        ],
    }
