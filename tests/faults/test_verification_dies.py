"""kill -9 of the worker while it verifies the log: the next one goes on from where it was saved, and finds all of it once."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest
from django.utils import timezone

from config.child import Child
from registry.models import LogVerification, Verdict
from registry.verifying import running as verifying
from registry.verifying.findings import Found, Kind
from tests import cast, logs
from tests.faults.stack import Stack, stack

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]
EVENTS = 100_000  # so many that a worker is at them for a second


@pytest.fixture(scope="module")
def running(tmp_path_factory, django_db_blocker) -> Iterator[Stack]:
    with django_db_blocker.unblock(), stack(tmp_path_factory.mktemp("stack")) as made:
        yield made


def fresh(row: LogVerification) -> LogVerification:
    return LogVerification.objects.get(pk=row.pk)


def stand_still(worker: Child, seconds: float) -> None:
    """It and its children."""
    assert worker.process is not None
    os.killpg(worker.process.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.killpg(worker.process.pid, signal.SIGCONT)


def test_a_verification_whose_worker_is_killed_is_done_by_the_next_one(running):
    """What these events said is missing, so that each is a finding: none is left out, and none counted twice.

    The worker stands still until it is to save, so that it saves early on however fast it is.
    """
    logs.append(EVENTS)
    row = verifying.ask(officer=cast.high_court_registrar(), now=timezone.now())
    running.processes.start("worker", "beat")
    running.wait_until(lambda: fresh(row).turn > 0)
    stand_still(running.processes.children["worker"], verifying.SAVED_EVERY)
    running.wait_until(lambda: fresh(row).done > 0)
    running.processes.kill("worker")
    killed = fresh(row)
    assert killed.ended_at is None
    assert 0 < killed.done < EVENTS
    running.processes.start("worker")
    running.wait_until(lambda: fresh(row).ended_at is not None)
    ended = fresh(row)
    assert ended.turn > killed.turn
    assert ended.verdict == Verdict.BROKEN
    found = Found.of_json(ended.found)
    assert found.counts[Kind.NO_PAYLOAD] == EVENTS
    assert found.first_position == 1
