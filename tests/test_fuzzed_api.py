"""The API against its own description: whatever is sent, no 5xx, and nothing that is not described.

Schemathesis makes the calls from the OpenAPI document: those that it allows, and those that it does not. A few of each
kind for each operation; FUZZ=200 asks for so many.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import pytest
import requests
import schemathesis
from django.db import connection
from django.test import Client as Browser
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sharing.employers import calling
from tests import asking, cast, docket, logs

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3600)]

EXAMPLES = int(os.environ.get("FUZZ", "10"))
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=EXAMPLES <= 10,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
HOST = "http://testserver"
EMPLOYERS = (
    "/api/v1/screenings", "/api/v1/recalled-results", "/api/v1/batches", "/api/v1/monitorings", "/api/v1/consent-requests",
    "/api/v1/campaigns",
)  # fmt: skip
OPERATIONS = [
    ("GET", "/api/v1/events"),
    ("GET", "/api/v1/listings"),
    ("GET", "/api/v1/listings/{number}"),
    ("GET", "/api/v1/log"),
    ("GET", "/api/v1/log/proof"),
    ("GET", "/api/v1/log/proof-file"),
    ("POST", "/api/v1/receipts"),
    ("POST", "/api/v1/onward"),
    ("POST", "/api/v1/screenings"),
    ("GET", "/api/v1/screenings/{id}"),
    ("PUT", "/api/v1/screenings/{id}/consent-form"),
    ("GET", "/api/v1/screenings/{id}/paper"),
    ("GET", "/api/v1/recalled-results"),
    ("POST", "/api/v1/recalled-results/{id}"),
    ("GET", "/status-lists/{number}"),
    ("POST", "/api/v1/batches"),
    ("GET", "/api/v1/batches/{id}"),
    ("DELETE", "/api/v1/batches/{id}"),
    ("GET", "/api/v1/batches/{id}/results"),
    ("POST", "/api/v1/campaigns"),
    ("GET", "/api/v1/campaigns/{id}"),
    ("DELETE", "/api/v1/campaigns/{id}"),
    ("GET", "/api/v1/campaigns/{id}/rows"),
    ("DELETE", "/api/v1/campaigns/{id}/rows/{place}"),
    ("POST", "/api/v1/campaigns/{id}/links"),
    ("POST", "/api/v1/campaigns/{id}/forms"),
    ("GET", "/api/v1/monitorings"),
    ("POST", "/api/v1/monitorings"),
    ("GET", "/api/v1/monitorings/{id}"),
    ("DELETE", "/api/v1/monitorings/{id}"),
    ("POST", "/api/v1/consent-requests"),
    ("GET", "/api/v1/consent-requests/{id}"),
    ("DELETE", "/api/v1/consent-requests/{id}"),
    ("POST", "/api/v1/consent-requests/{id}/link"),
    ("POST", "/api/v1/cases"),
]
# What has a query or a body of a shape; any text may be an id, and any bytes a file.
MAY_BE_WRONG = [
    ("GET", "/api/v1/events"),
    ("GET", "/api/v1/log/proof"),
    ("GET", "/api/v1/log/proof-file"),
    ("POST", "/api/v1/receipts"),
    ("POST", "/api/v1/onward"),
    ("POST", "/api/v1/screenings"),
    ("GET", "/api/v1/recalled-results"),
    ("POST", "/api/v1/recalled-results/{id}"),
    ("GET", "/api/v1/batches/{id}/results"),
    ("POST", "/api/v1/campaigns"),
    ("GET", "/api/v1/campaigns/{id}/rows"),
    ("GET", "/api/v1/monitorings"),
    ("POST", "/api/v1/monitorings"),
    ("POST", "/api/v1/consent-requests"),
    ("POST", "/api/v1/cases"),
]


@pytest.fixture(autouse=True)
def the_court_has_decided(settings, db):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    with connection.cursor() as cursor:  # making calls up takes longer than a transaction may be idle
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    told: dict[str, Any] = Browser().get("/api/v1/schema/").json()
    return told


@pytest.fixture
def callers():
    """A bank and a department, with something that each of them may read, and a court's case management."""
    listing, department = cast.in_force(), cast.department()
    cast.measure(department)
    asked = asking.answered(asking.question(name="高某"))
    calling.call_in(now=cast.NOW)
    logs.sign_all()
    return {
        "employer": asking.bearer(asking.bank(1_000_000).organisation),
        "department": asking.bearer(department.organisation, ("events", "receipts")),
        "court": asking.bearer(docket.system().organisation, ("cases",)),
        "there": {"id": asked.pk, "number": listing.number},
    }


def answer_to(case: Any, headers: dict[str, str]) -> Response:
    """Django's own test client plays the server: the schema's transport would end the test's transaction."""
    wanted = case.as_transport_kwargs(HOST)
    prepared = requests.Request(**{**wanted, "headers": {**dict(wanted["headers"] or {}), **headers}}).prepare()
    sent = {
        name: value if isinstance(value, str) else value.decode("latin-1") for name, value in prepared.headers.items()
    }
    told = Browser(raise_request_exception=False).generic(
        prepared.method or "",
        prepared.path_url,
        prepared.body or b"",
        content_type=sent.pop("Content-Type", "application/octet-stream"),
        headers=sent,
    )
    return Response(
        status_code=told.status_code,
        headers={name.lower(): [value] for name, value in told.headers.items()},
        content=told.getvalue(),
        request=prepared,
        elapsed=0.0,
        verify=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [
        *((*operation, GenerationMode.POSITIVE) for operation in OPERATIONS),
        *((*operation, GenerationMode.NEGATIVE) for operation in MAY_BE_WRONG),
    ],
)
def test_whatever_is_sent_is_answered_as_described(callers, method, path, mode):
    operation = schemathesis.openapi.from_dict(document())[path][method]
    headers = callers[_audience(path)]
    there = {name: value for name, value in callers["there"].items() if f"{{{name}}}" in path}
    cases = operation.as_strategy(generation_mode=mode)

    @BOUNDED
    @given(case=cases, known=st.booleans())
    def play(case, known):
        if known and there:
            case.path_parameters = {**(case.path_parameters or {}), **there}
        sent = dict(headers)
        if "consent-form" in path:
            sent["Content-Type"] = "application/pdf"
        case.validate_response(answer_to(case, sent), checks=CHECKS)

    play()


def _audience(path: str) -> str:
    if path == "/api/v1/cases":
        return "court"
    return "employer" if path.startswith(EMPLOYERS) else "department"


def test_every_operation_of_the_document_is_fuzzed():
    told = {
        (method.upper(), path)
        for path, item in document()["paths"].items()
        for method in item
        if path.startswith(("/api/v1/", "/status-lists/"))
    }
    assert told == set(OPERATIONS)


def test_an_undescribed_status_is_found(callers, monkeypatch):
    """The check catches a planted defect."""
    operation = schemathesis.openapi.from_dict(document())["/api/v1/events"]["GET"]
    case = operation.Case()
    response = answer_to(case, callers["department"])
    case.validate_response(response, checks=CHECKS)
    response.status_code = 418
    with pytest.raises(BaseException, match="418"):
        case.validate_response(response, checks=CHECKS)
