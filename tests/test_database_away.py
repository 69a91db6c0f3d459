"""While the database is away the API says so and when to come back: 503, never 500."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from sharing.callers import ClientAuthentication


@pytest.mark.parametrize("failure", [OperationalError, InterfaceError])
def test_it_works(monkeypatch, failure):
    def away(self, request):
        raise failure("connection to the server was lost, said with details that nobody outside may read")

    monkeypatch.setattr(ClientAuthentication, "authenticate", away)
    response = Client().get("/api/v1/events", headers={"Accept-Language": "en"})
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "R-904"
    assert b"details" not in response.content
