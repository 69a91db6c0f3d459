"""An old backup is restored under running processes: nothing is signed or appended until an operator opens a new log.

And a worker killed while it signs leaves nothing behind that contradicts what was signed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from registry import actions
from registry.checkpoints import epochs, signing
from registry.errors import LogHalted
from registry.models import Checkpoint, Event, Flag, Halt, LogHead
from tests import cast, logs
from tests.faults.stack import Stack, stack

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]
WAIVER = "tests: service in court is presumed, 2026-11-24"


@pytest.fixture
def running(tmp_path, django_db_blocker) -> Iterator[Stack]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGISTRY_NOTICE_WAIVER", WAIVER)
        patch.setattr("django.conf.settings.REGISTRY_NOTICE_WAIVER", WAIVER)
        patch.setattr("django.conf.settings.REGISTRY_LOG_GUARD", str(tmp_path / "log-guard"))
        with stack(tmp_path) as made:
            made.processes.start("worker", "beat")
            yield made


def signed_up_to() -> int:
    newest = signing.latest()
    return newest.size if newest else 0


def all_is_signed() -> bool:
    """Acts are not alone in the log: by the clock, anchors of the audit come to them."""
    return signed_up_to() == Event.objects.count()


def flag(listing) -> None:
    act = actions.unflag if Flag.DISPUTED in cast.fresh(listing).flags else actions.flag
    act([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")


@contextmanager
def server() -> Iterator[psycopg.Connection]:
    """Nobody else is in the database meanwhile."""
    connection.close()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as opened:
        yield opened


def backed_up(name: str) -> None:
    with server() as postgres:
        postgres.execute(f'CREATE DATABASE "{name}_backup" TEMPLATE "{name}"')


def restored(name: str) -> None:
    with server() as postgres:
        postgres.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        postgres.execute(f'ALTER DATABASE "{name}_backup" RENAME TO "{name}"')


def test_a_restored_backup_is_found_at_once_and_an_operator_opens_a_new_log(running):
    name = connection.settings_dict["NAME"]
    listing = cast.in_force()
    running.wait_until(lambda: all_is_signed() and running.settled())
    running.processes.stop("worker", "beat")
    kept = signed_up_to()
    backed_up(name)
    running.processes.start("worker", "beat")
    flag(listing)
    flag(listing)
    running.wait_until(lambda: all_is_signed() and running.settled())
    running.processes.stop("worker", "beat")
    restored(name)
    running.processes.start("worker", "beat")

    running.wait_until(lambda: LogHead.objects.get().halted == Halt.OLDER)
    with pytest.raises(LogHalted):
        flag(listing)
    time.sleep(2)
    assert signed_up_to() == kept, "a log was signed that contradicts another one"

    epochs.open_epoch(because="disk of the database host lost, backup of 02:00", now=cast.NOW)
    flag(listing)
    running.wait_until(lambda: all_is_signed() and running.settled())
    newest = signing.latest()
    assert newest.note.splitlines()[0] == f"{settings.REGISTRY_LOG_ORIGIN}/2"
    assert running.inbox.accepted[-1].data["event"]["epoch"] == 2


def test_a_worker_killed_again_and_again_while_it_signs_contradicts_nothing(running):
    listing = cast.in_force()
    for _kill in range(6):
        for _act in range(20):
            flag(listing)
        running.processes.kill("worker")
        running.processes.start("worker")
    running.wait_until(all_is_signed)
    entries = [bytes(each) for each in Event.objects.order_by("position").values_list("commitment", flat=True)]
    for checkpoint in Checkpoint.objects.all():
        assert bytes(checkpoint.root) == logs.root_of(entries[: checkpoint.size])
    assert not LogHead.objects.get().halted
