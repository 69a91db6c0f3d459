"""A worker's process keeps its connection to the database from one task to the next, and no longer than it is good."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from celery.fixups.django import DjangoFixup
from celery.signals import task_postrun, task_prerun
from django.db import OperationalError, connection

from config.celery import app
from registry.turns import Lock, one_of
from tests.sessions import end

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def celery() -> Any:
    """What a worker has of Celery's for Django."""
    return DjangoFixup(app).worker_fixup


def session() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def run_a_task(celery: Any) -> int:
    """Through Celery's own hands and ours, in the order of a worker; the session that the task had."""
    task = SimpleNamespace(request=SimpleNamespace(is_eager=False))
    sent: dict[str, Any] = {"task_id": "1", "task": None, "args": (), "kwargs": {}}
    celery.on_task_prerun(task)
    task_prerun.send(sender=None, **sent)
    found = session()
    celery.on_task_postrun(task)
    task_postrun.send(sender=None, **sent)
    return found


def test_one_task_after_the_other_has_the_same_session(celery):
    assert len({run_a_task(celery) for _ in range(5)}) == 1


def test_a_session_that_was_ended_meanwhile_is_replaced_and_the_task_does_not_notice(celery):
    first = run_a_task(celery)
    end(first)
    assert run_a_task(celery) != first


def test_a_session_that_is_old_is_replaced(celery):
    first = run_a_task(celery)
    connection.close_at = 0.0
    assert run_a_task(celery) != first


def test_what_a_task_left_behind_that_was_interrupted_within_a_question_is_not_for_the_next(celery):
    first = run_a_task(celery)
    connection.connection.pgconn.send_query(b"SELECT 1")  # and nobody takes the answer
    assert run_a_task(celery) != first


def test_a_turn_that_cannot_be_given_back_ends_with_the_session():
    with pytest.raises(OperationalError), one_of(of=Lock.REMINDING):
        connection.connection.pgconn.send_query(b"SELECT 1")
    by = time.monotonic() + 10
    while not is_free() and time.monotonic() < by:  # the server hears a little later that nobody is there any more
        time.sleep(0.01)
    assert is_free()


def is_free() -> bool:
    with one_of(of=Lock.REMINDING) as turn:
        return turn == 0
