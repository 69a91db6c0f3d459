"""Verifications by the clock: asked for at the desk, done in turns by whichever worker comes, taken up after one that died."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from registry import bell
from registry.actions.acting import today
from registry.models import LogVerification, Officer, Verdict
from registry.overseeing import refuse_unless_high_court
from registry.turns import Lock, wait_for
from registry.verifying.whole import Verification

TASK = "registry.verify_log"
LEASE = timedelta(seconds=15)  # kept up every second
TURN_SECONDS = 20  # then another worker may go on, and what else waits for this one is not held up
SAVED_EVERY = 1.0  # seconds

Clock = Callable[[], float]


def ask(*, officer: Officer, now: datetime) -> LogVerification:
    """A new one, or the one that goes on. Refusal: HighCourtNeeded."""
    refuse_unless_high_court(officer)
    with transaction.atomic():
        wait_for(Lock.LOG_VERIFICATIONS)
        going_on = LogVerification.objects.filter(ended_at=None).first()
        if going_on is not None:
            return going_on
        asked = LogVerification(number=_next_number(now), asked_by=officer, asked_at=now)
        asked.save(force_insert=True)
        transaction.on_commit(partial(bell.send, TASK), robust=True)
    return asked


def seconds_left(of: LogVerification, now: datetime) -> float | None:
    """At the pace since it began; None where nobody can tell."""
    if of.ended_at is not None or of.begun_at is None or not of.done:
        return None
    return (now - of.begun_at).total_seconds() / of.done * (of.total - of.done)


@dataclass
class Turn:
    """One worker at one verification; by the clock that is never set."""

    row: LogVerification
    taken_at: datetime
    clock: Clock
    begun: float
    saved: float

    @property
    def seconds(self) -> float:
        return self.clock() - self.begun

    @property
    def now(self) -> datetime:
        return self.taken_at + timedelta(seconds=self.seconds)


def go_on(*, now: datetime, clock: Clock = time.monotonic) -> bool:
    """Verify on for `TURN_SECONDS`. False: nothing is asked for, another worker is at it, or it is at its end."""
    turn = _taken(now, clock)
    if turn is None:
        return False
    kept = turn.row
    verification = Verification.begun() if kept.place is None else Verification.of_json(kept.place, kept.found)
    while not verification.is_over:
        if turn.seconds >= TURN_SECONDS:
            return _saved(turn, verification, leased_until=None)
        verification.step()
        if clock() - turn.saved >= SAVED_EVERY:
            turn.saved = clock()
            if not _saved(turn, verification, leased_until=turn.now + LEASE):
                return False
    _end(turn, verification)
    return False


def is_due(now: datetime) -> bool:
    return _waiting(now).exists()


def _waiting(now: datetime) -> QuerySet[LogVerification]:
    return LogVerification.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now), ended_at=None)


def _taken(now: datetime, clock: Clock) -> Turn | None:
    with transaction.atomic():
        row = _waiting(now).select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("asked_at").first()
        if row is None:
            return None
        row.turn += 1
        row.begun_at = row.begun_at or now
        row.leased_until = now + LEASE
        row.save(update_fields=["turn", "begun_at", "leased_until"])
    begun = clock()
    return Turn(row, now, clock, begun, begun)


def _saved(turn: Turn, verification: Verification, *, leased_until: datetime | None) -> bool:
    """Whether it is still this worker's."""
    return _ours(
        turn,
        size=verification.walk.size,
        done=verification.done,
        total=verification.total,
        place=verification.as_json(),
        found=verification.found.as_json(),
        leased_until=leased_until,
    )


def _end(turn: Turn, verification: Verification) -> None:
    _ours(
        turn,
        size=verification.walk.size,
        done=verification.done,
        total=verification.done,
        place=None,
        found=verification.found.as_json(),
        verdict=Verdict.SOUND if verification.is_sound else Verdict.BROKEN,
        ended_at=turn.now,
        leased_until=None,
    )


def _ours(turn: Turn, **values: object) -> bool:
    rows = LogVerification.objects.filter(pk=turn.row.pk, turn=turn.row.turn, ended_at=None)
    return bool(rows.update(**values))


def _next_number(now: datetime) -> str:
    begin = f"V-{today(now).year}-"
    numbers = LogVerification.objects.filter(number__startswith=begin).values_list("number", flat=True)
    return f"{begin}{max((int(each.removeprefix(begin)) for each in numbers), default=0) + 1:04d}"
