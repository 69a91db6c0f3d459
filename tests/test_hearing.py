"""A worker that is spoken to and hears nothing knows it; one that is busy, or that nobody speaks to, misses nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from config.operation.hearing import DEAF, Hearing
from sharing.delivery import pulses

pytestmark = pytest.mark.django_db
LONG = DEAF + 5


@dataclass
class Worker:
    """One worker in a world whose time is set."""

    now: float = 0.0
    busy: bool = False
    broker: bool = True
    hearing: Hearing = field(init=False)

    def __post_init__(self) -> None:
        self.hearing = Hearing(busy=lambda: self.busy, speaks=lambda: self.broker, clock=lambda: self.now)
        pulses.mark("beat")
        pulses.mark("worker", "one")

    def after(self, seconds: float) -> bool:
        """Whether it is deaf by then."""
        self.now += seconds
        return self.hearing.is_deaf()


def test_a_worker_that_is_given_nothing_for_long_is_deaf():
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


def test_many_workers_share_what_comes():
    worker = Worker()
    for number in range(20):
        pulses.mark("worker", f"host {number}")
    assert not worker.after(LONG)
    assert worker.after(20)
