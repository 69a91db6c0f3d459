"""Beat asks for what goes by the clock at its times, also where somebody sets the clock."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from celery.beat import PersistentScheduler
from django.conf import settings
from django.utils import timezone

from config import beat as beats
from config.beat import SLEEPS_LEAST, Scheduler
from config.celery import app
from config.schedule import EVERY, KEPT_AT_LEAST

SWEEP, EACH_MINUTE = "sharing.sweep", "registry.take_effect"
HOUR = timedelta(hours=1)
TICK = 0.01  # seconds: while it takes none, one that comes too early by that much looks again and again


class World:
    """One beat whose clock is set and whose sleep is counted; ``asked``: which tasks, how often."""

    def __init__(self, of, folder, monkeypatch):
        self.of, self.file, self.now = of, str(folder / "schedule"), timezone.now()
        self.asked = Counter()
        monkeypatch.setattr(app, "now", lambda: self.now)
        self.start()

    def start(self):
        self.beat = self.of(app, schedule_filename=self.file)
        self.beat.producer = None
        self.beat.apply_entry = lambda entry, producer=None: self.asked.update([entry.task])

    def lives(self, seconds):
        self.asked.clear()
        while seconds > 0:
            slept = max(self.beat.tick(), TICK)
            seconds -= slept
            self.now += timedelta(seconds=slept)
        return self.asked


@pytest.fixture
def beat(tmp_path, monkeypatch):
    return World(Scheduler, tmp_path, monkeypatch)


def test_each_task_is_asked_for_at_its_times(beat):
    asked = beat.lives(60.5)
    for period, tasks in EVERY.items():
        for task in tasks:
            assert asked[task] == pytest.approx(60 // period.total_seconds(), abs=1, rel=0.1), task


def test_between_what_is_due_it_sleeps(beat, monkeypatch):
    monkeypatch.setattr(beats, "LOOKED_AT_FIRST", {})
    asked = []
    beat.beat.apply_async = lambda entry, **_more: asked.append(entry.task)
    del beat.beat.apply_entry
    for _ in range(500):
        before = len(asked)
        slept = beat.beat.tick()
        assert slept == 0.0 if len(asked) > before else slept >= SLEEPS_LEAST
        beat.now += timedelta(seconds=slept)


@pytest.mark.parametrize("step", [-HOUR, -timedelta(seconds=3), HOUR, timedelta(days=3)])
def test_a_clock_that_is_set_keeps_nothing_waiting(beat, step):
    beat.lives(10)
    beat.now += step
    asked = beat.lives(61)
    assert asked[SWEEP] >= 28
    assert asked[EACH_MINUTE] in {1, 2}


def test_a_clock_that_is_set_back_after_beat_looked_at_it_keeps_nothing_waiting(beat):
    """What is due next then seems to be days away."""
    beat.lives(10)
    back, is_due = iter([timedelta(days=3)]), beat.beat.is_due

    def set_back_before(entry):
        beat.now -= next(back, timedelta(0))
        return is_due(entry)

    beat.beat.is_due = set_back_before
    assert beat.lives(10)[SWEEP] >= 4


def test_a_clock_that_was_set_back_while_beat_did_not_run_keeps_nothing_waiting(beat):
    beat.lives(10)
    beat.beat.close()
    beat.now -= HOUR
    beat.start()
    assert beat.lives(10)[SWEEP] >= 4


def test_by_celerys_own_everything_would_wait(tmp_path, monkeypatch):
    """So that this class goes when there is no need of it any more."""
    beat = World(PersistentScheduler, tmp_path, monkeypatch)
    beat.lives(10)
    beat.now -= HOUR
    assert not beat.lives(600)


def test_this_is_the_beat_that_runs():
    assert f"{Scheduler.__module__}:{Scheduler.__qualname__}" == settings.CELERY_BEAT_SCHEDULER


def test_a_message_lives_until_the_next_one_comes_and_longer_than_clocks_differ():
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["options"]["expires"] >= max(entry["schedule"], KEPT_AT_LEAST).total_seconds()
