"""Questions asked at the same time, and while the listing is being withdrawn."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from unittest import mock

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from registry.actions.acting import digest_lock
from registry.errors import (
    ConsentNeeded,
    EmployerSuspended,
    PurposeUnknown,
    QuotaReached,
    Refusal,
    SubjectQuotaReached,
)
from registry.models import Event, EventType
from sharing.employers import overseeing
from sharing.employers import screening as questions
from sharing.employers.models import Consent, QuestionsAsked, Screening, ScreeningOutcome
from tests import asking, cast
from tests.benchmarks import planted
from tests.racing import Asked, Race
from tests.threads import first_paused, in_threads

MOST_RACES = 8
LISTED, NOT_LISTED = ScreeningOutcome.LISTED, ScreeningOutcome.NOT_LISTED

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def the_court_has_decided(settings: Settings) -> None:
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.SHARING_SUBJECT_A_MONTH = 1000


def wait_until_somebody_waits_for(digest: bytes) -> None:
    key = digest_lock(digest) % 2**64
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
                "AND classid = %s::bigint::oid AND objid = %s::bigint::oid",
                [key >> 32, key & 0xFFFFFFFF],
            )
            if cursor.fetchone() == (1,):
                return
            time.sleep(0.01)
    pytest.fail("nobody waited for the lock of the document")


def test_two_at_once_with_one_key_are_one_record() -> None:
    cast.in_force()
    employer, asked = asking.bank(), asking.question()
    asking.machine(employer.organisation)
    answers: list[bytes] = []

    def work() -> None:
        answers.append(asking.answered(asked, employer).answer)

    in_threads(*[work] * 4)
    assert len(set(answers)) == 1
    assert (Screening.objects.count(), Consent.objects.count(), QuestionsAsked.objects.get().questions) == (1, 1, 1)


def test_two_at_once_cannot_pass_the_last_place_of_the_quota_or_share_a_consent() -> None:
    employer, attestation = asking.bank(daily_quota=3), asking.attested()
    asking.machine(employer.organisation)
    shared = [asking.question(consent=attestation) for _ in range(3)]
    own = [asking.question() for _ in range(4)]
    refused: list[type[Refusal]] = []

    def work(asked: Any) -> None:
        try:
            asking.answered(asked, employer)
        except (QuotaReached, ConsentNeeded) as refusal:
            refused.append(type(refusal))

    in_threads(*[lambda asked=asked: work(asked) for asked in (*shared, *own)])
    assert Screening.objects.count() == QuestionsAsked.objects.get().questions == 3
    assert Screening.objects.filter(consent__document_sha256=attestation.document_sha256).count() <= 1
    assert len(refused) == 4


def test_a_withdrawal_waits_until_the_positive_answer_is_recorded() -> None:
    listing = cast.in_force()
    employer = asking.bank()
    asking.machine(employer.organisation)
    digest = bytes(listing.party.person.documents.get().digest)
    done = threading.Event()

    def withdraw() -> None:
        cast.withdrawn(listing)
        done.set()

    def screen() -> None:
        with transaction.atomic():
            assert asking.answered(employer=employer).outcome == LISTED
            withdrawing.start()
            wait_until_somebody_waits_for(digest)
            assert not done.is_set()

    withdrawing = threading.Thread(target=lambda: in_threads(withdraw))
    in_threads(screen)
    withdrawing.join()
    assert done.is_set()
    assert Screening.objects.get(listing=listing).as_of < Event.objects.get(type=EventType.WITHDRAWN).position


def test_no_question_asked_after_the_withdrawal_was_decided_is_answered_listed() -> None:
    listing = cast.in_force()
    employer = asking.bank()
    asking.machine(employer.organisation)
    withdrawn_at: list[int] = []
    begun: list[tuple[int, Screening]] = []

    def withdraw() -> None:
        while len(begun) < 20:
            time.sleep(0.001)
        cast.withdrawn(listing)
        withdrawn_at.append(time.monotonic_ns())

    def screen() -> None:
        after = 0
        while after < 5:
            after += bool(withdrawn_at)
            started = time.monotonic_ns()
            begun.append((started, asking.answered(employer=employer)))

    in_threads(withdraw, screen, screen, screen)
    position = Event.objects.get(type=EventType.WITHDRAWN).position
    for started, screening in begun:
        assert (screening.outcome == LISTED) == (screening.as_of < position)
        assert screening.outcome == NOT_LISTED or started < withdrawn_at[0]
    assert {screening.outcome for _, screening in begun} == {LISTED, NOT_LISTED}


def raced(number: str = cast.DEFENDANT_NUMBER, questions: int = 40) -> Race:
    """A person is published and withdrawn while three ask about her; so many questions after either act."""
    listing, race = cast.submitted(cast.party(cast.person(number))), Race()
    employer = asking.bank(daily_quota=10_000)
    asking.machine(employer.organisation)

    def act() -> None:
        cast.approve(listing, number)
        race.published = time.monotonic_ns()
        while len(race.while_listed) < questions:
            time.sleep(0.001)
        race.withdrawing = time.monotonic_ns()
        cast.withdrawn(cast.fresh(listing))
        race.withdrawn = time.monotonic_ns()

    def screen() -> None:
        while len(race.after_withdrawal) < questions:
            begun = time.monotonic_ns()
            question = asking.question(document_number=number)
            listed = asking.answered(question, employer=employer).outcome == LISTED
            race.asked.append(Asked(begun, time.monotonic_ns(), listed))

    in_threads(act, screen, screen, screen)
    return race


@contextmanager
def an_old_copy_of_the_book(seconds: float) -> Iterator[None]:
    planted.read_from_a_copy(seconds)
    try:
        yield
    finally:
        mock.patch.stopall()


def test_whatever_is_begun_after_an_act_was_answered_is_answered_by_it() -> None:
    race = raced()
    assert (race.wrongly_unlisted, race.wrongly_listed) == ([], [])
    assert min(len(race.while_listed), len(race.after_withdrawal)) >= 40


def test_an_old_copy_of_the_book_would_be_caught() -> None:
    """Now and then a copy is renewed between an act and the next question, and betrays nothing: one in several races does."""
    races: list[Race] = []
    with an_old_copy_of_the_book(seconds=0.3):
        while len(races) < MOST_RACES and not _both_caught(races):
            races.append(raced(cast.resident(f"11010519880304{601 + len(races)}")))
    assert _both_caught(races)


def _both_caught(races: list[Race]) -> bool:
    return any(race.wrongly_unlisted for race in races) and any(race.wrongly_listed for race in races)


def test_of_questions_at_once_about_one_person_no_more_are_answered_than_a_month_has(settings: Settings) -> None:
    settings.SHARING_SUBJECT_A_MONTH = 2
    employer = asking.bank()
    asking.machine(employer.organisation)
    about = [asking.question(document_number=cast.APPLICANT_NUMBER, name="王某") for _ in range(8)]
    answered: list[str] = []

    def work(asked: Any) -> None:
        try:
            answered.append(str(asking.answered(asked, employer).outcome))
        except SubjectQuotaReached:
            answered.append("refused")

    in_threads(*[partial(work, each) for each in about])
    assert sorted(answered) == ["not_listed"] * 2 + ["refused"] * 6


@pytest.mark.parametrize("paused", ["_meant", "_decide"])
def test_what_is_under_way_when_its_employer_is_suspended_is_answered_before_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, paused: str
) -> None:
    """Between the look at the employer and the answer the suspension comes: it waits until the answer is recorded."""
    employer = asking.bank()
    asking.machine(employer.organisation)
    told: list[str] = []

    def suspend() -> None:
        overseeing.suspend(employer, officer=cast.high_court_registrar(), reason="Looked into", now=cast.NOW)
        told.append("suspended")

    def screen() -> None:
        asking.answered(employer=employer)
        told.append("answered")

    cast.high_court_registrar()
    first_paused(monkeypatch, questions, paused, screen, suspend)
    assert told == ["answered", "suspended"]


def test_for_a_purpose_that_is_taken_away_while_a_question_is_under_way_nothing_is_answered_after_it() -> None:
    employer = asking.bank()
    entry = replace(overseeing.entry_of(employer), admitted_for=["transport_recruitment"])
    overseeing.amend(asking.bank(), entry, officer=cast.high_court_registrar(), reason="no bank", now=cast.NOW)
    with pytest.raises(PurposeUnknown):
        asking.answered(employer=employer)


def test_whoever_read_that_the_employer_may_ask_before_it_was_suspended_is_answered_nothing() -> None:
    employer = asking.bank()
    assert employer.organisation.suspended_at is None
    overseeing.suspend(asking.bank(), officer=cast.high_court_registrar(), reason="Looked into", now=cast.NOW)
    with pytest.raises(EmployerSuspended):
        asking.answered(employer=employer)
    assert (Screening.objects.count(), Consent.objects.count(), QuestionsAsked.objects.count()) == (0, 0, 0)
