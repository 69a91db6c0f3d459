"""Many questions asked together: each gets what it would get alone, and all are recorded or none."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from registry.errors import (
    CheckDigit,
    ConsentNeeded,
    EmployerSuspended,
    IdempotencyKeyNeeded,
    IdempotencyKeyReused,
    PostUnknown,
    QuotaReached,
    Refusal,
    SubjectQuotaReached,
)
from sharing.employers import overseeing, padding, screening
from sharing.employers.models import Consent, Employer, QuestionsAsked, Screening
from sharing.employers.question import Question
from tests import asking, cast
from tests.threads import in_threads

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_court_has_decided(settings: Settings) -> None:
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.SHARING_HELD_SHARE = 0.0
    settings.SHARING_SUBJECT_A_MONTH = 1000


def asked(questions: list[Question], employer: Employer | None = None, now: Any = cast.NOW) -> list[Any]:
    employer = employer or asking.bank()
    machine = asking.machine(employer.organisation)
    return screening.ask_many(questions, employer=employer.organisation, asker=machine, now=now)


def outcomes(answered: list[Any]) -> list[str]:
    return [type(each).__name__ if isinstance(each, Refusal) else str(each.outcome) for each in answered]


def about_an_applicant(**changes: object) -> Question:
    return asking.question(document_number=cast.APPLICANT_NUMBER, name="王某", **changes)


def test_each_question_gets_in_its_place_what_it_would_get_alone():
    cast.in_force()
    questions = [
        about_an_applicant(),
        asking.question(),
        asking.question(name="高某"),
        asking.question(post="astronaut"),
        asking.question(document_number=cast.DEFENDANT_NUMBER[:-1] + "0"),
        asking.question(consent=None),
        asking.question(idempotency_key=""),
        about_an_applicant(),
    ]
    answered = asked(questions)
    assert outcomes(answered) == [
        "not_listed",
        "listed",
        "pending",
        PostUnknown.__name__,
        CheckDigit.__name__,
        ConsentNeeded.__name__,
        IdempotencyKeyNeeded.__name__,
        "not_listed",
    ]
    given_alone = [asking.answered(asking.question()), asking.answered(about_an_applicant())]
    for together, alone in zip([answered[1], answered[0]], given_alone, strict=True):
        assert asking.told(together).keys() == asking.told(alone).keys()
        assert asking.told(together)["listing"] == asking.told(alone)["listing"]
    assert Screening.objects.count() == Consent.objects.count() == 4 + 2


def test_every_answer_is_about_its_own_applicant():
    cast.in_force()
    first, second = asked([asking.question(), about_an_applicant()])
    for screened, number in ((first, cast.DEFENDANT_NUMBER), (second, cast.APPLICANT_NUMBER)):
        alone = asking.answered(asking.question(document_number=number))
        assert bytes(screened.subject_digest) == bytes(alone.subject_digest)
        assert screened.consent.subject_digest == screened.subject_digest
    assert first.code_digest != second.code_digest
    assert first.status_index != second.status_index


def test_the_quota_is_given_to_the_first_and_the_later_ones_are_refused():
    employer = asking.bank(daily_quota=3)
    asking.answered(about_an_applicant(), employer)
    answered = asked([about_an_applicant() for _ in range(4)], employer)
    assert outcomes(answered) == ["not_listed", "not_listed", QuotaReached.__name__, QuotaReached.__name__]
    assert QuestionsAsked.objects.get().questions == 3
    assert Consent.objects.count() == Screening.objects.count() == 3


def test_a_question_that_is_held_takes_ten_of_the_quota_among_others_too():
    cast.in_force()
    employer = asking.bank(daily_quota=11)
    answered = asked([asking.question(name="高某"), about_an_applicant(), about_an_applicant()], employer)
    assert outcomes(answered) == ["pending", "not_listed", QuotaReached.__name__]


def test_those_refused_take_nothing_of_the_quota():
    employer = asking.bank(daily_quota=1)
    answered = asked([asking.question(consent=None), about_an_applicant()], employer)
    assert outcomes(answered) == [ConsentNeeded.__name__, "not_listed"]


def test_one_applicant_is_asked_about_so_often_among_many_and_no_more(settings: Settings):
    settings.SHARING_SUBJECT_A_MONTH = 3
    employer = asking.bank()
    asking.answered(about_an_applicant(), employer, now=cast.NOW - timedelta(days=1))
    answered = asked([about_an_applicant() for _ in range(3)], employer)
    assert outcomes(answered) == ["not_listed", "not_listed", SubjectQuotaReached.__name__]


def test_the_same_questions_again_are_answered_with_the_same_bytes_and_count_nothing():
    cast.in_force()
    questions = [asking.question(), about_an_applicant()]
    before = [each.answer for each in asked(questions)]
    assert [each.answer for each in asked(questions, now=cast.NOW + timedelta(days=60))] == before
    assert QuestionsAsked.objects.get().questions == 2


def test_a_key_of_another_question_is_refused_and_the_others_are_answered():
    used = about_an_applicant()
    asking.answered(used)
    answered = asked([asking.question(idempotency_key=used.idempotency_key), about_an_applicant()])
    assert outcomes(answered) == [IdempotencyKeyReused.__name__, "not_listed"]


def test_a_form_that_was_used_is_refused_and_the_others_are_answered():
    used = about_an_applicant()
    asking.answered(used)
    answered = asked([about_an_applicant(consent=used.consent), about_an_applicant()])
    assert outcomes(answered) == [ConsentNeeded.__name__, "not_listed"]


def test_one_form_counts_once_among_those_asked_together():
    once = about_an_applicant()
    answered = asked([once, about_an_applicant(consent=once.consent), about_an_applicant()])
    assert outcomes(answered) == ["not_listed", ConsentNeeded.__name__, "not_listed"]
    assert QuestionsAsked.objects.get().questions == 2


def test_a_suspended_employer_gets_no_answer_at_all():
    employer = asking.bank()
    overseeing.suspend(employer, officer=None, reason="too many", now=cast.NOW)
    employer.organisation.refresh_from_db()
    assert outcomes(asked([about_an_applicant()] * 2, employer)) == [EmployerSuspended.__name__] * 2


def test_how_many_are_asked_together_does_not_change_the_number_of_statements():
    employer = asking.bank()
    asked([about_an_applicant()], employer)
    counts = []
    for many in (2, 40):
        numbers = [cast.resident(f"11010119900101{many + n:03d}") for n in range(many)]
        questions = [asking.question(document_number=number, name="王某") for number in numbers]
        with CaptureQueriesContext(connection) as queries:
            assert set(outcomes(asked(questions, employer))) == {"not_listed"}
        counts.append(len(queries))
    assert counts[0] == counts[1]


@given(st.binary(max_size=200).map(lambda raw: b'{"a":"' + raw.hex().encode() + b'"}'))
def test_padding_comes_off_as_it_went_on(body: bytes):
    assert len(padding.padded(body)) == padding.ANSWER_BYTES
    assert padding.bare(padding.padded(body)) == body == padding.bare(body)
    assert padding.padded(padding.padded(body)) == padding.padded(body)


def both_spend_their_consents_at_once(monkeypatch):
    spend, meeting = Consent.objects.bulk_create, threading.Barrier(2, timeout=10)

    def spend_together(consents):
        if len(consents) > 1:
            meeting.wait()
        return spend(consents)

    monkeypatch.setattr(Consent.objects, "bulk_create", spend_together)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", [asking.bank, asking.courier_company])
def test_two_who_ask_with_the_same_forms_at_once_get_each_answer_once(other, monkeypatch):
    forms = [asking.attested() for _ in range(100)]
    mine = [about_an_applicant(consent=form) for form in forms]
    theirs = [about_an_applicant(consent=form) for form in reversed(forms)]
    askers = [(mine, asking.bank()), (theirs, other())]
    results = {}
    for _, employer in askers:
        asked([about_an_applicant()], employer)
    if other is asking.courier_company:  # of one employer the second waits for the first
        both_spend_their_consents_at_once(monkeypatch)

    def work(number):
        results[number] = outcomes(asked(*askers[number]))

    in_threads(*[partial(work, number) for number in range(2)])
    pairs = [sorted(pair) for pair in zip(results[0], reversed(results[1]), strict=True)]
    assert pairs == [[ConsentNeeded.__name__, "not_listed"]] * len(forms)
    assert Consent.objects.count() == len(askers) + len(forms)
