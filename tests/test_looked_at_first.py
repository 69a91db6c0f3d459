"""Beat asks nobody to sign where there is nothing to sign; and asks at once where there is, or may be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery.beat import PersistentScheduler
from django.db import OperationalError

from config import beat
from config.beat import Scheduler
from config.celery import app
from config.schedule import EVERY, LOOKED_AT_FIRST
from registry import bell
from registry.checkpoints import looking
from registry.models import LogHead
from tests import logs

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """The tasks that beat asked for; each look is at the next half second."""
    sent, now = [], [100.0]
    monkeypatch.setattr(PersistentScheduler, "apply_entry", lambda self, entry, producer=None: sent.append(entry.task))
    monkeypatch.setattr(beat.time, "monotonic", lambda: now[0])
    scheduler = Scheduler(app, schedule_filename=str(tmp_path / "schedule"))
    monkeypatch.setattr(looking, "_server", None)

    def of(times=1, task=bell.SIGN_TASK):
        sent.clear()
        for _ in range(times):
            now[0] += 0.5
            scheduler.apply_entry(next(each for each in scheduler.schedule.values() if each.task == task))
        return len(sent)

    assert of(2) == 2, "of a server that it has not asked yet it knows nothing"
    return of


@pytest.fixture
def signed():
    logs.append(1)
    logs.sign_all()


def test_of_a_log_that_is_signed_it_asks_now_and_then_alone(signed, asked):
    assert asked(30) == 3


def test_of_a_log_without_an_event_it_asks_now_and_then_alone(asked):
    assert asked(30) == 3


def test_what_is_not_signed_is_asked_for_at_each_look(signed, asked):
    logs.append(1)
    assert asked(4) == 4
    logs.sign_all()
    assert asked(4) == 0


def test_a_log_that_is_halted_is_asked_for_at_each_look(signed, asked):
    LogHead.objects.update(halted="forked")
    assert asked(4) == 4


def test_another_epoch_is_asked_for(signed, asked):
    LogHead.objects.update(epoch=2)
    assert asked() == 1


def test_another_server_is_asked_for_at_once(signed, asked, monkeypatch):
    """A standby that took over may lack what was signed."""
    monkeypatch.setattr(looking, "_server", looking._server - timedelta(days=1))
    assert asked(4) == 1


def test_a_database_that_cannot_be_asked_spares_nobody(signed, asked, monkeypatch):
    def away():
        raise OperationalError

    closed = []
    monkeypatch.setattr(looking, "is_due", away)
    monkeypatch.setattr(beat.connection, "close", lambda: closed.append(True))
    assert asked(4) == 4
    assert closed, "the next look begins with a connection that is sound"


def test_every_other_task_is_asked_for_whenever_its_time_comes(signed, asked):
    assert asked(4, task="sharing.sweep") == 4


def test_only_what_comes_often_is_looked_at():
    often = min(EVERY)
    assert set(LOOKED_AT_FIRST) <= set(EVERY[often])
    assert all(at_least > often for _, at_least in LOOKED_AT_FIRST.values())
