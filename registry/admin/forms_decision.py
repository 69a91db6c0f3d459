"""The sheet on which a decision is entered or amended, in three parts: what it is, its dates, what it found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.actions.examining import NUMBER_MOST
from registry.admin.fields import Choice, Code, Codes, Day, Words
from registry.admin.sheets import Sheet, SheetForm
from registry.entries import DecisionEntry
from registry.models import Decision, DecisionKind

INSTRUMENTS = [("judgment", _("judgment")), ("ruling", _("ruling"))]

# Of which kind of decision a field is, where it is of one alone: the page leads the clerk past the others.
_OF_ONE_KIND = {
    "authority": DecisionKind.PENALTY,
    **dict.fromkeys(
        (
            "court",
            "instance",
            "instrument",
            "filed_on",
            "prosecutor_received_on",
            "protested_on",
            "protest_withdrawn_on",
            "effect_certified_on",
        ),
        DecisionKind.CRIMINAL,
    ),
}

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
        (_("Findings"), ("facts",)),
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
    facts = Codes(
        "facts",
        label=_("Facts found"),
        help_text=_("As the decision finds them: they decide which departments are told."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, kind in _OF_ONE_KIND.items():
            self.fields[name].widget.attrs["data-only-of"] = kind


def decision_sheet(data: Mapping[str, Any] | None, decision: Decision | None = None) -> Sheet:
    """``decision``: the one that is amended, which stays of its kind and has no field of the other; None for a new one."""
    if decision is None:
        return Sheet(DecisionForm(data))
    form = DecisionForm(data, initial=_typed_before(decision))
    form.fields["kind"].disabled = True
    for name in [name for name, kind in _OF_ONE_KIND.items() if kind != decision.kind]:
        del form.fields[name]
    return Sheet(form)


def decision_entry(sheet: Sheet) -> DecisionEntry:
    return DecisionEntry(**sheet.form.cleaned_data)


def _typed_before(decision: Decision) -> dict[str, Any]:
    typed = {name: getattr(decision, name) for name in _AS_STORED}
    filed_on = decision.case.filed_on if decision.case else None
    return {**typed, "number": decision.number_as_typed, "court": decision.court.code, "filed_on": filed_on}
