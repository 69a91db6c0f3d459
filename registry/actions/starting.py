"""The first days of a party's prohibitions, each its own: {"1": "2026-10-01", "2": null}, by their order in the decision.

``name`` is the field: ``starts_on``, as the decision orders it, or ``start_reported``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from registry.errors import Malformed
from registry.models import Party, Prohibition

Days = dict[str, str | None]


def held(party: Party, name: str) -> Days:
    """As they stand, of all."""
    days = {str(row.ordinal): getattr(row, name) for row in party.prohibitions.all()}
    return {ordinal: day.isoformat() if day else None for ordinal, day in days.items()}


def days_of(value: Any, name: str, held: Mapping[str, Any]) -> dict[str, Any]:
    """What is to become of some of them; those left out stay as they are. Malformed: it names one that there is not."""
    if not isinstance(value, dict) or not set(value) <= set(held):
        raise Malformed(name)
    return value


def differing(days: Mapping[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """Of each prohibition that moves, and of no other."""
    return {ordinal: day for ordinal, day in days.items() if day != held[ordinal]}


def field_of(name: str, ordinal: str) -> str:
    """What a refusal blames, and a form asks: the day of one prohibition."""
    return f"{name}_{ordinal}"


def lay_out(prohibitions: Iterable[Prohibition], name: str, days: Mapping[str, Any]) -> list[Prohibition]:
    """In the rows that they are of, which are returned; nothing is saved."""
    moved = [row for row in prohibitions if str(row.ordinal) in days]
    for row in moved:
        day = days[str(row.ordinal)]
        setattr(row, name, date.fromisoformat(day) if day else None)
    return moved
