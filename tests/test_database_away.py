"""While the database is away the API says so and when to come back: 503, never 500."""

from __future__ import annotations

import time

import pytest
from django.db import Error, InterfaceError, InternalError, OperationalError, connection, transaction
from django.test import Client
from psycopg.errors import TransactionTimeout

from registry.absence import database_is_away
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


def stand_still_within_a_transaction():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        time.sleep(0.3)
        cursor.execute("SELECT 1")


@pytest.mark.django_db(transaction=True)
def test_a_session_that_was_ended_because_its_process_stood_still_is_no_fault_of_ours():
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '50ms'")
    with pytest.raises(InternalError) as ended:
        stand_still_within_a_transaction()
    connection.close()
    assert database_is_away(ended.value)


@pytest.mark.django_db
def test_what_is_wrong_with_a_statement_is_a_fault_of_ours():
    with pytest.raises(Error) as failed, connection.cursor() as cursor:
        cursor.execute("SELECT nonsense")
    assert not database_is_away(failed.value)
    with pytest.raises(InternalError) as failed, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert not database_is_away(failed.value), "a transaction that goes on after its failure"
    assert not database_is_away(None)


def test_nor_is_a_transaction_that_took_too_long():
    """By `transaction_timeout`, from PostgreSQL 17 on."""
    ended = InternalError()
    ended.__cause__ = TransactionTimeout()
    assert database_is_away(ended)
