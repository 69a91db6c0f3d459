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

from sharing.employers import screening
from tests import asking, cast, docket, logs
from tests.generated_calls import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(7200), pytest.mark.usefixtures("the_court_has_decided")]

CALLS = int(os.environ.get("CALLS", "20000" if os.environ.get("CI") else "1000"))
SECONDS = float(os.environ.get("GENERATED_SECONDS", "0"))
SEED = int(os.environ.get("GENERATED_SEED", "61"))
REPORT = os.environ.get("GENERATED_REPORT", "")
PARTS = 1 if SECONDS else 4  # for as many processes
EMPLOYERS = ("screenings", "recalled-results", "batches", "monitorings", "consent-requests", "campaigns")


@pytest.fixture
def world(settings):
    """A bank, a department and a court's case management, each with something that it may read."""
    settings.SHARING_SCREENINGS_A_DAY = 10**6
    with connection.cursor() as cursor:  # so many calls in one transaction
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    listing, department = cast.in_force(), cast.department()
    cast.measure(department)
    asked = asking.answered(asking.question(name="高某"))
    logs.sign_all()
    headers = {
        "employer": asking.bearer(asking.bank(1_000_000).organisation),
        "department": asking.bearer(department.organisation, ("events", "receipts")),
        "court": asking.bearer(docket.system().organisation, ("cases",)),
    }
    return headers, {"id": asked.pk, "number": listing.number}


def operations(document):
    for path, item in document["paths"].items():
        for method in item:
            if path.startswith(("/api/v1/", "/status-lists/")) and method in ("get", "post", "put", "delete"):
                yield method.upper(), path


def audience(path):
    if path == "/api/v1/cases":
        return "court"
    return (
        "employer"
        if path.split("/")[-1] in EMPLOYERS or path.startswith(tuple(f"/api/v1/{each}" for each in EMPLOYERS))
        else "department"
    )


def play(world, calls, seconds, seed):
    headers, known = world
    document = Browser().get("/api/v1/schema/").json()
    doors, draw = list(operations(document)), random.Random(seed)
    caller = Caller(document, known, draw)
    ends = time.monotonic() + seconds
    while caller.judged.calls < calls or time.monotonic() < ends:
        method, path = draw.choice(doors)
        with transaction.atomic():  # what one call did, the next one does not meet: the book stays as small as it is
            caller.call(method, path, headers[audience(path)])
            transaction.set_rollback(True)
    return caller.judged


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_drawn_is_answered_as_described(world, part):
    begun = time.monotonic()
    judged = play(world, 1 if SECONDS else CALLS // PARTS, SECONDS, SEED + part)
    told = {
        "calls": judged.calls,
        "faults": judged.faults,
        "undescribed": judged.undescribed,
        "repeating": judged.repeating,
        "slow": judged.slow,
        "slowest_ms": round(judged.slowest * 1000),
        "statuses": {str(status): count for status, count in sorted(judged.statuses.items())},
        "wrong": judged.wrong,
        "calls_a_second": round(judged.calls / (time.monotonic() - begun)),
        "ok": judged.ok,
    }
    if REPORT:
        Path(REPORT).write_text(json.dumps(told))
    assert judged.ok, told
    assert judged.statuses[200] + judged.statuses[201], "some were answered"
    assert len(judged.statuses) >= 5


@pytest.mark.slow
def test_a_fault_of_the_server_is_found(world, monkeypatch):
    """The check catches a planted defect."""

    def broken(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("sharing.employers.api.ask", broken, raising=False)
    monkeypatch.setattr(screening, "ask", broken)
    assert play(world, 400, 0, SEED).faults


def test_a_number_that_an_error_repeats_is_found(world, monkeypatch):
    """The check catches a planted defect."""

    def repeating(error, _context):
        return JsonResponse({"detail": cast.DEFENDANT_NUMBER}, status=422, content_type="application/problem+json")

    monkeypatch.setattr("sharing.problems.problem_details", repeating)
    monkeypatch.setattr("rest_framework.views.APIView.get_exception_handler", lambda view: repeating)
    assert play(world, 200, 0, SEED).repeating
