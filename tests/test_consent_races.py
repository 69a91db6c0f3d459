"""Consents used, given and revoked at the same time."""

from __future__ import annotations

import hashlib
import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from registry.errors import ConsentCodeRevoked, ConsentCodeSpent, ConsentLinkDead, Refusal
from sharing.employers import calling, giving, judging
from sharing.employers.consent import Attestation
from sharing.employers.judging import Compared
from sharing.employers.models import Consent, ConsentCode, QuestionsAsked, Screening
from tests import asking, cast, consenting, papers
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("the_court_has_decided")]


def test_of_four_uses_at_once_exactly_one_is_answered() -> None:
    cast.in_force()
    code = consenting.given()
    refused: list[type[Refusal]] = []

    def work(question: Any) -> None:
        try:
            asking.answered(question)
        except ConsentCodeSpent as refusal:
            refused.append(type(refusal))

    typed = consenting.typed(code)
    questions = [asking.question(consent=typed) for _ in range(4)]
    in_threads(*[lambda asked=asked: work(asked) for asked in questions])
    assert (Screening.objects.count(), Consent.objects.count(), QuestionsAsked.objects.get().questions) == (1, 1, 1)
    assert len(refused) == 3


def test_the_same_question_four_times_at_once_is_one_answer() -> None:
    question = asking.question(consent=consenting.typed(consenting.given()))
    answers: list[bytes] = []
    in_threads(*[lambda: answers.append(asking.answered(question).answer)] * 4)
    assert (len(answers), len(set(answers)), Screening.objects.count()) == (4, 1, 1)


def test_of_two_people_who_agree_at_once_one_has_given_it() -> None:
    request = consenting.requested().request
    people = [consenting.person(), consenting.person(cast.APPLICANT_NUMBER, "王小明")]
    late: list[str] = []
    evidence = consenting.evidence()

    def work(person: Any) -> None:
        try:
            giving.agree(request.pk, request.link_mark, person, evidence=evidence, now=cast.NOW)
        except ConsentLinkDead:
            late.append("late")

    in_threads(*[lambda person=person: work(person) for person in people])
    assert (ConsentCode.objects.count(), late) == (1, ["late"])


def test_a_revocation_waits_for_the_question_that_is_being_answered() -> None:
    code = consenting.given()
    in_time: list[bool] = []
    asked, done = threading.Event(), threading.Event()

    def revoke() -> None:
        asked.wait(10)
        in_time.append(giving.revoke(code.pk, consenting.person(), now=cast.NOW))
        done.set()

    def screen() -> None:
        with transaction.atomic():
            asking.answered(asking.question(consent=consenting.typed(code)))
            asked.set()
            assert not done.wait(0.3)
        connection.close()

    in_threads(revoke, screen)
    assert in_time == [False]


def test_a_question_waits_for_the_revocation_and_is_refused() -> None:
    code = consenting.given()
    asking.machine(asking.bank().organisation)
    revoked, refused = threading.Event(), threading.Event()

    def revoke() -> None:
        with transaction.atomic():
            assert giving.revoke(code.pk, consenting.person(), now=cast.NOW)
            revoked.set()
            assert not refused.wait(0.3)

    def screen() -> None:
        revoked.wait(10)
        with pytest.raises(ConsentCodeRevoked):
            asking.answered(asking.question(consent=consenting.typed(code)))
        refused.set()

    in_threads(revoke, screen)
    assert not Screening.objects.exists()


def test_a_revocation_waits_for_the_verdict_on_the_question(settings: Settings) -> None:
    settings.SHARING_HELD_SHARE = 1.0
    code = consenting.given()
    waiting = asking.answered(asking.question(consent=consenting.typed(code)))
    officer = cast.high_court_registrar()
    compared = Compared(document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高䶮")
    in_time: list[bool] = []
    judged, done = threading.Event(), threading.Event()

    def revoke() -> None:
        judged.wait(10)
        in_time.append(giving.revoke(code.pk, consenting.person(), now=cast.NOW))
        done.set()

    def judge() -> None:
        with transaction.atomic():
            judging.confirm(waiting.pk, compared, officer=officer, reason="", now=cast.NOW)
            judged.set()
            assert not done.wait(0.3)
        connection.close()

    in_threads(revoke, judge)
    assert in_time == [False]


def test_a_revocation_waits_for_the_verdict_on_the_form(settings: Settings) -> None:
    settings.SHARING_HELD_SHARE = 1.0
    form = papers.pdf("the signed form of an invented person")
    signed = Attestation(document_sha256=hashlib.sha256(form).hexdigest(), signed_on=date(2026, 11, 20))
    waiting = asking.answered(asking.question(consent=signed))
    calling.call_in(now=cast.NOW)
    calling.show(waiting, form, now=cast.NOW)
    consent = Consent.objects.get()
    officer = cast.high_court_registrar()
    compared = Compared(document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高䶮")
    in_time: list[bool] = []
    judged, done = threading.Event(), threading.Event()

    def revoke() -> None:
        judged.wait(10)
        in_time.append(giving.revoke(consent.pk, consenting.person(), now=cast.NOW))
        done.set()

    def judge() -> None:
        with transaction.atomic():
            judging.confirm(waiting.pk, compared, officer=officer, reason="", now=cast.NOW)
            judged.set()
            assert not done.wait(0.3)
        connection.close()

    in_threads(revoke, judge)
    assert in_time == [False]
