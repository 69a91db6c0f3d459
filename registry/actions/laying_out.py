"""What was typed of a decision and of its parties, in their rows; nothing is saved."""

from __future__ import annotations

from registry.entries import DecisionEntry, PartyEntry
from registry.models import Decision, Party, Prohibition
from registry.storing import new_row

DECISION_FIELDS = (
    "instance",
    "instrument",
    "pronounced_on",
    "prosecutor_received_on",
    "protested_on",
    "protest_withdrawn_on",
    "effect_certified_on",
)
DAYS_OF_EFFECT = ("prosecutor_received_on", "protested_on", "protest_withdrawn_on", "effect_certified_on")
"""Of a decision, what its day of effect hangs on and nobody outside is told."""
_PARTY_FIELDS = (
    "charge",
    "article",
    "penalty_kind",
    "sentence_months",
    "probation_months",
    "custody_credited_days",
    "fine_yuan",
    "received_on",
    "detained",
    "appealed_on",
    "appeal_withdrawn_on",
    "unit_role",
)


def lay_out_decision(decision: Decision, entry: DecisionEntry, number: str) -> None:
    """In the decision's row."""
    decision.number, decision.number_as_typed, decision.authority = number, entry.number.strip(), entry.authority
    for name in DECISION_FIELDS:
        setattr(decision, name, getattr(entry, name))
    decision.facts = sorted(set(entry.facts))


def differs_beyond_effect(decision: Decision, entry: DecisionEntry, number: str) -> bool:
    """Whether anything but `DAYS_OF_EFFECT` would become another."""
    plain = [name for name in DECISION_FIELDS if name not in DAYS_OF_EFFECT]
    held = [decision.number, decision.authority, decision.facts, *(getattr(decision, name) for name in plain)]
    return held != [number, entry.authority, sorted(set(entry.facts)), *(getattr(entry, name) for name in plain)]


def lay_out_party(party: Party, entry: PartyEntry) -> list[Prohibition]:
    """In the party's row, and in those of its prohibitions."""
    for name in _PARTY_FIELDS:
        setattr(party, name, getattr(entry, name))
    party.offence_dates = sorted(set(entry.offence_dates))
    party.penalty_measures = sorted(set(entry.penalty_measures))
    prohibitions = []
    for ordinal, row in enumerate(entry.prohibitions, 1):
        prohibition = new_row(
            Prohibition,
            party=party,
            ordinal=ordinal,
            basis=row.basis,
            occupations=sorted(set(row.occupations)),
            months=row.months,
            starts_on=row.starts_on,
        )
        prohibition.scope = " ".join(row.scope.split())
        prohibitions.append(prohibition)
    return prohibitions
