"""What is found: a value for one field of the forms, where it stands, and why it is read so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from registry.errors import Text
from registry.gleaning.reading import Span

# Fields of which a form has one; of the others it may hold several.
SEVERAL = {
    "offence_dates",
    "penalty_measures",
    "former_names",
    "facts",
    "channels",
    "documents",
    "prohibitions",
    "data",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """``field``: of the decision's or the party's form, or the name of its rows. ``value``: as it is typed there, or as it
    is stored; of a row, field → value. ``start``, ``end``: in the text as it was given. ``why``: the rule that found it.
    ``fault``: why it cannot be taken; "" where it can.
    """

    field: str
    value: str | int | bool | Mapping[str, str | int | bool]
    start: int
    end: int
    why: Text
    fault: Text = ""

    @property
    def several(self) -> bool:
        return self.field in SEVERAL


@dataclass(frozen=True, kw_only=True)
class PartyGleaned:
    """``name``: as the text has it."""

    name: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class Gleaned:
    kind: str  # "criminal" or "penalty"
    decision: tuple[Finding, ...]
    parties: tuple[PartyGleaned, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.decision or self.parties)

    @property
    def every(self) -> list[Finding]:
        return [*self.decision, *(each for party in self.parties for each in party.findings)]


def found(
    name: str,
    value: str | int | bool | Mapping[str, str | int | bool],
    at: Span,
    why: Text,
    fault: Text = "",
) -> Finding:
    return Finding(field=name, value=value, start=at[0], end=at[1], why=why, fault=fault)


def each_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The same value of a field is found once, where it stands first."""
    seen: list[tuple[str, object]] = []
    kept = []
    for each in findings:
        if (each.field, each.value) not in seen:
            seen.append((each.field, each.value))
            kept.append(each)
    return tuple(kept)
