"""What is sent is what the OpenAPI document says: pulled items, lines of the snapshot, headers of messages and refusals."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from registry.errors import NotReady
from sharing.delivery import slot, testing
from sharing.departments import feed, telling
from sharing.departments.models import Department
from sharing.openapi import description
from sharing.problems import refused
from tests import cast
from tests.machines import Program
from tests.receiving import receiver
from tests.test_messages import live_through_everything

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
DOCUMENT_ITSELF = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


def faults(schema: dict[str, Any], said: Any) -> list[str]:
    """Against a schema of the document, whose components it may name."""
    whole = {**DOCUMENT_ITSELF, **schema, "components": description()["components"]}
    return [error.message for error in Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(said)]


def answers(path: str, method: str = "get") -> dict[str, Any]:
    found: dict[str, Any] = description()["paths"][path][method]["responses"]
    return found


def schema_of(path: str, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = answers(path)["200"]["content"][kind]["schema"]
    return found


@pytest.fixture
def departments() -> list[Department]:
    finance, telecom = cast.department("finance"), cast.department("telecom")
    cast.measure(finance)
    cast.measure(telecom, information_only=True, basis="")
    return [finance, telecom]


def test_every_item_that_is_pulled_is_described_one_by_one(departments: list[Department]) -> None:
    schema = schema_of("/api/v1/events", "application/json")
    live_through_everything()
    cast.second_in_force()
    telling.walk(now=cast.NOW)
    for department in departments:
        page = json.loads(feed.page(department.pk, 0, 100, 0).as_json())
        assert len(page["events"]) > 3
        assert faults(schema, page) == []
        for item in page["events"]:
            for spoilt in ({**item, "type": "listing.unknown"}, {**item, "data": {**item["data"], "event": {}}}):
                assert faults(schema, {**page, "events": [spoilt]}), spoilt["type"]


def test_every_line_of_the_snapshot_is_described(departments: list[Department]) -> None:
    schema = schema_of("/api/v1/listings", "application/x-ndjson")
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    for department in departments:
        lines = [json.loads(each) for each in feed.snapshot(department.pk)]
        assert len(lines) == 2
        for line in lines:
            assert faults(schema, line) == []
        assert faults(schema, {**lines[-1], "sha256": "no"})
    unreadable = feed.Unreadable(listing.number, listing.pk).line()
    assert faults(schema, json.loads(unreadable)) == []
    assert faults(schema, {"anything": 1})


def test_the_headers_of_a_message_are_those_that_are_described() -> None:
    described = {each["name"]: each for each in description()["webhooks"]["listing.published"]["post"]["parameters"]}
    assert set(described) == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    with receiver() as inbox:
        department = cast.department()
        cast.measure(department)
        endpoint, _secret = cast.add_endpoint(department, inbox.url, now=cast.NOW)
        cast.in_force()
        telling.walk(now=cast.NOW)
        slot.run()
        testing.send(endpoint, now=cast.NOW)
        assert len(inbox.requests) == 2
        for request in inbox.requests:
            headers = {name.lower(): value for name, value in request.headers.items()}
            assert {name for name in headers if name.startswith("webhook-")} == set(described)
            for name, parameter in described.items():
                assert re.search(parameter["schema"]["pattern"], headers[name]), name


def test_every_message_is_described_with_its_headers() -> None:
    for name, operations in description()["webhooks"].items():
        assert len(operations["post"]["parameters"]) == 3, name


def test_a_refusal_comes_with_the_headers_that_are_described(
    departments: list[Department], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    described = answers("/api/v1/events")
    program = Program(departments[0].organisation)
    refusals = {401: program.call()}
    settings.SHARING_CALLS_A_MINUTE = 2
    program.ask_for_token()
    last = [program.call() for _ in range(4)][-1]
    refusals[last.status_code] = last
    assert set(refusals) == {401, 429}
    for status, answer in refusals.items():
        said = described[str(status)]
        assert faults(said["content"]["application/problem+json"]["schema"], answer.json()) == []
        for name, header in said["headers"].items():
            assert name in answer, (status, name)
            value: Any = int(answer[name]) if header["schema"]["type"] == "integer" else answer[name]
            assert faults(header["schema"], value) == []


def test_who_is_to_come_back_is_told_when_by_every_call() -> None:
    away = refused(NotReady())
    assert away.status_code == 503
    assert "Retry-After" in away
    for path, operations in description()["paths"].items():
        for operation in operations.values():
            for status in {"429", "503"} & operation["responses"].keys():
                assert "Retry-After" in operation["responses"][status]["headers"], (path, status)
