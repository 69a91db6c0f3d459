"""Time limits of objections: begun with a step, kept as a day, and counted anew when the calendar of working days changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from registry.actions.acting import today
from registry.assessment import rules
from registry.terms.clocks import due
from sharing.persons.models import Objection
from sharing.persons.models.objection_states import SERVICE

# What binds the court: what is late is told to its registry. The others are the person's.
OF_THE_COURT = (
    "objection_form",
    "objection_decided",
    "objection_carried_out",
    SERVICE,
    "higher_court_decided",
    "repair_decided",
)
CHUNK = 500
ONE_DAY = timedelta(days=1)


def begin(objection: Objection, clock: str, start: date) -> None:
    """``clock``: its name in `registry.terms.clocks`; "" where nothing is due any more. The caller saves."""
    objection.clock, objection.clock_from = clock, start if clock else None
    objection.due_on = due_day(clock, start) if clock else None
    objection.step_told = 0


def due_day(clock: str, start: date) -> date:
    """The last day in time."""
    by = rules()
    return due(clock, start, by.calendar, by.clocks)


def over_before(day: date) -> date:
    """What was due before this day is over: a letter that came on the last day has been entered since."""
    first = day
    while due_day("objection_post", first - ONE_DAY) >= day:
        first -= ONE_DAY
    return first


def days_left(objection: Objection, now: datetime) -> int | None:
    """0 on the last day, negative where it is late; None where nothing is due."""
    return (objection.due_on - today(now)).days if objection.due_on else None


def is_late(objection: Objection, day: date) -> bool:
    """Whether on that day the person's own time was over; while a clock of the court runs it is not."""
    return objection.due_on is not None and objection.clock not in OF_THE_COURT and objection.due_on < day


def is_over(objection: Objection, now: datetime) -> bool:
    """Whether the last day of the person's own time has gone by."""
    return is_late(objection, today(now))


def count_anew() -> int:
    """Set the days right that a holiday added, moved or taken away made wrong; how many. Run by the clock, resumable.

    What was reminded of is reminded of again on the new day.
    """
    moved = 0
    rows = Objection.objects.exclude(clock="").order_by("pk")
    for number, clock, start, was in rows.values_list("pk", "clock", "clock_from", "due_on").iterator(chunk_size=CHUNK):
        if start is not None and (day := due_day(clock, start)) != was:
            same = Objection.objects.filter(pk=number, clock=clock, clock_from=start)
            moved += same.update(due_on=day, step_told=0)
    return moved
