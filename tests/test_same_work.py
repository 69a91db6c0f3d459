"""Whether something is there or not, as much is done for the answer: counted in calls of functions, where a clock hears noise.

What no function does of its own (a row more in an answer of PostgreSQL) is the timing ledger's to find.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from statistics import median

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.models import Account
from registry.ulid import new_ulid
from sharing.parties import clients
from tests import asking
from tests.benchmarks import book
from tests.benchmarks.screening import SCREENINGS, question

pytestmark = pytest.mark.django_db
WARM, TRIES = 4, 9
FAR = 9000  # nobody of the book
DRAWN = {"getrandbits", "urandom", "int.from_bytes"}  # again where what came is too large
SIGN_IN = "/portal/account/sign-in/"


class Work:
    """Of some answers to questions that nobody should be able to tell apart."""

    def __init__(self, ask):
        """``ask``: by the number of the question. The first ones warm up."""
        self.answers = [ask(number) for number in range(WARM)]
        self.calls, self.statements = [], []
        for number in range(WARM, WARM + TRIES):
            self._answered(ask, number)

    def _answered(self, ask, number):
        calls = Counter()

        def count(frame, event, called):
            if event == "call":
                calls[frame.f_code] += 1
            elif event == "c_call":
                calls[called.__qualname__] += 1

        with CaptureQueriesContext(connection) as said:
            sys.setprofile(count)
            try:
                self.answers.append(ask(number))
            finally:
                sys.setprofile(None)
        self.calls.append(calls)
        self.statements.append(len(said))

    def usual(self, function):
        """What is drawn at random, and when rubbish is collected, is not."""
        return median(calls[function] for calls in self.calls)

    def differs(self, other):
        """By how many calls; and by which functions, the first ones first."""
        functions = {each for each in set().union(*self.calls, *other.calls) if _name(each) not in DRAWN}
        found = Counter({each: abs(self.usual(each) - other.usual(each)) for each in functions})
        return found.total(), found.most_common(12)


def _name(function):
    return getattr(function, "co_name", function)


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


def test_an_applicant_who_is_listed_and_one_who_is_not(bearer):
    book.fill(WARM + TRIES)
    listed, absent = Work(asked_from(0, bearer)), Work(asked_from(FAR, bearer))
    assert (outcomes(listed), outcomes(absent)) == ({"listed"}, {"not_listed"})
    assert listed.statements == absent.statements
    calls, most = listed.differs(absent)
    assert calls <= 34, most  # of 14,000


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
    assert somebodys.statements == nobodys.statements
    calls, most = somebodys.differs(nobodys)
    assert calls <= 20, most


def test_a_screening_of_another_employer_and_one_that_never_was(bearer):
    courier = asking.courier_company()

    def looks_at(key):
        return Browser().get(f"{SCREENINGS}/{key}", headers=bearer)

    def about(number):
        return asking.question(document_number=book.number_of(number), name=book.name_of(number))

    theirs = [asking.answered(about(number), employer=courier).pk for number in range(WARM + TRIES)]
    nobodys = [f"scr_{new_ulid(timezone.now())}" for _ in range(WARM + TRIES)]
    foreign, absent = Work(lambda number: looks_at(theirs[number])), Work(lambda number: looks_at(nobodys[number]))
    assert {answer.status_code for answer in foreign.answers + absent.answers} == {404}
    assert foreign.statements == absent.statements
    calls, most = foreign.differs(absent)
    assert calls <= 20, most
