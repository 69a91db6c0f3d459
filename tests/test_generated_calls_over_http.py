"""The API under generated calls to a web process over HTTP, four at a time: what one makes, the others meet.

1,000 calls in all (HTTP_CALLS), or for GENERATED_SECONDS; the ledger's `calls_over_http` reads what is left in GENERATED_REPORT.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import Client as Browser

from config.processes import Processes
from tests.embedded import numbered
from tests.faults.stack import BROKER_NUMBER, own_database
from tests.generated_calls import Caller, Judged, World, over_http, world

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]

CALLS = int(os.environ.get("HTTP_CALLS", "1000"))
SECONDS = float(os.environ.get("GENERATED_SECONDS", "0"))
SEED = int(os.environ.get("GENERATED_SEED", "61"))
REPORT = os.environ.get("GENERATED_REPORT", "")
AT_ONCE = 4
ENOUGH = str(10**9)
DECIDED = {
    "REGISTRY_NOTICE_WAIVER": "tests: service in court is presumed, 2026-11-24",
    "SHARING_SCOPE_LISTING": "1",
}
UNLIMITED = (
    *("SHARING_SCREENINGS_A_DAY", "SHARING_SUBJECT_A_MONTH", "SHARING_CALLS_A_MINUTE"),
    *("SHARING_MONITORED_MOST", "SHARING_CAMPAIGN_ROWS_A_DAY"),
)


@contextmanager
def web_of_its_own(folder: Path, wsgi: str = "config.wsgi") -> Iterator[tuple[str, World]]:
    """Its address, and the world that it shows."""
    store = numbered(settings.REDIS_URL, BROKER_NUMBER)
    with (
        own_database() as database_url,
        pytest.MonkeyPatch.context() as patch,
        redis.Redis.from_url(store) as kept,
        Processes(
            folder,
            {
                **os.environ,
                **DECIDED,
                **dict.fromkeys(UNLIMITED, ENOUGH),
                "DATABASE_URL": database_url,
                "REDIS_URL": store,
                "BROKER_URL": store,
            },
            wsgi=wsgi,
        ) as processes,
    ):
        kept.flushdb()
        patch.setattr(settings, "REGISTRY_NOTICE_WAIVER", DECIDED["REGISTRY_NOTICE_WAIVER"])
        patch.setattr(settings, "SHARING_SCOPE_LISTING", True)
        there = world()
        connection.close()
        processes.start("web")
        yield processes.address, there
        kept.flushdb()


def play(address: str, there: World, calls: int, seconds: float) -> Judged:
    """By as many callers as are at it at once."""
    document = Browser().get("/api/v1/schema/").json()
    ends = time.monotonic() + seconds

    def one(number: int) -> Judged:
        with over_http(address) as door:
            caller = Caller(document, there, random.Random(f"{SEED} {number}"), door, lasting=True)
            caller.begin()
            while caller.judged.calls < calls / AT_ONCE or time.monotonic() < ends:
                caller.call()
        return caller.judged

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(one, range(AT_ONCE)), start=Judged())


def test_whatever_is_drawn_is_answered_as_described(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), web_of_its_own(tmp_path) as (address, there):
        judged = play(address, there, 1 if SECONDS else CALLS, SECONDS)
    if REPORT:
        Path(REPORT).write_text(json.dumps(judged.told()))
    assert judged.ok, judged.told()
    assert {200, 201, 202, 204} <= set(judged.statuses), "some were answered, some made something"


def test_a_fault_of_the_server_is_found(tmp_path, django_db_blocker):
    """The check catches a planted defect."""
    with django_db_blocker.unblock(), web_of_its_own(tmp_path, "tests.broken_web") as (address, there):
        assert play(address, there, 200, 0).faults
