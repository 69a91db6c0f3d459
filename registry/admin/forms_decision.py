"""The sheet on which a decision is entered or amended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from registry.actions.examining import MOST_YUAN
from registry.admin.fields import Choice, Code, Codes, Day, Whole, Words
from registry.admin.sheets import RowForm, Rows, Sheet, SheetForm
from registry.entries import DataEntry, DecisionEntry
from registry.models import Decision, DecisionKind

INSTRUMENTS = [("judgment", _("judgment")), ("ruling", _("ruling"))]
NUMBER_MOST = 64
ROWS_MOST = 20

_AS_STORED = (
    "kind",
    "authority",
    "instance",
    "instrument",
    "pronounced_on",
    "prosecutor_received_on",
    "protested_on",
    "protest_withdrawn_on",
    "effect_certified_on",
    "facts",
    "channels",
    "payments",
    "evasions",
    "associated_offences",
    "gains_yuan",
)


class DecisionForm(SheetForm):
    sections = (
        (_("Decision"), ("kind", "number", "court", "authority", "instance", "instrument")),
        (
            _("Dates"),
            (
                "filed_on",
                "pronounced_on",
                "prosecutor_received_on",
                "protested_on",
                "protest_withdrawn_on",
                "effect_certified_on",
            ),
        ),
        (_("Circumstances"), ("facts", "channels", "payments", "evasions", "associated_offences", "gains_yuan")),
    )

    kind = Choice(DecisionKind.choices, label=_("Kind"), initial=DecisionKind.CRIMINAL)
    number = Words(
        label=_("Number of the decision"),
        max_length=NUMBER_MOST,
        help_text=_("As on the decision, for example （2026）京0105刑初123号."),
    )
    court = Code(
        "courts",
        retired_too=True,
        label=_("Court"),
        required=False,
        help_text=_("Only for case numbers from before 2016."),
    )
    authority = Code(
        "authorities", label=_("Authority"), required=False, help_text=_("Only for administrative penalties.")
    )
    instance = Code("instances", label=_("Instance"), initial="first")
    instrument = Choice(INSTRUMENTS, label=_("Form"), initial="judgment")
    filed_on = Day(
        label=_("Case filed on"),
        required=False,
        help_text=_("Only where the case register does not hold the case yet. Dates as 2026-09-01 or 2026年9月1日."),
    )
    pronounced_on = Day(label=_("Pronounced on"))
    prosecutor_received_on = Day(label=_("Received by the prosecutor on"), required=False)
    protested_on = Day(label=_("Protest filed on"), required=False)
    protest_withdrawn_on = Day(label=_("Protest withdrawn on"), required=False)
    effect_certified_on = Day(label=_("Date of the certificate of effect"), required=False)
    facts = Codes("facts", label=_("Facts found"))
    channels = Codes("channels", label=_("Channels"))
    payments = Codes("payments", label=_("Means of payment"))
    evasions = Codes("evasions", label=_("Means of evasion"))
    associated_offences = Codes("associated_offences", label=_("Associated offences"))
    gains_yuan = Whole(label=_("Gains in yuan"), most=MOST_YUAN, required=False)


class DataForm(RowForm):
    keys = ("kind", "records")

    kind = Code("data_kinds", label=_("Kind of data"), required=False)
    records = Whole(label=_("Number of records"), most=MOST_YUAN, required=False)


def decision_sheet(data: Mapping[str, Any] | None, decision: Decision | None = None) -> Sheet:
    """``decision``: the one that is amended; None for a new one."""
    initial = _typed_before(decision) if decision else None
    rows = [{"kind": row.kind, "records": row.records} for row in decision.data.all()] if decision else []
    formset = formset_factory(DataForm, extra=2 if rows else 4, max_num=ROWS_MOST, absolute_max=ROWS_MOST)
    form = DecisionForm(data, initial=initial)
    form.fields["kind"].disabled = decision is not None
    return Sheet(
        form,
        {"data": Rows(_("Personal data involved"), "", formset(data, initial=rows, prefix="data"))},
    )


def decision_entry(sheet: Sheet) -> DecisionEntry:
    data = tuple(DataEntry(kind=row["kind"], records=row["records"]) for row in sheet.filled("data"))
    return DecisionEntry(**sheet.form.cleaned_data, data=data)


def _typed_before(decision: Decision) -> dict[str, Any]:
    typed = {name: getattr(decision, name) for name in _AS_STORED}
    filed_on = decision.case.filed_on if decision.case else None
    return {**typed, "number": decision.number_as_typed, "court": decision.court.code, "filed_on": filed_on}
