"""Whether something is there or not, as much is done for the answer: counted in calls of functions, where a clock hears noise.

What no function does of its own (a row more in an answer of PostgreSQL) is the timing ledger's to find.
"""

from __future__ import annotations

import json
import sys
from statistics import median

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.models import Account
from registry.ulid import new_ulid
from sharing.employers import lookup
from sharing.parties import clients
from tests import asking
from tests.benchmarks import book
from tests.benchmarks.screening import SCREENINGS, question

pytestmark = pytest.mark.django_db
WARM, TRIES = 4, 9
FAR = 9000  # nobody of the book
A_LITTLE = 0.004  # what is drawn at random, and when rubbish is collected, make a thousandth
SIGN_IN = "/portal/account/sign-in/"


class Work:
    """Of some answers to questions that nobody should be able to tell apart."""

    def __init__(self, ask):
        """``ask``: by the number of the question. The first ones warm up."""
        self.answers = [ask(number) for number in range(WARM)]
        self.calls, self.statements = [], []
        for number in range(WARM, WARM + TRIES):
            self._answered(ask, number)
        self.usual = median(self.calls)

    def _answered(self, ask, number):
        calls = 0

        def count(_frame, event, _argument):
            nonlocal calls
            calls += event in {"call", "c_call"}

        with CaptureQueriesContext(connection) as said:
            sys.setprofile(count)
            try:
                self.answers.append(ask(number))
            finally:
                sys.setprofile(None)
        self.calls.append(calls)
        self.statements.append(len(said))

    def is_as_much_as(self, other):
        return (
            self.statements == other.statements
            and abs(self.usual - other.usual) <= A_LITTLE * min(self.usual, other.usual)
        )  # fmt: skip


@pytest.fixture
def bearer(settings):
    """The header of an employer's program, to which a listing is told."""
    settings.SHARING_SCOPE_LISTING, settings.SHARING_HELD_SHARE = True, 0.0
    client_id, secret = clients.issue(asking.bank(1000).organisation, ["screenings"], now=timezone.now())
    return {"authorization": f"Bearer {json.loads(asking.token(client_id, secret).content)['access_token']}"}


def asked_from(first, bearer):
    def ask(number):
        key = {"Idempotency-Key": f"question-{first + number:08d}"}
        body = question(first + number)
        return Browser().post(SCREENINGS, body, content_type="application/json", headers={**bearer, **key})

    return ask


def outcomes(work):
    return {answer.json()["outcome"] for answer in work.answers}


def listed_and_not(bearer):
    book.fill(WARM + TRIES)
    listed, absent = Work(asked_from(0, bearer)), Work(asked_from(FAR, bearer))
    assert (outcomes(listed), outcomes(absent)) == ({"listed"}, {"not_listed"})
    return listed, absent


def test_an_applicant_who_is_listed_and_one_who_is_not(bearer):
    listed, absent = listed_and_not(bearer)
    assert listed.is_as_much_as(absent), (listed.calls, absent.calls)


def test_it_is_told_where_a_little_more_is_done_for_who_is_listed(bearer, monkeypatch):
    whole = lookup.read

    def read_and_look_again(*given, **named):
        found = whole(*given, **named)
        for each in found:
            for match in each.matches:
                [getattr(match, name) for name in vars(match) for _again in range(20)]
        return found

    monkeypatch.setattr(lookup, "read", read_and_look_again)
    listed, absent = listed_and_not(bearer)
    assert not listed.is_as_much_as(absent)


def test_a_wrong_password_for_a_name_that_is_somebodys_and_for_one_that_is_nobodys(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    hashed = MD5PasswordHasher().encode("correct horse battery staple", "salt")
    Account.objects.bulk_create(Account(username=f"a-user-{nth}", password=hashed) for nth in range(WARM + TRIES))

    def typed(whose, network):
        def sign_in(number):
            browser = Browser()
            browser.cookies["csrftoken"] = token = "x" * 32
            form = {"login": f"{whose}-user-{number}", "password": "not this one", "csrfmiddlewaretoken": token}
            return browser.post(SIGN_IN, form, REMOTE_ADDR=f"{network}.0.{number}.1")

        return sign_in

    somebodys, nobodys = Work(typed("a", 13)), Work(typed("b", 14))
    assert {answer.status_code for answer in somebodys.answers + nobodys.answers} == {200}
    assert somebodys.is_as_much_as(nobodys), (somebodys.calls, nobodys.calls)


def test_a_screening_of_another_employer_and_one_that_never_was(bearer):
    courier = asking.courier_company()

    def looks_at(key):
        return Browser().get(f"{SCREENINGS}/{key}", headers=bearer)

    def about(number):
        return asking.question(document_number=book.number_of(number), name=book.name_of(number))

    theirs = [asking.answered(about(number), employer=courier).pk for number in range(WARM + TRIES)]
    foreign = Work(lambda number: looks_at(theirs[number]))
    absent = Work(lambda _number: looks_at(f"scr_{new_ulid(timezone.now())}"))
    assert {answer.status_code for answer in foreign.answers + absent.answers} == {404}
    assert foreign.is_as_much_as(absent), (foreign.calls, absent.calls)
