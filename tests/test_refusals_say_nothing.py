"""A refusal repeats nothing of what was sent, and nothing of the program: only a number to ask by, at every route."""

from __future__ import annotations

import re

import pytest
from django.db import transaction

from config.reference import HEADER
from tests import every_route
from tests.every_route import routes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided"), pytest.mark.timeout(900)]

CANARY = "canary7f3e"
OF_THE_PROGRAM = re.compile(
    rb"Traceback|site-packages|django\.|psycopg|DoesNotExist|IntegrityError|\.py\b|DEBUG|Exception Value"
)
EVERYWHERE = {
    "number": CANARY, "code": CANARY, "name": CANARY, "token": "a" * 17 + CANARY, "link": CANARY, "id": CANARY, "url": CANARY,
    "screening_id": CANARY, "endpoint_id": CANARY, "campaign_id": CANARY, "batch_id": CANARY, "object_id": CANARY,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("who", ["nobody", "registrar of the High Court", "HR", "integrator of a department", "person"])
@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_no_refusal_repeats_what_was_sent(who, method):
    browser = every_route.caller(who, {})
    told = []
    for route in routes():
        with transaction.atomic():
            sent = (
                {"data": CANARY, "content_type": "text/plain"}
                if method != "get"
                else {"data": {"q": CANARY, "page": CANARY}}
            )
            answer = getattr(browser, method)(
                route.path(EVERYWHERE), **sent, headers={"User-Agent": CANARY, "X-Any": CANARY}
            )
            transaction.set_rollback(True)
        if answer.status_code < 400 or answer.streaming:
            continue
        if (
            CANARY.encode() in _without_the_switch(answer.content)
            or OF_THE_PROGRAM.search(answer.content)
            or HEADER not in answer.headers
        ):
            told.append((route.pattern, answer.status_code))
    assert told == []


def _without_the_switch(page: bytes) -> bytes:
    """The switch of the language leads back to the page's own address, which its reader has before him."""
    return re.sub(rb'name="next"\s+value="[^"]*"', b"", page)
