"""What goes by the clock says that it was done: one task that fails each time is found out, though all others go on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery import Celery
from celery.signals import task_success
from django.db import OperationalError
from django.utils import timezone

from config.operation import metrics, pulsing, readiness
from config.operation.parts import State
from config.schedule import EVERY, MAY_TAKE
from sharing.delivery import pulses
from sharing.delivery.models import Process, Pulse

pytestmark = pytest.mark.django_db
EXPIRE, PURGE, HOURLY = "registry.expire", "sharing.purge", "registry.tally"


@pytest.fixture(autouse=True)
def everything_lives():
    for process, host in ((Process.BEAT, ""), (Process.SWEEP, ""), (Process.WORKER, "w@host")):
        pulses.mark(process, host)


def at_work():
    pulses.await_tasks(tuple(MAY_TAKE))


def done_before(task, **ago):
    Pulse.objects.filter(name=f"task {task}").update(at=timezone.now() - timedelta(**ago))


def tasks_part():
    (found,) = [each for each in readiness.look().parts if each.name == "tasks"]
    return found


def overdue():
    return {task for task in tasks_part().said if task != "overdue"}


class Told:
    """A task that was carried out, and a clock that is moved by hand."""

    def __init__(self):
        self.seconds = 0.0
        self.done = pulsing.Done(lambda: self.seconds)

    def end(self, name):
        self.done(type("Sender", (), {"name": name}))


def test_while_each_comes_to_its_end_all_is_well():
    at_work()
    found = tasks_part()
    assert (found.state, found.at_fault, found.said) == (State.OK, "", {"overdue": 0})


def test_one_that_does_not_come_to_its_end_is_named_and_no_other_is():
    at_work()
    done_before(EXPIRE, minutes=32)
    found = tasks_part()
    assert (found.state, found.at_fault, found.said["overdue"]) == (State.LATE, "worker", 1)
    assert overdue() == {EXPIRE}


def test_after_hours_what_is_promised_is_not_kept():
    at_work()
    done_before(PURGE, hours=7)
    assert tasks_part().state == State.DOWN


def test_what_is_due_each_hour_has_three_of_them():
    at_work()
    done_before(HOURLY, hours=2.9)
    assert overdue() == set()
    done_before(HOURLY, hours=3.1)
    assert overdue() == {HOURLY}


def test_one_of_which_nobody_ever_heard_is_awaited_from_the_first_worker_on():
    assert overdue() == set(), "no worker was there yet"
    at_work()
    done_before(EXPIRE, days=1)
    at_work()
    assert overdue() == {EXPIRE}, "a worker that starts forgets nothing"


def test_it_is_over_with_the_next_good_end():
    at_work()
    done_before(EXPIRE, hours=7)
    Told().end(EXPIRE)
    assert (tasks_part().state, overdue()) == (State.OK, set())


def test_a_task_that_comes_often_says_so_now_and_then():
    told = Told()
    told.end(EXPIRE)
    done_before(EXPIRE, hours=1)
    told.seconds = pulsing.SAID_AGAIN - 1
    told.end(EXPIRE)
    assert overdue() == {EXPIRE}
    told.seconds = pulsing.SAID_AGAIN
    told.end(EXPIRE)
    assert overdue() == set()


def test_what_another_process_just_said_is_not_written_again_but_a_moment_to_come_is():
    pulses.done(EXPIRE)
    first = Pulse.objects.get(name=f"task {EXPIRE}").at
    pulses.done(EXPIRE)
    assert Pulse.objects.get(name=f"task {EXPIRE}").at == first
    done_before(EXPIRE, hours=-1)
    pulses.done(EXPIRE)
    assert Pulse.objects.get(name=f"task {EXPIRE}").at < timezone.now() + timedelta(minutes=1)


def test_one_that_could_not_be_said_is_said_by_the_next_end(monkeypatch):
    at_work()
    done_before(EXPIRE, hours=1)
    told = Told()
    with monkeypatch.context() as patch:
        patch.setattr(pulses, "done", away)
        told.end(EXPIRE)
    told.end(EXPIRE)
    assert overdue() == set()


def nothing():
    """What was due was done."""


def defect():
    raise ValueError("a defect")


def away(_task):
    raise OperationalError("the database is away")


def test_what_does_not_go_by_the_clock_is_nobodys_matter():
    Told().end("sharing.tell")
    assert not Pulse.objects.filter(process=Process.TASK).exists()


def test_a_task_that_fails_says_nothing_and_one_that_succeeds_does(monkeypatch):
    """As Celery calls it, in the process that carried it out."""
    app = Celery("probe", broker="memory://", set_as_current=False)
    app.conf.task_ignore_result = True
    said = []
    monkeypatch.setattr(pulses, "done", said.append)
    ends, breaks = app.task(name=EXPIRE)(nothing), app.task(name=PURGE)(defect)
    pulsing.tell_what_is_done()
    try:
        ends.apply()
        breaks.apply()
    finally:
        task_success.disconnect(dispatch_uid="tasks_done")
    assert said == [EXPIRE]


def test_every_task_of_the_clock_has_its_time_and_none_less_than_its_period():
    assert set(MAY_TAKE) == {task for tasks in EVERY.values() for task in tasks}
    for period, tasks in EVERY.items():
        assert all(MAY_TAKE[task] >= max(3 * period, timedelta(minutes=30)) for task in tasks)


def test_each_has_its_figure_by_name():
    at_work()
    done_before(EXPIRE, minutes=41)
    (gauge,) = [each for each in metrics.GAUGES if each.name == "registry_task_overdue_seconds"]
    measured = readiness.look().measured
    assert measured is not None
    figures = gauge.figures(measured)
    assert set(figures) == set(MAY_TAKE)
    assert {task for task, seconds in figures.items() if seconds} == {EXPIRE}
    assert 590 < (figures[EXPIRE] or 0) < 630


def test_a_task_is_no_process_whose_clock_could_be_wrong():
    at_work()
    (clock,) = [each for each in readiness.look().parts if each.name == "clock"]
    assert set(clock.said) == {"web", "beat", "worker", "sweep"}
