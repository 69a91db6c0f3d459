"""Calls of many rows are as long as the interface says that they may be, and no other is; who calls is asked first.

Through the whole server, from the request's stream on: what a view is handed elsewhere has been read already.
"""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone

from sharing.courts import registering
from sharing.employers.models import Batch, Screening
from sharing.parsing import BodyParser, LongBodyParser
from tests import asking, campaigns, cast, docket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
SHORT = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
LONG_DOORS = ["/api/v1/batches", "/api/v1/campaigns", "/api/v1/campaigns/{}/forms", "/api/v1/cases"]
SHORT_DOORS = ["/api/v1/screenings", "/api/v1/monitorings", "/api/v1/consent-requests"]


@pytest.fixture
def bank():
    return asking.bearer(asking.bank().organisation)


@pytest.fixture
def court():
    system = docket.system()
    client_id, secret = registering.add_key(system, officer=cast.high_court_registrar(), now=cast.NOW)
    return {"Authorization": "Bearer " + asking.token(client_id, secret).json()["access_token"]}


@pytest.fixture(params=LONG_DOORS)
def long_door(request, bank, court):
    """Where it is, and the headers of who may call it."""
    if request.param.endswith("cases"):
        return request.param, court
    return request.param.format(campaigns.begun(campaigns.people(1), now=timezone.now()).pk), bank


def send(door, body, headers, key="key-00001"):
    return Browser().post(door, body, content_type="application/json", headers={"Idempotency-Key": key, **headers})


def nothing_but(length):
    """JSON, and of this length."""
    return b'{"more": "' + b"x" * (length - 12) + b'"}'


def test_a_thousand_cases_get_in(court):
    rows = [
        {
            "number": f"（2026）京0105刑初{each}号",
            "charge": "CL 253-1",
            "filed_on": "2026-03-02",
            "outcome": "convicted",
            "concluded_on": "2026-09-01",
        }
        for each in range(1, 1001)
    ]
    sent = json.dumps({"cases": rows}, indent=8).encode()
    assert len(sent) > SHORT
    answer = send("/api/v1/cases", sent, court)
    assert (answer.status_code, len(answer.json()["rows"])) == (200, 1000)


def test_ten_megabytes_are_read_and_judged_by_what_they_say(long_door):
    door, headers = long_door
    answer = send(door, nothing_but(LongBodyParser.most), headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in {"more", "cases"}


def test_more_is_refused_as_the_interface_refuses(long_door):
    door, headers = long_door
    answer = send(door, nothing_but(LongBodyParser.most + 1), headers)
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    assert (answer.json()["status"], answer.json()["code"]) == (413, "R-483")


@pytest.mark.parametrize("door", SHORT_DOORS)
def test_whatever_takes_one_thing_at_a_time_stays_as_short_as_it_was(door, bank):
    assert send(door, nothing_but(SHORT), bank).json()["errors"]
    answer = send(door, nothing_but(SHORT + 1), bank)
    assert (answer.status_code, answer.json()["code"]) == (413, "R-483")
    assert not Screening.objects.exists()


@pytest.mark.parametrize("door", [*LONG_DOORS, *SHORT_DOORS])
def test_of_nobody_who_may_not_call_a_body_is_read(door, monkeypatch):
    def read(*_asked):
        raise AssertionError("read")

    for parser in (BodyParser, LongBodyParser):
        monkeypatch.setattr(parser, "parse", read)
    for headers in ({}, {"Authorization": "Bearer nobodys"}):
        answer = send(door, nothing_but(LongBodyParser.most), headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "R-901")


def test_a_long_body_that_is_no_json_or_nested_without_end_is_refused_as_a_short_one(bank):
    for body in (b"[" * (SHORT + 1), b"{" + b" " * SHORT):
        assert send("/api/v1/batches", body, bank).status_code == 400
    assert not Batch.objects.exists()
