"""kill -9 of the worker while it verifies the log: the next one goes on from where it was saved, and finds all of it once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone

from registry.models import LogVerification, Verdict
from registry.verifying import running as verifying
from registry.verifying.findings import Found, Kind
from tests import cast, logs
from tests.faults.stack import Stack, stack

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]
EVENTS = 100_000  # so many that a worker is at them for seconds


@pytest.fixture(scope="module")
def running(tmp_path_factory, django_db_blocker) -> Iterator[Stack]:
    with django_db_blocker.unblock(), stack(tmp_path_factory.mktemp("stack")) as made:
        yield made


def fresh(row: LogVerification) -> LogVerification:
    return LogVerification.objects.get(pk=row.pk)


def test_a_verification_whose_worker_is_killed_is_done_by_the_next_one(running):
    """What these events said is missing, so that each is a finding: none is left out, and none counted twice."""
    logs.append(EVENTS)
    row = verifying.ask(officer=cast.high_court_registrar(), now=timezone.now())
    running.processes.start("worker", "beat")
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
