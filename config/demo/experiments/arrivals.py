"""How far an event has come: each department's own store says when it arrived."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

from config.demo.playbill import Playbill, PlayedDepartment
from config.demo.watched_lists import delay_of, duration
from registry.models import Event
from sharing.delivery.models import Told
from sharing.receiver import store


class Came(StrEnum):
    PUSHED = "push"
    FETCHED = "pull"
    NOT_YET = "not_yet"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Arrival:
    """``delay``: from the act to the department, by their two clocks, in words; "" until it came."""

    department: PlayedDepartment
    came: Came
    delay: str = ""


def arrivals(event_id: str, playbill: Playbill) -> Sequence[Arrival]:
    """At every department that the event is meant for."""
    listing_id = Event.objects.filter(event_id=event_id).values_list("listing_id", flat=True).first()
    if listing_id is None:
        return []
    told = set(Told.objects.filter(listing_id=listing_id).values_list("department_id", flat=True))
    return [_arrival(event_id, each) for each in playbill.departments if each.department_id in told]


def _arrival(event_id: str, department: PlayedDepartment) -> Arrival:
    try:
        with closing(store.open_readonly(department.store)) as opened:
            seen = store.event(opened, event_id)
    except sqlite3.Error:
        return Arrival(department, Came.UNREADABLE)
    if seen is None:
        return Arrival(department, Came.NOT_YET)
    came = Came.PUSHED if seen.source == Came.PUSHED else Came.FETCHED
    milliseconds = delay_of(seen)
    return Arrival(department, came, "" if milliseconds is None else duration(milliseconds))
