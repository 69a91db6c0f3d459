"""Who comes through the gate of the API, and who is refused at which door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from sharing.access import GatedView
from sharing.parties import clients
from sharing.parties.models import Client
from tests import asking

pytestmark = pytest.mark.django_db

DOOR = "/api/v1/screenings/scr_00000000000000000000000000"


def status(headers: dict[str, str]) -> tuple[int, str]:
    response = Browser().get(DOOR, headers=headers)
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


def test_it_works() -> None:
    assert status(asking.bearer(asking.bank().organisation)) == (404, "R-508")


def test_of_a_secret_only_a_hash_is_kept() -> None:
    client_id, secret = clients.issue(asking.bank().organisation, ["screenings"], now=timezone.now())
    stored = Client.objects.get(client_id=client_id)
    assert secret not in stored.client_secret
    assert stored.client_secret.startswith("client_secret$")


def test_of_a_token_only_a_hash_is_kept() -> None:
    token = asking.bearer(asking.bank().organisation)["Authorization"].removeprefix("Bearer ")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM oauth2_provider_accesstoken AS t")
        (stored,) = cursor.fetchone()
    assert token not in stored


def test_a_token_in_the_address_is_not_read() -> None:
    token = asking.bearer(asking.bank().organisation)["Authorization"].removeprefix("Bearer ")
    assert Browser().get(f"{DOOR}?access_token={token}").status_code == 401


def test_a_wrong_secret_gets_no_token() -> None:
    client_id, _ = clients.issue(asking.bank().organisation, ["screenings"], now=timezone.now())
    assert asking.token(client_id, "wrong").status_code == 401


def test_an_unknown_client_gets_no_token() -> None:
    assert asking.token("nobody", "wrong").status_code == 401


def test_a_client_gets_no_scope_that_it_was_not_registered_with() -> None:
    client_id, secret = clients.issue(asking.bank().organisation, ["screenings"], now=timezone.now())
    assert asking.token(client_id, secret, scope="events").status_code == 400


@pytest.mark.parametrize("scopes", [["events"], ["screenings", "events"], [], ["everything"]])
def test_an_employers_machine_is_not_registered_for_what_departments_do(scopes: list[str]) -> None:
    with pytest.raises(ValueError, match="screenings"):
        clients.issue(asking.bank().organisation, scopes, now=timezone.now())


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}], ids=str)
def test_without_a_token_nobody_comes_in(headers: dict[str, str]) -> None:
    assert status(headers) == (401, "R-901")
    assert Browser().get(DOOR, headers=headers)["WWW-Authenticate"].startswith("Bearer")


def test_a_client_that_expired_is_refused_though_its_token_lives() -> None:
    organisation = asking.bank().organisation
    headers = asking.bearer(organisation)
    Client.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert status(headers) == (401, "R-901")


def test_a_suspended_organisation_is_refused_at_once() -> None:
    organisation = asking.bank().organisation
    headers = asking.bearer(organisation)
    organisation.suspended_at = timezone.now()
    organisation.save()
    assert status(headers) == (401, "R-901")


def test_a_department_is_refused_at_the_door_of_the_employers() -> None:
    assert status(asking.bearer(asking.department(), ["events", "receipts"])) == (403, "R-902")


def test_the_scope_alone_does_not_open_a_door_for_another_kind_of_organisation() -> None:
    headers = asking.bearer(asking.bank().organisation)
    Client.objects.update(organisation=asking.department())
    assert status(headers) == (403, "R-902")


def test_a_token_without_the_scope_is_refused() -> None:
    organisation = asking.bank().organisation
    headers = asking.bearer(organisation)
    Client.objects.get().accesstoken_set.update(scope="")
    assert status(headers) == (403, "R-902")


def test_a_view_that_names_no_scope_is_closed() -> None:
    class Forgotten(GatedView):
        def get(self, request: object) -> Response:
            return Response("open")

    request = APIRequestFactory().get("/", headers=asking.bearer(asking.bank().organisation))
    assert Forgotten.as_view()(request).status_code == 403
