"""A decision and persons for the attempts that are taken back at once; nobody else in the demonstration has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from config.demo.period import live
from config.demo.period.people import resident_number
from registry import actions
from registry.actions.acting import today
from registry.entries import DocumentEntry, PartyEntry, PersonEntry
from registry.models import Decision, Officer

_AREA = "110198"  # an unassigned county code
_SERIAL = 98_001  # of the case number; courts do not get so far in a year
_YEARS_OLD = 16


def adult() -> PersonEntry:
    return _person("韩若溪", date(1990, 5, 6), 991)


def juvenile(on: date) -> PersonEntry:
    """Sixteen years old on that day."""
    return _person("方知夏", date(on.year - _YEARS_OLD, 1, 15), 993)


def decision_of(clerk: Officer, now: datetime) -> Decision:
    """Entered by the clerk in the running transaction."""
    entry = live(today(now)).decision
    number = f"（{today(now).year - 1}）{clerk.court.code}刑初{_SERIAL}号"
    filed_on = entry.pronounced_on.replace(year=today(now).year - 1, month=12, day=1)
    return actions.enter_decision(
        replace(entry, number=number, court=clerk.court.code, filed_on=filed_on), officer=clerk, now=now
    )


def party_of(person: PersonEntry, now: datetime) -> PartyEntry:
    return replace(live(today(now)).party, person=person)


def _person(name: str, born: date, serial: int) -> PersonEntry:
    number = resident_number(_AREA, born, serial)
    return PersonEntry(name=name, documents=(DocumentEntry(type="resident_id", number=number),))
