"""What the token endpoint says to who asks in another way than is described (RFC 6749 §5.2): JSON, what to send, and on record."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from registry import auditing
from registry.models import AuditEntry, AuditKind
from sharing.parties import clients
from tests import cast
from tests.asking import basic

pytestmark = pytest.mark.django_db
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
DOORS = ("/oauth/token", "/trial/ep_01M85MG280XXZ0XWX2YB24CB7E/oauth/token")


def issued() -> tuple[str, str]:
    return clients.issue(cast.department().organisation, ("events",), now=timezone.now())


def refused() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.filter(kind=AuditKind.TOKEN_REFUSED).values_list("who", "code"))


@pytest.mark.parametrize("door", DOORS)
def test_a_secret_that_is_tried_is_on_record_at_every_door(door: str) -> None:
    client_id, _ = issued()
    asked = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": "wrong"}
    assert Browser().post(door, asked).status_code == 401
    assert refused() == [(auditing.client(client_id), "401")]


@pytest.mark.parametrize("door", DOORS)
def test_a_token_is_given_at_every_door(door: str) -> None:
    answer = Browser().post(door, {"grant_type": "client_credentials"}, headers=basic(*issued()))
    assert (answer.status_code, answer.json()["scope"]) == (200, "events")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"grant_type": DEVICE}, "unsupported_grant_type"),
        ({"grant_type": DEVICE, "device_code": "1"}, "unsupported_grant_type"),
        ({"grant_type": DEVICE, "device_code": "\0"}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "1"}, "unsupported_grant_type"),
        ({"grant_type": "\0"}, "unsupported_grant_type"),
        ({}, "invalid_request"),
    ],
)
def test_who_asks_in_another_way_is_told_how_to_ask(door: str, asked: dict[str, str], error: str) -> None:
    answer = Browser().post(door, asked, headers=basic(*issued()))
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert "grant_type=client_credentials" in answer.json()["error_description"]
    assert "application/x-www-form-urlencoded" in answer.json()["error_description"]
    assert refused() == [("", "400")]


def test_a_body_that_is_no_form_is_told_apart_from_a_wrong_grant() -> None:
    answer = Browser().post(
        "/oauth/token", '{"grant_type":"client_credentials"}', "application/json", headers=basic(*issued())
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("send", ["get", "put", "delete", "patch"])
def test_another_method_is_refused_in_json(door: str, send: str) -> None:
    answer = getattr(Browser(), send)(door)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert (answer["Content-Type"], answer.json()["code"]) == ("application/problem+json", "R-481")


def test_whatever_is_refused_is_json() -> None:
    form = {"grant_type": "client_credentials"}
    headers = basic(*issued())
    answers = [
        Browser().post("/oauth/token?client_secret=1", form, headers=headers),
        Browser().post("/oauth/token", form | {"resource": "no address"}, headers=headers),
        Browser().post("/oauth/token", form | {"scope": "all"}, headers=headers),
    ]
    assert [each.status_code for each in answers] == [400, 400, 400]
    assert [form_of(each) for each in answers] == ["invalid_request", "invalid_target", "invalid_scope"]


def form_of(answer: Any) -> str:
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    error: str = answer.json()["error"]
    return error


def test_who_named_himself_by_basic_authentication_is_asked_for_it_again() -> None:
    client_id, _ = issued()
    answer = Browser().post("/oauth/token", {"grant_type": "client_credentials"}, headers=basic(client_id, "wrong"))
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="registry"')
