"""Two cases of today that case management told of and from which nothing is entered yet: one is overdue, one is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from config.demo.period.days import working_day_until
from config.demo.period.live import case_number, live
from registry import actions
from registry.actions.acting import today
from registry.actions.feeding import feeder_at_the_desk
from registry.entries import FedCase
from registry.models import Officer

_SERIALS = 3121, 3122  # beyond those of the period and of `live`
_CONCLUDED = timedelta(days=24), timedelta(days=2)


def leave(clerk: Officer, now: datetime) -> None:
    """As a file that the clerk feeds. The judgment of `live` is of the same days, and entered."""
    day = today(now)
    rows = [_case(day, serial, ago) for serial, ago in zip(_SERIALS, _CONCLUDED, strict=True)]
    actions.feed_cases(list(enumerate(rows, 2)), feeder=feeder_at_the_desk(clerk), now=now)


def _case(day: date, serial: int, ago: timedelta) -> FedCase:
    like = live(day).case
    told = FedCase(number=case_number(day, serial), filed_on=like.filed_on, charge="CL 253-1")
    return replace(told, outcome="convicted", concluded_on=working_day_until(day - ago))
