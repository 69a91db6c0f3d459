"""The sheet of circumstances: what the court's report counts of a decision, and of each of its parties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from registry.actions.circumstances import LISTS, OF_A_PARTY
from registry.actions.findings import MOST_YUAN
from registry.admin.fields import Code, Codes, Whole
from registry.admin.party_pages import A_PAGE
from registry.admin.sheets import RowForm, Rows, Sheet, SheetForm
from registry.entries import CircumstancesEntry, DataEntry, PartyCircumstances
from registry.models import Decision, Party, PersonKind

ROWS_MOST = 20


class CircumstancesForm(SheetForm):
    plain = True
    sections = (
        ("", ()),  # the rows of data come first
        (_("How it was done"), ("channels", "evasions", "payments", "gains_yuan")),
        (_("What came of it"), ("associated_offences",)),
    )

    channels = Codes("channels", label=_("Channels"))
    evasions = Codes("evasions", label=_("Means of evasion"))
    payments = Codes("payments", label=_("Means of payment"))
    gains_yuan = Whole(label=_("Gains in yuan"), most=MOST_YUAN, grouped=True, required=False)
    associated_offences = Codes("associated_offences", label=_("Associated offences"))


class DataForm(RowForm):
    keys = ("kind", "records")

    kind = Code("data_kinds", label=_("Kind of data"), required=False)
    records = Whole(label=_("Number of records"), most=MOST_YUAN, grouped=True, required=False)


class PartyCircumstancesForm(RowForm):
    keys = ("ordinal",)

    ordinal = forms.IntegerField(widget=forms.HiddenInput)
    occupation = Code("occupations", label=_("Occupation"), required=False)
    industry = Code("industries", label=_("Industry"), required=False)
    education = Code("education", label=_("Education"), required=False)
    employed_at_time = forms.NullBooleanField(label=_("Employed at the time of the offence"), required=False)

    def __init__(self, *args: Any, party: Party, **options: Any) -> None:
        """A unit has an industry and nothing else of these."""
        super().__init__(*args, **options)
        self.called = party.person.name
        self.legend = f"{party.ordinal}. {self.called}"
        if party.person.kind == PersonKind.UNIT:
            for name in ("occupation", "education", "employed_at_time"):
                del self.fields[name]


class _PartiesFormSet(forms.BaseFormSet[PartyCircumstancesForm]):
    """One form for each party that the page shows; what is sent of others is not looked at."""

    def __init__(self, data: Mapping[str, Any] | None, *, form_kwargs: Mapping[str, Sequence[Party]]) -> None:
        self.parties = form_kwargs["parties"]
        super().__init__(data, initial=[_of_party(each) for each in self.parties], prefix="parties")

    def total_form_count(self) -> int:
        return len(self.parties)

    def initial_form_count(self) -> int:
        return len(self.parties)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {"party": self.parties[index or 0]}


_PartiesForms = formset_factory(
    PartyCircumstancesForm, formset=_PartiesFormSet, extra=0, max_num=A_PAGE, absolute_max=A_PAGE
)


def circumstances_sheet(data: Mapping[str, Any] | None, decision: Decision, parties: Sequence[Party]) -> Sheet:
    """The first page of the sheet: the decision, and the first of its parties."""
    rows = [{"kind": row.kind, "records": row.records} for row in decision.data.all()]
    kinds = formset_factory(DataForm, extra=2 if rows else 4, max_num=ROWS_MOST, absolute_max=ROWS_MOST)
    return Sheet(
        CircumstancesForm(data, initial=_of_decision(decision)),
        {
            "data": Rows(
                _("Personal data involved"),
                _("Each kind once, with the number of records that the decision counts; empty where it counts none."),
                kinds(data, initial=rows, prefix="data"),
                early=True,
            ),
            "parties": _parties_rows(data, parties),
        },
    )


def further_parties(data: Mapping[str, Any] | None, parties: Sequence[Party]) -> Sheet:
    """Its other pages: parties alone."""
    return Sheet(SheetForm(data), {"parties": _parties_rows(data, parties)})


def _parties_rows(data: Mapping[str, Any] | None, parties: Sequence[Party]) -> Rows:
    rows = _PartiesForms(data, form_kwargs={"parties": parties})
    return Rows(_("At the time of the offence"), _("As far as the decision says it."), rows)


def lay_out_people(sheet: Sheet, people: Mapping[str, Mapping[str, Any]]) -> None:
    """Show what was confirmed of each person, by name, as if it were there already."""
    for form in sheet.rows["parties"].formset.forms:
        form.initial.update(people.get(form.called, {}))


def circumstances_entry(sheet: Sheet) -> CircumstancesEntry:
    typed = {name: tuple(sheet[name]) for name in LISTS}
    return CircumstancesEntry(
        **typed,
        gains_yuan=sheet["gains_yuan"],
        data=tuple(DataEntry(kind=row["kind"], records=row["records"]) for row in sheet.filled("data")),
        parties=tuple(_parties(sheet)),
    )


def further_entry(sheet: Sheet, decision: Decision) -> CircumstancesEntry:
    """Of further parties; what the first page says of the decision stays as it is."""
    data = tuple(DataEntry(kind=row.kind, records=row.records) for row in decision.data.all())
    return CircumstancesEntry(**_of_decision(decision), data=data, parties=tuple(_parties(sheet)))


def _parties(sheet: Sheet) -> Iterator[PartyCircumstances]:
    for row in sheet.filled("parties"):
        told = {name: row[name] for name in OF_A_PARTY if name in row}
        yield PartyCircumstances(ordinal=row["ordinal"], **told)


def _of_decision(decision: Decision) -> dict[str, Any]:
    return {name: getattr(decision, name) for name in (*LISTS, "gains_yuan")}


def _of_party(party: Party) -> dict[str, Any]:
    return {"ordinal": party.ordinal, **{name: getattr(party, name) for name in OF_A_PARTY}}
