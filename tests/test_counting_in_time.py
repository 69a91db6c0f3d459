"""A national book is counted to its end, however long that takes: within a quarter of an hour nothing cuts the count off."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from registry import tasks
from registry.statistics import tallying
from registry.statistics.tallying import tally
from registry.turns import Lock, wait_for
from tests import cast
from tests.threads import in_threads

PATIENT = ("statement_timeout", "lock_timeout")

pytestmark = pytest.mark.django_db


def test_a_count_that_takes_long_is_cut_off_by_nothing_before_its_time(monkeypatch):
    """Neither by the database nor by the worker, which ends other tasks after a minute: the next one would begin anew."""
    facts, found = tallying._facts, {}

    def noting():
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, setting::int / 1000 FROM pg_settings WHERE name = ANY(%s)", [list(PATIENT)])
            found.update(cursor.fetchall())
        return facts()

    monkeypatch.setattr(tallying, "_facts", noting)
    tally(now=cast.NOW)
    assert found == dict.fromkeys(PATIENT, tallying.COUNTING_SECONDS)
    for task in (tasks.count_the_book, tasks.count_if_asked):
        assert task.soft_time_limit > 2 * tallying.COUNTING_SECONDS, "it may wait for another count first"
        assert task.time_limit > task.soft_time_limit


@pytest.mark.django_db(transaction=True)
def test_who_counts_while_another_one_counts_waits_for_him_however_long_it_takes():
    counting, done = threading.Event(), []

    def first():
        with transaction.atomic():
            wait_for(Lock.TALLY)
            counting.set()
            time.sleep(1)
            done.append("first")

    def second():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'; SET statement_timeout = '200ms'")
        counting.wait()
        tally(now=cast.NOW)
        done.append("second")

    in_threads(first, second)
    assert done == ["first", "second"]
