"""What the events of listings add up to, as whoever was told of them all has it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from registry.keys import KeyUnknown, SealBroken
from registry.models import Event, EventPayload, EventType, Listing, State
from registry.models.log import open_part
from registry.payload import WHOLE


class Line(NamedTuple):
    position: int
    type: str
    version: int
    reader: int | None


@dataclass(frozen=True)
class Told:
    """``lines``: of the log, in their order. ``listing``: what they add up to; None where one that is needed cannot be read."""

    lines: tuple[Line, ...]
    listing: dict[str, Any] | None

    @property
    def is_withdrawn(self) -> bool:
        """Whether everybody was told that it is; one reader alone may have been told otherwise."""
        told_to_all = [line for line in self.lines if line.reader is None]
        return bool(told_to_all) and told_to_all[-1].type == EventType.WITHDRAWN


def told(listings: Iterable[Listing]) -> dict[int, Told]:
    """By listing. Of those that are purged only the lines: what they said is destroyed."""
    rows = list(listings)
    lines = _lines(rows)
    kept = [row for row in rows if row.state != State.PURGED]
    needed = {row.pk: _from_the_last_whole(lines[row.pk]) for row in kept}
    bodies = _bodies([line.position for each in needed.values() for line in each])
    return {row.pk: Told(tuple(lines[row.pk]), _sum(needed.get(row.pk, []), bodies)) for row in rows}


def _lines(listings: list[Listing]) -> Mapping[int, list[Line]]:
    found: dict[int, list[Line]] = defaultdict(list)
    rows = Event.objects.filter(listing__in=[row.pk for row in listings]).order_by("position")
    for listing_id, position, kind, version, reader in rows.values_list(
        "listing_id", "position", "type", "version", "reader"
    ):
        found[listing_id].append(Line(position, kind, version, reader))
    return found


def _from_the_last_whole(lines: list[Line]) -> list[Line]:
    last = max((place for place, line in enumerate(lines) if line.type in WHOLE), default=0)
    return lines[last:]


def _bodies(positions: list[int]) -> dict[int, dict[str, Any]]:
    """What each event said of its listing; those that cannot be read are left out."""
    found = {}
    rows = EventPayload.objects.filter(pk__in=positions).values_list("pk", "event__event_id", "body_sealed")
    for position, event_id, sealed in rows:
        try:
            found[position] = json.loads(open_part(event_id, "body", sealed))["listing"]
        except (SealBroken, KeyUnknown):
            continue
    return found


def _sum(lines: list[Line], bodies: Mapping[int, dict[str, Any]]) -> dict[str, Any] | None:
    held: dict[str, Any] = {}
    for line in lines:
        if line.position not in bodies:
            return None
        said = bodies[line.position]
        held = said if line.type in WHOLE else {**held, **said}
    return held
