"""Which days of an objection count: when the court had all of it, when it was decided, and which an officer may type."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from registry.actions.acting import today
from registry.errors import ArrivedLater, LateBecauseNeeded, PostedLater, Refusal
from sharing.persons.models import Late, Objection
from sharing.persons.objections import clocks
from sharing.persons.objections.lifecycle import ASKING, COMPLETING

LATE_AFTER = timedelta(days=60)


def whole_since(objection: Objection) -> date:
    """The day on which the court had all of it."""
    completed = objection.steps.filter(step__in=COMPLETING, received_on__isnull=False).last()
    return objection.received_on if completed is None or completed.received_on is None else completed.received_on


def asked_on(objection: Objection) -> date | None:
    """The day on which the higher court was asked: from there its time runs, whenever the part upheld is carried out."""
    return objection.steps.filter(step__in=ASKING).latest("place").received_on


def let_in(
    objection: Objection,
    received_on: date,
    posted_on: date | None,
    now: datetime,
    *,
    since: date,
    late_because: str,
    over: Refusal,
) -> None:
    """What the person sent in time counts, be it that the clock has closed the objection since; ``since``: what it answers.

    ArrivedLater, PostedLater: impossible days; LateBecauseNeeded; ``over`` where it was not in time.
    """
    refuse_unfit("received_on", received_on, now, since=since, late_because=late_because)
    _refuse_over(objection, _posted(posted_on, received_on, since=since), over)
    objection.over_on = None


def of_step(objection: Objection, steps: Sequence[str]) -> date:
    """Of the last of these steps."""
    return today(objection.steps.filter(step__in=steps).latest("place").at)


def refuse_impossible(field: str, day: date, now: datetime, *, since: date) -> None:
    """ArrivedLater: before what it answers, or a day to come."""
    if not since <= day <= today(now):
        raise ArrivedLater(field)


def refuse_unfit(field: str, day: date, now: datetime, *, since: date, late_because: str) -> None:
    """ArrivedLater: an impossible day. LateBecauseNeeded: so long ago that the file has to say why it is written down only now."""
    refuse_impossible(field, day, now, since=since)
    is_late = today(now) - day > LATE_AFTER
    if late_because not in (Late.values if is_late else ["", *Late.values]):
        raise LateBecauseNeeded("late_because", days=LATE_AFTER.days)


def _posted(posted_on: date | None, received_on: date, *, since: date) -> date:
    """The day by which it is judged whether it came in time: what was posted in time is in time (CPL 105), and what did not
    come by post reached the court on the day on which it was sent. PostedLater: it was posted after that, or before what it answers.
    """
    if posted_on is not None and not since <= posted_on <= received_on:
        raise PostedLater("posted_on")
    return posted_on or received_on


def _refuse_over(objection: Objection, day: date, refusal: Refusal) -> None:
    """Raise ``refusal`` where the person's own time was over on the day, as of `_posted`, be it that the clock has closed it since."""
    is_over = clocks.is_late(objection, day) if objection.over_on is None else objection.over_on < day
    if is_over:
        raise refusal
