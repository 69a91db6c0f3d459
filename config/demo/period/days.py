"""Working days and office hours in Beijing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from config.demo.period.history import BEIJING
from registry.terms import WorkCalendar

_CALENDAR = WorkCalendar()
_DAY = timedelta(days=1)


def working_day_from(day: date) -> date:
    """The day itself, or the next working day."""
    return _CALENDAR.next_working(day)


def working_day_until(day: date) -> date:
    """The day itself, or the working day before it."""
    while not _CALENDAR.is_working(day):
        day -= _DAY
    return day


def working_days_after(day: date, number: int) -> date:
    """The ``number``-th working day after ``day``."""
    return _CALENDAR.add_working_days(day, number)


def working_day_between(rng: Random, first: date, last: date) -> date:
    """A working day of the span; the span holds at least one."""
    day = working_day_from(day_between(rng, first, last))
    return day if day <= last else working_day_until(last)


def day_between(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randint(0, (last - first).days))


def in_the_morning(rng: Random, day: date) -> datetime:
    """A moment between 09:00 and 11:29."""
    return datetime.combine(day, time(9), tzinfo=BEIJING) + timedelta(minutes=rng.randint(0, 149))


def in_the_afternoon(rng: Random, day: date) -> datetime:
    """A moment between 13:30 and 16:29."""
    return datetime.combine(day, time(13, 30), tzinfo=BEIJING) + timedelta(minutes=rng.randint(0, 179))
