"""The tables of persons outside the court, re-exported for Django and for the floors above."""

from sharing.persons.models.identity import CounterCode, ProvenIdentity
from sharing.persons.models.objections import (
    Arrival,
    Authority,
    Follows,
    Objection,
    ObjectionEvidence,
    ObjectionFile,
    ObjectionKind,
    ObjectionState,
    ObjectionStep,
    ObjectionYear,
    Part,
    Raiser,
)

__all__ = [
    "Arrival",
    "Authority",
    "CounterCode",
    "Follows",
    "Objection",
    "ObjectionEvidence",
    "ObjectionFile",
    "ObjectionKind",
    "ObjectionState",
    "ObjectionStep",
    "ObjectionYear",
    "Part",
    "ProvenIdentity",
    "Raiser",
]
