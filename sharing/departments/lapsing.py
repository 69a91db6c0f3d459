"""From which position of the log on nothing further rests on an instrument whose last day is over.

Told apart where it is decided who is told, and not by the clock alone: what comes into force at midnight comes before any
clock has looked, and a clock that stands still must tell nobody of anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from registry.actions.acting import today
from registry.models import Event
from sharing.departments.models import Instrument


def lapse_before(events: Sequence[Event]) -> None:
    """By the first of these events, in log order, that happened after the last day. The telling cursor must be held."""
    latest = max(event.occurred_at for event in events)
    for instrument in _ended(today(latest)):
        later = (event.position for event in events if today(event.occurred_at) > instrument.expires_on)
        _mark(instrument, next(later))


def lapse(day: date, position: int, *, instrument_id: int | None = None) -> None:
    """What ended before the day, from the position on. The telling cursor must be held."""
    for instrument in _ended(day):
        if instrument_id in (None, instrument.pk):
            _mark(instrument, position)


def _ended(day: date) -> list[Instrument]:
    return list(Instrument.objects.filter(lapsed_position=None, expires_on__lt=day).order_by("pk"))


def _mark(instrument: Instrument, position: int) -> None:
    instrument.lapsed_position = position
    instrument.save(update_fields=["lapsed_position"])
