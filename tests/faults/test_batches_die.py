"""kill -9 of the worker in the middle of a chunk and between two: every row is asked once, and the file stays the file."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.utils import timezone

from sharing.employers import batch_asking, batch_files
from sharing.employers.batch_files import Form
from sharing.employers.models import Batch, BatchRow, BatchState, Consent, QuestionsAsked, Screening
from tests import asking, batches
from tests.faults.stack import Stack, stack
from tests.locks import held

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]
ROWS = 7 * batch_asking.CHUNK + 20


@pytest.fixture(scope="module")
def running(tmp_path_factory, django_db_blocker) -> Iterator[Stack]:
    with django_db_blocker.unblock(), stack(tmp_path_factory.mktemp("stack")) as made:
        yield made


def results(made) -> bytes:
    return b"".join(batch_files.results_file(made, Form.CSV))


def chunk_in_the_middle() -> bool:
    """Whether somebody else is asking: a transaction that has written rows of screenings and did not commit them."""
    return held("employers_screening", "RowExclusiveLock")


def kill(running: Stack) -> None:
    running.processes.kill("worker")
    running.wait_until(lambda: not chunk_in_the_middle())


def test_a_worker_killed_again_and_again_asks_every_row_once(running):
    today = timezone.localdate().isoformat()
    made = batches.begun(batches.applicants(ROWS, signed_on=today), asking.bank(daily_quota=ROWS), timezone.now())
    running.processes.start("worker", "beat")
    running.wait_until(chunk_in_the_middle)
    kill(running)
    assert batches.fresh(made).settled == Screening.objects.count(), "nothing of a broken chunk is left"
    running.processes.start("worker")
    running.wait_until(lambda: batches.fresh(made).settled >= batch_asking.CHUNK)
    kill(running)
    assert batches.fresh(made).settled < ROWS, "killed before the end"
    before = results(made).splitlines()
    running.processes.start("worker")
    running.wait_until(chunk_in_the_middle)
    time.sleep(0.05)
    kill(running)
    running.processes.start("worker")
    running.wait_until(lambda: Batch.objects.get().state == BatchState.DONE)
    judge(made, before)


def judge(made, before) -> None:
    whole = results(made)
    assert whole.splitlines()[: batch_asking.CHUNK + 1] == before[: batch_asking.CHUNK + 1]
    assert [line.split(b",")[0] for line in whole.splitlines()[1:]] == [b"A-%d" % each for each in range(1, ROWS + 1)]
    assert (Screening.objects.count(), Consent.objects.count()) == (ROWS, ROWS)
    assert QuestionsAsked.objects.get().questions == ROWS
    assert batches.fresh(made).answered == ROWS
    assert not BatchRow.objects.filter(sealed__isnull=False).exists()
    assert results(made) == whole
