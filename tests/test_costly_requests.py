"""Requests that cost little to send and much to answer: refused, or answered like any other, in the time of any other."""

from __future__ import annotations

import json
import time

import pytest
from django.urls import reverse

from tests import asking, cast, docket, every_route

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided"), pytest.mark.timeout(900)]

LONGEST_SECONDS = 1.0  # of this process; most take some milliseconds
MEGABYTE = 1024 * 1024
FAR = ["1000000000000000000", "-1", "1e9", "9" * 4000, "０", "１", "%00", ""]
TURNED = {
    "owner at an employer": [
        "employer:screenings",
        "employer:batches",
        "employer:campaigns",
        "employer:monitorings",
        "employer:requests",
    ],
    "person": ["person:asked", "person:looked", "person:told"],
    "integrator of a department": ["department:deliveries"],
    "registrar of the High Court": ["admin:imports", "sharing_desk:employers", "admin:registry_listing_changelist"],
}


def within(call):
    begun = time.process_time()
    answer = call()
    assert time.process_time() - begun < LONGEST_SECONDS
    return answer


@pytest.mark.parametrize("who", TURNED)
@pytest.mark.parametrize("page", FAR)
def test_a_page_far_beyond_the_last_costs_no_more(who, page):
    browser = every_route.caller(who, {})
    for name in TURNED[who]:
        browser.get(reverse(name))
        for asked in ({"page": page}, {"p": page}, {"page_size": page, "limit": page}):
            assert within(lambda name=name, asked=asked: browser.get(reverse(name), asked)).status_code in {
                200,
                302,
                400,
                404,
            }


BODIES = {
    "ten megabytes": b'{"a": "' + b"x" * (10 * MEGABYTE) + b'"}',
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "many keys": json.dumps({f"k{each}": each for each in range(100_000)}).encode(),
    "a long number": b'{"purpose": ' + b"9" * 200_000 + b"}",
    "one key over and over": b"{" + b'"a":1,' * 30_000 + b'"a":1}',
    "no end": b'{"a": "',
}
TAKING = {
    "/api/v1/screenings": lambda: asking.bearer(asking.bank().organisation),
    "/api/v1/consent-requests": lambda: asking.bearer(asking.bank().organisation),
    "/api/v1/monitorings": lambda: asking.bearer(asking.bank().organisation),
    "/api/v1/receipts": lambda: asking.bearer(cast.department().organisation, ["receipts"]),
    "/api/v1/cases": lambda: asking.bearer(docket.system().organisation, ["cases"]),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("path", TAKING)
def test_a_body_that_is_hard_to_read_is_refused(path, body):
    machine = every_route.caller("machine", TAKING[path]())
    answer = within(lambda: machine.post(path, body, content_type="application/json"))
    assert answer.status_code in {400, 413, 422}


def test_a_form_of_very_many_fields_is_refused():
    browser = every_route.caller("nobody", {})
    answer = within(lambda: browser.post("/verify/", {f"f{each}": "x" for each in range(2000)}))
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/", "/help/", "/verify/", "/desk/account/sign-in/"])
@pytest.mark.parametrize(
    "asked", ["bytes=0-0", "bytes=" + ",".join(f"{each}-" for each in range(2000)), "bytes=-1", "lines=1-"]
)
def test_ranges_of_pages_are_not_cut(path, asked):
    answer = within(lambda: every_route.caller("nobody", {}).get(path, headers={"Range": asked}))
    assert answer.status_code == 200
    assert "Content-Range" not in answer.headers


def test_the_head_of_a_file_has_no_body():
    browser = every_route.caller("owner at an employer", {})
    for name in ("employer:export",):
        answer = within(lambda name=name: browser.head(reverse(name)))
        assert answer.status_code in {200, 405}
        assert not b"".join(answer)
