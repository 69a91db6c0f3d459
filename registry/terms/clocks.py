"""Time limits of the registry's own work, and the day each one runs out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from registry.terms.calendar import WorkCalendar


class Unit(StrEnum):
    DAYS = "days"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True)
class Clock:
    """``number`` of ``unit`` after the day that starts it. ``source``: the rule it follows; ``of_the_person``: it binds whoever
    asks the court, and not the registry itself.
    """

    number: int
    unit: Unit
    source: str
    of_the_person: bool = False


_JOINT_MEASURES = "Joint measures against telecom fraud (2024), art. 14-16"
_OWN = "Rule of this registry"

CLOCKS: Mapping[str, Clock] = {
    "objection_form": Clock(1, Unit.WORKING_DAYS, _OWN),
    "objection_completed": Clock(15, Unit.DAYS, _OWN, of_the_person=True),
    "objection_decided": Clock(15, Unit.DAYS, _JOINT_MEASURES),
    "objection_carried_out": Clock(3, Unit.WORKING_DAYS, _JOINT_MEASURES),
    "higher_court_asked": Clock(10, Unit.DAYS, _JOINT_MEASURES, of_the_person=True),
    "higher_court_decided": Clock(15, Unit.DAYS, _JOINT_MEASURES),
    "objection_post": Clock(3, Unit.WORKING_DAYS, _OWN),
    "objection_served": Clock(3, Unit.WORKING_DAYS, _OWN),
    "repair_decided": Clock(20, Unit.WORKING_DAYS, _OWN),
    "receipt": Clock(1, Unit.WORKING_DAYS, _OWN),
    "purge_receipt": Clock(3, Unit.WORKING_DAYS, _OWN),
    "penalty_withdrawn": Clock(3, Unit.DAYS, "Administrative Penalty Law, art. 48"),
    "consent_form": Clock(5, Unit.WORKING_DAYS, _OWN),
    "consent_decided": Clock(3, Unit.WORKING_DAYS, _OWN),
    "registration_decided": Clock(2, Unit.WORKING_DAYS, _OWN),
    "review": Clock(1, Unit.WORKING_DAYS, _OWN),
    "review_registrar": Clock(3, Unit.WORKING_DAYS, _OWN),
    "draft_returned": Clock(5, Unit.WORKING_DAYS, _OWN),
    "proposal": Clock(3, Unit.WORKING_DAYS, _OWN),
    "decision_entered": Clock(5, Unit.WORKING_DAYS, _OWN),
    "first_escalation": Clock(1, Unit.DAYS, _OWN),
    "second_escalation": Clock(3, Unit.DAYS, _OWN),
    "third_escalation": Clock(7, Unit.DAYS, _OWN),
}


def due(name: str, start: date, calendar: WorkCalendar, clocks: Mapping[str, Clock] = CLOCKS) -> date:
    """The last day in time. Where that is a holiday, a person has the next working day, too (CPL 105); what binds the registry
    is not extended.
    """
    clock = clocks[name]
    if clock.unit is Unit.WORKING_DAYS:
        return calendar.add_working_days(start, clock.number)
    last = start + timedelta(days=clock.number)
    return calendar.next_working(last) if clock.of_the_person else last
