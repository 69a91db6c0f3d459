"""kill -9 of the worker while an import is read, checked and written: every row is there once, with all that belongs to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from registry.importing import deciding, grouping, reading_in, uploading
from registry.models import (
    ActRecord,
    Case,
    Decision,
    Event,
    IdentityDocument,
    ImportPiece,
    ImportRow,
    ImportState,
    Listing,
    Person,
    RowState,
    State,
)
from tests import cast
from tests.faults.stack import Stack, stack
from tests.importing import csv_file, fresh, from_the_judgment, rows
from tests.locks import held

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]
ROWS = grouping.CHUNK + 20
ROWS_TO_READ = 12_000  # so many that reading them takes seconds
WAIVER = "tests: service in court is presumed, 2026-11-24"
ACTS = ("enter", "record_circumstances", "submit", "approve", "take_effect")


@pytest.fixture(scope="module")
def running(tmp_path_factory, django_db_blocker) -> Iterator[Stack]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGISTRY_NOTICE_WAIVER", WAIVER)
        patch.setattr("django.conf.settings.REGISTRY_NOTICE_WAIVER", WAIVER)
        with stack(tmp_path_factory.mktemp("stack")) as made:
            yield made


def has_a_chunk() -> bool:
    """The import is locked for as long as somebody is at its next rows."""
    return held("registry_import", "RowShareLock")


def writes_parties() -> bool:
    return held("registry_party", "RowExclusiveLock")


def kill_when(running: Stack, doing: Callable[[], bool]) -> None:
    running.wait_until(doing)
    running.processes.kill("worker")
    running.wait_until(lambda: not doing())


def in_state(made, state: RowState) -> int:
    return ImportRow.objects.filter(of_import=made, state=state).count()


def test_a_worker_killed_while_it_reads_a_file_leaves_it_to_the_next_when_its_lease_runs_out(running):
    made = uploading.upload(csv_file(rows(ROWS_TO_READ)), officer=cast.clerk(), now=timezone.now())
    running.processes.start("worker", "beat")
    running.wait_until(lambda: fresh(made).total > 0)
    running.processes.kill("worker")
    killed = fresh(made)
    assert killed.state == ImportState.READING
    assert ImportRow.objects.count() == killed.total < ROWS_TO_READ, "nothing of a broken block is left"
    assert ImportPiece.objects.exists()
    running.processes.start("worker")
    running.wait_until(lambda: fresh(made).turn == 2)
    assert timezone.now() - killed.begun_at >= reading_in.LEASE
    running.wait_until(lambda: fresh(made).state != ImportState.READING)
    found = ImportRow.objects.values_list("row", flat=True).order_by("row")
    assert list(found) == list(range(2, ROWS_TO_READ + 2))
    assert not ImportPiece.objects.exists()
    deciding.stop(made.pk, officer=cast.clerk(), now=timezone.now())
    running.processes.stop()
    fresh(made).delete()


def test_a_worker_killed_again_and_again_writes_every_row_once(running):
    made = uploading.upload(csv_file(rows(ROWS)), officer=cast.clerk(), now=timezone.now())
    running.processes.start("worker", "beat")
    kill_when(running, has_a_chunk)
    assert in_state(made, RowState.WAITING) == fresh(made).waiting, "nothing of a broken chunk is left"
    running.processes.start("worker")
    running.wait_until(lambda: fresh(made).state == ImportState.CHECKED)
    assert fresh(made).sound == ROWS

    deciding.submit(made.pk, officer=cast.clerk(), now=timezone.now())
    deciding.approve(made.pk, typed=from_the_judgment(fresh(made)), officer=cast.judge(), now=timezone.now())
    for _ in range(2):
        kill_when(running, writes_parties)
        assert Listing.objects.count() == fresh(made).written == in_state(made, RowState.WRITTEN) < ROWS
        running.processes.start("worker")
        time.sleep(0.1)
    running.wait_until(lambda: fresh(made).state == ImportState.DONE)
    judge(made)
    running.drain()


def judge(made) -> None:
    assert (fresh(made).written, in_state(made, RowState.WRITTEN)) == (ROWS, ROWS)
    assert not ImportRow.objects.filter(sealed__isnull=False).exists()
    for model in (Listing, Decision, Case, Person, IdentityDocument):
        assert model.objects.count() == ROWS, model
    assert Listing.objects.filter(state=State.ACTIVE, version=1).count() == ROWS
    for act in ACTS:
        assert ActRecord.objects.filter(act=act).count() == ROWS, act
    assert Event.objects.exclude(listing=None).count() == ROWS, "and the audit trail's anchors"
    assert len(set(Listing.objects.values_list("number", flat=True))) == ROWS
    assert set(ImportRow.objects.values_list("listing_number", flat=True)) == set(
        Listing.objects.values_list("number", flat=True)
    )
