"""What becomes of a party's prohibitions, by their order in the decision.

Of ``prohibitions``: {"1": {"months": 48}, "2": null, "new": {"scope": …, "basis": …}}; what is left out stays, null takes one out,
``new`` was left out. Of ``starts_on`` (as ordered) and ``start_reported`` the first days: {"1": "2026-10-01", "2": null}.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from registry.actions import banning
from registry.actions.findings import Findings
from registry.entries import ProhibitionEntry
from registry.errors import ImpossibleDate, Malformed
from registry.models import Listing, Party, Prohibition

NAME, NEW = "prohibitions", "new"
PARTS = ("scope", "basis", "months", "occupations")
_DAY = "starts_on"  # of a new one; of the others it is a field of its own

Held = dict[str, Any]


def held(party: Party, name: str) -> Held:
    """As they stand, of all."""
    return {str(row.ordinal): _stands(row, name) for row in party.prohibitions.all()}


def values_of(value: Any, name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """What is to become of some of them. Malformed: it names one that there is not."""
    if not isinstance(value, dict) or not set(value) <= set(known):
        raise Malformed(name)
    return value


def differing(values: Mapping[str, Any], held: Mapping[str, Any]) -> Held:
    """Of each prohibition that becomes another, and of no other."""
    return {each: value for each, value in values.items() if each not in held or value != held[each]}


def field_of(name: str, ordinal: str, part: str = "") -> str:
    """What a refusal blames, and a form asks, of one prohibition."""
    return "_".join(filter(None, (name, ordinal, part)))


def examine_ordered(value: Any, name: str, listing: Listing, today: date) -> Held:
    """All of them as the decision is said to order them, in canonical form. Raises what `banning.examine_prohibition` finds,
    and Malformed.
    """
    stand, decision = held(listing.party, name), listing.party.decision
    findings = Findings()
    for ordinal, typed in values_of(value, name, {**stand, NEW: None}).items():
        if typed is None and ordinal != NEW:
            stand[ordinal] = None
            continue
        field = field_of(name, ordinal)
        with findings.note():
            before = stand.get(ordinal)
            stand[ordinal] = _row(typed, before, field)
            banning.examine_prohibition(
                _entry(stand[ordinal], field), field, kind=decision.kind, authority=decision.authority,
                pronounced_on=decision.pronounced_on, today=today, findings=findings,
                held=[before["basis"], *before["occupations"]] if before else (),
            )  # fmt: skip
    for refusal in findings.found:
        refusal.field = refusal.field.replace(".", "_")
    findings.settle()
    return stand


def lay_out(rows: Sequence[Prohibition], party: Party, name: str, values: Mapping[str, Any]) -> list[Prohibition]:
    """As they would stand: those that change are changed, and nothing is saved."""
    if name != NAME:
        for row in rows:
            if str(row.ordinal) in values:
                setattr(row, name, _day(values[str(row.ordinal)]))
        return list(rows)
    stand = [row for row in rows if values.get(str(row.ordinal), row) is not None]
    for row in stand:
        if str(row.ordinal) in values:
            _order(row, values[str(row.ordinal)])
    return [*stand, _new(party, rows, values[NEW])] if NEW in values else stand


def write(party: Party, name: str, values: Mapping[str, Any]) -> None:
    """Into the rows; the party's are to be read again."""
    rows = list(Prohibition.objects.filter(party=party))
    stand = lay_out(rows, party, name, values)
    for row in rows:
        if row not in stand:
            row.delete()
    for row in stand:
        if row not in rows:
            row.save(force_insert=True)
        elif str(row.ordinal) in values:
            row.save()


def _stands(row: Prohibition, name: str) -> Any:
    if name == NAME:
        return {part: getattr(row, part) for part in PARTS}
    day: date | None = getattr(row, name)
    return day.isoformat() if day else None


def _row(typed: Any, stands: Mapping[str, Any] | None, field: str) -> Held:
    """Each part, of the shape in which it is kept. Malformed: it is of another, or a part of a new one is missing."""
    known = PARTS if stands else (*PARTS, _DAY)
    if not isinstance(typed, dict) or not set(typed) <= set(known):
        raise Malformed(field)
    row = {**(stands or {_DAY: None, "occupations": []}), **typed}
    words = isinstance(row.get("scope"), str) and isinstance(row.get("basis"), str)
    months = row.get("months", "")
    whole = months is None or (isinstance(months, int) and not isinstance(months, bool))
    occupations = row["occupations"]
    if not (words and whole and isinstance(occupations, list) and all(isinstance(each, str) for each in occupations)):
        raise Malformed(field)
    return {**row, "scope": " ".join(row["scope"].split()), "occupations": sorted(set(occupations))}


def _entry(row: Mapping[str, Any], field: str) -> ProhibitionEntry:
    try:
        starts_on = _day(row.get(_DAY))
    except (TypeError, ValueError):
        raise ImpossibleDate(f"{field}.{_DAY}") from None
    occupations = tuple(row["occupations"])
    return ProhibitionEntry(
        scope=row["scope"], basis=row["basis"], months=row["months"], occupations=occupations, starts_on=starts_on
    )


def _order(row: Prohibition, ordered: Mapping[str, Any]) -> None:
    for part in PARTS:
        if getattr(row, part) != ordered[part]:
            setattr(row, part, ordered[part])


def _new(party: Party, rows: Sequence[Prohibition], ordered: Mapping[str, Any]) -> Prohibition:
    last = max((row.ordinal for row in rows), default=0)
    row = Prohibition(party=party, ordinal=last + 1, starts_on=_day(ordered[_DAY]))
    for part in PARTS:
        setattr(row, part, ordered[part])
    return row


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
