"""What an answer tells beside its words: length, headers and the statements that it costs are those of its counterpart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sharing.parties import clients
from tests import asking, cast
from tests.benchmarks.leak import LEAK

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
# What says which request it was, and nothing else.
OWN = re.compile(rb"scr_[0-9A-Z]{26}|[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")


@dataclass(frozen=True)
class Told:
    """Everything that somebody outside sees or measures of one answer."""

    status: int
    length: int
    headers: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]


def told(method: str, path: str, **asked: Any) -> Told:
    with CaptureQueriesContext(connection) as queries:
        answer = getattr(Browser(raise_request_exception=False), method)(path, **asked)
    headers = sorted((name, value) for name, value in asking.alike(answer).items() if name != "Location")
    body = OWN.sub(b"own", answer.content).replace(path.encode(), b"path")
    said = tuple(re.sub(r"SAVEPOINT.*", "SAVEPOINT", query["sql"])[:60] for query in queries.captured_queries)
    return Told(answer.status_code, len(body), tuple(headers), said)


@pytest.fixture
def bank():
    return asking.bearer(asking.bank().organisation)


@pytest.fixture
def foreign():
    """Something of another employer, or of the court, by the address under which it would be found."""
    courier = asking.courier_company()
    screening = asking.answered(asking.question(purpose="transport_recruitment", post="courier"), courier)
    return {"screenings": screening.pk}


def absent(found: str) -> str:
    """As long, of the same shape, and nobody's."""
    return found[:-3] + ("ZZZ" if not found.endswith("ZZZ") else "YYY")


@pytest.mark.parametrize(
    ("method", "rest"), [("get", ""), ("get", "/paper"), ("put", "/consent-form"), ("get", "/nothing")]
)
def test_what_is_anothers_is_told_as_what_is_not_there(bank, foreign, method, rest):
    number = foreign["screenings"]
    _warm(bank)
    more = {"headers": bank} | ({"content_type": "application/pdf", "data": b"%PDF-"} if method == "put" else {})
    theirs, nobodys = (told(method, f"/api/v1/screenings/{each}{rest}", **more) for each in (number, absent(number)))
    assert theirs == nobodys
    assert theirs.status == 404


def test_a_listing_that_a_department_was_not_told_of_is_told_as_one_that_is_not_there():
    listing, department = cast.in_force(), cast.department()
    headers = asking.bearer(department.organisation, ("events", "receipts"))
    _warm(headers)
    there, not_there = (
        told("get", f"/api/v1/listings/{each}", headers=headers) for each in (listing.number, "L-2026-999999")
    )
    assert there == not_there
    assert there.status == 404


def test_a_client_that_exists_is_refused_like_one_that_does_not():
    """But for a statement: names of clients are drawn, so nobody tries one after the other."""
    client_id, _secret = clients.issue(asking.bank().organisation, ("screenings",), now=timezone.now())

    def refused(name: str) -> Told:
        headers = asking.basic(name, "a wrong secret")
        return told("post", "/oauth/token", data={"grant_type": "client_credentials"}, headers=headers)

    known, unknown = refused(client_id), refused(absent(client_id))
    assert replace(known, statements=()) == replace(unknown, statements=())
    assert known.status == 401


@pytest.mark.parametrize("outcome", ["not_listed", "pending"])
def test_whether_he_is_listed_is_in_no_statement_and_no_header(bank, outcome):
    """The answer itself says it, to whom it is answered; nothing beside it does."""
    cast.in_force()
    listed, other = (_asked(bank, place, **who) for place, who in enumerate(({}, OTHERS[outcome])))
    assert (listed.status, listed.statements) == (other.status, other.statements)
    assert [name for name, _ in listed.headers] == [name for name, _ in other.headers]


OTHERS = {"not_listed": {"number": cast.APPLICANT_NUMBER}, "pending": {"name": "高某"}}


def _asked(bank, place, number=cast.DEFENDANT_NUMBER, name="高䶮", **headers) -> Told:
    document = {"type": "resident_id", "number": number}
    sent = asking.body(applicant={"name": name, "document": document})
    more = {"Idempotency-Key": f"key-{place:05}", **bank, **headers}
    _warm(bank)
    return told("post", "/api/v1/screenings", data=sent, content_type="application/json", headers=more)


def _warm(bank) -> None:
    """The first request of a client in a day leaves a note of it."""
    Browser().get("/api/v1/screenings/none", headers=bank)


def test_a_query_more_on_a_hit_is_found(bank, settings):
    """The check catches a planted defect."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.benchmarks.leak.leaking"]
    cast.in_force()
    listed, other = (_asked(bank, place, **who, **{LEAK: "1"}) for place, who in enumerate(({}, OTHERS["not_listed"])))
    assert len(listed.statements) == len(other.statements) + 1


def test_an_early_end_on_a_miss_is_found(bank, foreign, monkeypatch):
    """The check catches a planted defect."""
    number = foreign["screenings"]
    _warm(bank)
    get = Browser.get

    def early(browser, path, *args, **kwargs):
        if path.endswith(absent(number)):
            return get(browser, "/api/v1/screenings/none/none/none", *args, **kwargs)
        return get(browser, path, *args, **kwargs)

    monkeypatch.setattr(Browser, "get", early)
    theirs, nobodys = (told("get", f"/api/v1/screenings/{each}", headers=bank) for each in (number, absent(number)))
    assert theirs != nobodys
