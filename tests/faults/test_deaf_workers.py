"""A real worker that hears nothing any more, or broke off and cannot stop, ends by itself, says why, and what waited is told by
the one that follows.
"""

from __future__ import annotations

import pytest

from config.operation import pulsing
from tests import cast
from tests.faults.deaf_celery import BREAKS, DEAFENS
from tests.faults.stack import stack

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240), pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def told(tmp_path, django_db_blocker, monkeypatch):
    """A stack at work, and a listing that was told."""
    monkeypatch.setenv("REGISTRY_NOTICE_WAIVER", "tests: service in court is presumed, 2026-11-24")
    with django_db_blocker.unblock(), stack(tmp_path) as running:
        running.processes.celery = "tests.faults.deaf_celery"
        running.processes.start("worker", "beat")
        listing = cast.in_force()
        running.wait_until(running.settled)
        yield running, listing


def signalled(running, number):
    """The worker, which was sent the signal."""
    worker = running.processes.children["worker"]
    assert worker.process is not None
    worker.process.send_signal(number)
    return worker


def test_a_worker_that_hears_nothing_ends_and_another_one_tells_what_waited(told):
    running, listing = told
    worker = signalled(running, DEAFENS)
    running.wait_until(lambda: "nothing is heard of the broker" in worker.said())
    cast.withdrawn(listing)  # only now: what it took before it was deaf, it still does
    running.wait_until(lambda: not worker.alive)
    assert not running.settled(), "it was deaf"
    running.processes.start("worker")
    running.drain()


def test_a_worker_that_broke_off_and_waits_for_lost_tasks_is_killed(told):
    running, listing = told
    worker = signalled(running, BREAKS)
    assert running.wait_until(lambda: not worker.alive) < pulsing.LEAVES
    assert "this worker broke off" in worker.said()
    cast.withdrawn(listing)
    running.processes.start("worker")
    running.drain()
