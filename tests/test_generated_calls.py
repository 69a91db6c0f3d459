"""The API under generated calls, made in four parts: 20,000 of them with CI, else 1,000 (CALLS), or one for GENERATED_SECONDS.

The ledger's `calls` runs this file with a seed and a time, and reads what it leaves in GENERATED_REPORT.
"""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.http import JsonResponse
from django.test import Client as Browser

from config.loaded import leave_out_of_collection
from sharing.employers import screening
from tests import cast
from tests.generated_calls import Caller, Judged, World, in_this_process, world

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(7200), pytest.mark.usefixtures("the_court_has_decided")]

CALLS = int(os.environ.get("CALLS", "20000" if os.environ.get("CI") else "1000"))
SECONDS = float(os.environ.get("GENERATED_SECONDS", "0"))
SEED = int(os.environ.get("GENERATED_SEED", "61"))
REPORT = os.environ.get("GENERATED_REPORT", "")
KEPT = 1000  # calls of which pytest and Django's test client keep what a web process does not: it would be gone through in the next ones
PARTS = 1 if SECONDS else 4  # for as many processes


@pytest.fixture
def there(settings) -> World:
    settings.SHARING_SCREENINGS_A_DAY = 10**6
    settings.SHARING_SUBJECT_A_MONTH = 10**6
    with connection.cursor() as cursor:  # so many calls in one transaction
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    return world()


def caller_of(there: World, seed: int) -> Caller:
    document = Browser().get("/api/v1/schema/").json()
    return Caller(document, there, random.Random(seed), in_this_process(), lasting=False)


def play(there: World, calls: int, seconds: float, seed: int) -> Judged:
    caller = caller_of(there, seed)
    caller.begin()
    ends = time.monotonic() + seconds
    while caller.judged.calls < calls or time.monotonic() < ends:
        with transaction.atomic():  # what one call did, the next one does not meet: the book stays as small as it is
            caller.call()
            transaction.set_rollback(True)
        if caller.judged.calls % KEPT == 0:
            leave_out_of_collection()
    return caller.judged


def test_every_example_of_the_description_is_taken_as_it_is_shown(there):
    """With a form, a key and a day that are new; but for a consent code: that one was given to nobody."""
    begun = caller_of(there, 1).begin()
    refused = {what: answer.body.decode() for what, answer in begun if answer.status not in (200, 201, 202)}
    assert len(begun) >= 10
    assert set(refused) == {"POST /api/v1/screenings"}
    assert '"code":"R-551"' in refused["POST /api/v1/screenings"]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_drawn_is_answered_as_described(there, part):
    judged = play(there, 1 if SECONDS else CALLS // PARTS, SECONDS, SEED + part)
    if REPORT:
        Path(REPORT).write_text(json.dumps(judged.told()))
    assert judged.ok, judged.told()
    assert judged.statuses[200], "some were answered"
    assert judged.statuses[201], "some made something"
    assert len(judged.statuses) >= 5


@pytest.mark.slow
def test_a_fault_of_the_server_is_found(there, monkeypatch):
    """The check catches a planted defect."""

    def broken(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("sharing.employers.api.ask", broken, raising=False)
    monkeypatch.setattr(screening, "ask", broken)
    assert play(there, 400, 0, SEED).faults


def test_a_number_that_an_error_repeats_is_found(there, monkeypatch):
    """The check catches a planted defect."""

    def repeating(error, _context):
        return JsonResponse({"detail": cast.DEFENDANT_NUMBER}, status=422, content_type="application/problem+json")

    monkeypatch.setattr("sharing.problems.problem_details", repeating)
    monkeypatch.setattr("rest_framework.views.APIView.get_exception_handler", lambda view: repeating)
    assert play(there, 200, 0, SEED).repeating
