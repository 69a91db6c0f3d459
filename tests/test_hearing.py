"""A worker that leaves lying what is for it knows it; one that is busy, or that nobody speaks to, misses nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from config.operation.hearing import DEAF, PASSED_OVER, PASSED_OVER_BY_EACH, Hearing
from sharing.delivery import pulses

pytestmark = pytest.mark.django_db
LONG = DEAF + 5


@dataclass
class Worker:
    """One worker in a world whose time is set."""

    now: float = 0.0
    busy: bool = False
    broker: bool = True
    lying: bool = True
    meanwhile: Callable[[], object] = lambda: None
    hearing: Hearing = field(init=False)

    def __post_init__(self) -> None:
        self.hearing = Hearing(self._lies, busy=lambda: self.busy, clock=lambda: self.now)
        pulses.mark("beat")
        pulses.mark("worker", "one")

    def _lies(self) -> bool | None:
        self.meanwhile()
        return self.lying if self.broker else None

    def after(self, seconds: float) -> bool:
        """Whether it is deaf by then."""
        self.now += seconds
        return self.hearing.is_deaf()


def test_a_worker_that_leaves_lying_what_is_for_it_is_deaf():
    worker = Worker()
    assert not worker.after(DEAF - 1)
    assert worker.after(LONG)


def test_whoever_is_given_something_hears():
    worker = Worker()
    worker.now += LONG
    worker.hearing.hear()
    assert not worker.after(1)


def test_while_it_is_busy_it_takes_nothing_and_misses_nothing():
    worker = Worker(busy=True)
    assert not worker.after(LONG)
    worker.busy = False
    assert not worker.after(DEAF - 1)
    assert worker.after(LONG)


def test_while_the_broker_is_away_nobody_speaks():
    worker = Worker(broker=False)
    assert not worker.after(LONG)
    worker.broker = True
    assert not worker.after(DEAF - 1)
    assert worker.after(LONG)


def test_while_beat_is_silent_nobody_speaks(monkeypatch):
    monkeypatch.setattr(pulses, "speaking", lambda: (60.0, 1))
    assert not Worker().after(LONG)
    monkeypatch.setattr(pulses, "speaking", lambda: (None, 1))
    assert not Worker().after(LONG)


def test_a_worker_from_whom_others_take_everything_is_not_deaf():
    worker = Worker(lying=False)
    assert not worker.after(LONG)
    assert not worker.after(60 - LONG)
    worker.lying = True
    assert worker.after(0)


def test_one_that_is_passed_over_for_longer_than_any_other_is_deaf():
    worker, others = Worker(lying=False), 19
    for number in range(others):
        pulses.mark("worker", f"host {number}")
    longest = PASSED_OVER + PASSED_OVER_BY_EACH * (others + 1)
    assert not worker.after(longest - 1)
    assert worker.after(2)


def test_whoever_is_given_something_while_it_is_looked_hears():
    worker = Worker()
    worker.meanwhile = worker.hearing.hear
    assert not worker.after(LONG)
