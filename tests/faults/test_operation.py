"""Beat or the worker is dead: readiness is red and names it, and is green again once it was started again.

Nothing is waited for by the clock: each test waits until the page says what it must, and fails where it does not in time.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from config.schedule import GLANCE_TASK, MAY_TAKE
from sharing.delivery import pulses
from sharing.delivery.models import Pulse
from tests import cast
from tests.faults.stack import Stack, stack

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]
SILENT_SECONDS = 12  # instead of 45: six pulses of beat, two of a worker


@pytest.fixture(scope="module")
def running(tmp_path_factory, django_db_blocker) -> Iterator[Stack]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGISTRY_SILENT_SECONDS", str(SILENT_SECONDS))
        patch.setenv("REGISTRY_NOTICE_WAIVER", "tests: service in court is presumed, 2026-11-24")
        patch.setattr("django.conf.settings.REGISTRY_NOTICE_WAIVER", "tests: service in court is presumed, 2026-11-24")
        with stack(tmp_path_factory.mktemp("operation")) as made:
            pulses.await_tasks([GLANCE_TASK])
            Pulse.objects.filter(name=f"task {GLANCE_TASK}").update(at=timezone.now() - timedelta(hours=2))
            made.processes.start()
            yield made


def asked(running: Stack) -> tuple[int, dict[str, Any]]:
    answer = requests.get(f"{running.processes.address}/health/ready", timeout=10)
    return answer.status_code, {each["name"]: each for each in answer.json()["parts"]}


def green(running: Stack) -> bool:
    status, parts = asked(running)
    return status == 200 and all(parts[name]["state"] == "ok" for name in ("beat", "worker", "sweep"))


def red(running: Stack, name: str) -> bool:
    """Down, it alone at fault, and what is not swept because of it as well."""
    status, parts = asked(running)
    others = {"beat", "worker"} - {name}
    down = all(parts[each]["state"] == "down" and parts[each]["at_fault"] == name for each in (name, "sweep"))
    return status == 503 and down and all(parts[other]["state"] == "ok" for other in others)


def test_what_goes_by_the_clock_says_by_itself_that_it_was_done(running):
    """It had not been for two hours when the worker began."""
    running.wait_until(lambda: asked(running)[1]["tasks"]["overdue"] == 0)
    assert Pulse.objects.filter(name__in=[f"task {task}" for task in MAY_TAKE]).count() == len(MAY_TAKE)


def test_beat_is_killed_and_readiness_is_red_until_it_is_started_again(running):
    running.wait_until(lambda: green(running))
    running.processes.kill("beat")
    running.wait_until(lambda: red(running, "beat"))
    running.processes.start("beat")
    running.wait_until(lambda: green(running))


def test_a_worker_that_dies_is_named_and_another_heals_it(running):
    running.wait_until(lambda: green(running))
    running.processes.kill("worker")
    running.wait_until(lambda: red(running, "worker"))
    running.processes.start("worker-2")
    running.wait_until(lambda: green(running))
    assert asked(running)[1]["worker"]["silent"] == 1, "the dead one is missed"
    running.processes.start("worker")
    running.processes.stop("worker-2")
    running.wait_until(lambda: asked(running)[1]["worker"]["alive"] == 1)
    running.wait_until(lambda: green(running))
    assert asked(running)[1]["worker"]["silent"] == 0, "what was stopped is not missed, and what died has come back"


def test_a_beat_that_hangs_is_found_out_as_one_that_died(running):
    running.wait_until(lambda: green(running))
    beat = running.processes.children["beat"].process
    os.kill(beat.pid, signal.SIGSTOP)
    try:
        running.wait_until(lambda: red(running, "beat"))
    finally:
        os.kill(beat.pid, signal.SIGCONT)
    running.wait_until(lambda: green(running))


def test_a_worker_told_to_end_ends_what_it_is_at_and_nothing_is_lost_or_repeated(running):
    running.wait_until(lambda: green(running))
    number = cast.resident("11010519880306101")
    cast.withdrawn(cast.in_force(cast.party(cast.person(number, "某一")), number=number))
    worker = running.processes.children["worker"].process
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    running.processes.stop("worker")
    running.processes.start("worker")
    running.drain()
    assert running.repeats() == 0, "each came once"
