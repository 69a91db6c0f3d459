"""Calls and questions are counted by organisation: neither parallel keys and sessions nor invented addresses make room."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client as Browser
from django.utils import timezone

from registry.errors import CallsTooOften
from sharing.employers.models import QuestionsAsked, Screening
from sharing.parties import clients, members, rate
from sharing.parties.models import CallsMade, MemberRole
from tests import asking, cast
from tests.machines import ELSEWHERE, Program, forwarded, from_
from tests.signing_in import sign_in
from tests.test_employer_portal import asked as asked_in_portal
from tests.test_openapi import described
from tests.threads import in_threads

pytestmark = pytest.mark.django_db
MOST = 5
LASTS = 8  # seconds


@pytest.fixture
def few(settings):
    """In a minute that lasts: in the next one there is room again."""
    with connection.cursor() as cursor:
        cursor.execute(rate.LEFT)
        (left,) = cursor.fetchone()
    if left < LASTS:
        time.sleep(left)
    settings.SHARING_CALLS_A_MINUTE = MOST
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    return settings


@pytest.fixture
def finance():
    return cast.department().organisation


def next_minute():
    CallsMade.objects.update(minute=F("minute") - timedelta(minutes=1))


@pytest.mark.usefixtures("few")
def test_when_the_minute_is_full_a_call_is_refused_with_the_time_to_wait(finance):
    program = Program(finance)
    program.ask_for_token()
    assert [program.call().status_code for _ in range(MOST)] == [200] * (MOST - 1) + [429]
    answer = program.call()
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["type"]) == ("R-953", "/problems/calls-too-often")
    assert 1 <= int(answer["Retry-After"]) <= 60
    next_minute()
    assert program.call().status_code == 200


@pytest.mark.usefixtures("few")
def test_other_keys_addresses_and_what_a_header_says_make_no_room(finance):
    programs = [Program(finance), Program(finance)]
    answers = []
    for number in range(10):
        program = programs[number % 2]
        if not program.token:
            program.ask_for_token(**forwarded(f"203.0.113.{number}"))
        answers.append(program.call(**forwarded(f"198.51.100.{number}", f"203.0.113.{number}")).status_code)
    assert answers == [200] * (MOST - 2) + [429] * (10 - MOST + 2)
    assert programs[0].call(**from_(ELSEWHERE)).status_code == 429


@pytest.mark.usefixtures("few")
def test_asking_for_tokens_counts_too_and_a_wrong_secret_uses_up_nobodys_calls(finance):
    program = Program(finance)
    right, program.secret = program.secret, "guessed"
    assert {program.ask_for_token().status_code for _ in range(MOST * 2)} == {401}
    program.secret = right
    answers = [program.ask_for_token() for _ in range(MOST + 1)]
    assert [each.status_code for each in answers] == [200] * MOST + [429]
    assert answers[-1].json() == {
        "error": "temporarily_unavailable",
        "error_description": "R-953 calls-too-often",
    }
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60


@pytest.mark.usefixtures("few")
def test_one_organisations_calls_leave_another_ones_alone(finance):
    theirs = Program(cast.department("telecom").organisation)
    ours = Program(finance)
    theirs.ask_for_token()
    ours.ask_for_token()
    while ours.call().status_code == 200:
        pass
    assert theirs.call().status_code == 200


@pytest.mark.usefixtures("few")
def test_calls_refused_for_their_address_use_up_nothing(finance):
    program = Program(finance)
    program.ask_for_token(**from_("203.0.113.9"))
    type(finance).objects.filter(pk=finance.pk).update(networks=["203.0.113.0/24"])
    assert {program.call(**from_(ELSEWHERE)).status_code for _ in range(MOST * 2)} == {403}
    assert program.call(**from_("203.0.113.9")).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("few")
def test_of_many_at_once_no_more_are_let_in_than_the_minute_has(finance):
    connection.ensure_connection()
    let_in, refused = [], []

    def work():
        for _ in range(4):
            try:
                rate.take(finance)
                let_in.append(1)
            except CallsTooOften:
                refused.append(1)

    in_threads(*[work] * 5)
    counted = CallsMade.objects.get()
    assert counted.calls <= MOST
    # The minute may turn while they run; then the count began anew once.
    assert MOST <= len(let_in) <= 2 * MOST
    assert len(let_in) + len(refused) == 20


def test_every_operation_of_the_api_says_that_it_is_throttled():
    for path, operations in described()["paths"].items():
        for operation in operations.values():
            if path.startswith("/api/v1/"):
                examples = operation["responses"]["429"]["content"]["application/problem+json"]["examples"]
                assert "R-953" in {each["value"]["code"] for each in examples.values()}, path


# An employer's questions


def a_machine(employer):
    client_id, secret = clients.issue(employer.organisation, ["screenings"], now=timezone.now())
    return Program(employer.organisation, client_id, secret)


def ask(program, number, **meta):
    said = {"HTTP_AUTHORIZATION": f"Bearer {program.token}", "HTTP_IDEMPOTENCY_KEY": f"question-{number}", **meta}
    return Browser().post("/api/v1/screenings", asking.body(), "application/json", **said)


def test_the_days_quota_is_the_organisations_whatever_keys_and_addresses_ask(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SHARING_SUBJECT_A_MONTH = 100
    cast.in_force()
    bank = asking.bank(daily_quota=3)
    programs = [a_machine(bank), a_machine(bank)]
    for each in programs:
        each.ask_for_token()
    answers = [ask(programs[n % 2], n, **forwarded(f"203.0.113.{n}", f"198.51.100.{n}")) for n in range(6)]
    assert [each.status_code for each in answers] == [201] * 3 + [429] * 3
    assert answers[-1].json()["code"] == "R-506"
    assert 1 <= int(answers[-1]["Retry-After"]) <= 24 * 3600
    assert QuestionsAsked.objects.get().questions == 3


@pytest.mark.usefixtures("the_court_has_decided")
def test_a_scripted_portal_in_many_sessions_asks_no_more_than_the_organisation_may(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SHARING_SUBJECT_A_MONTH = 100
    cast.in_force()
    bank = asking.bank(daily_quota=3)
    for number in range(6):
        member = members.take_in(
            bank.organisation, username=f"hr{number}", password="a long enough phrase", name="韩", role=MemberRole.HR
        )
        browser = Browser(headers={"accept-language": "en"}, **forwarded(f"203.0.113.{number}"))
        sign_in(browser, member.account)
        asked_in_portal(browser, content=f"%PDF-1.7 form {number}".encode())
    assert Screening.objects.count() == QuestionsAsked.objects.get().questions == 3


def test_by_api_and_in_the_portal_it_is_one_quota():
    cast.in_force()
    bank = asking.bank(daily_quota=1)
    asking.machine(bank.organisation)
    asking.answered(employer=bank)
    program = a_machine(bank)
    program.ask_for_token()
    # The cast's day is not today's: what was asked then is put on this one.
    QuestionsAsked.objects.update(day=timezone.localdate())
    assert ask(program, 1).status_code == 429
