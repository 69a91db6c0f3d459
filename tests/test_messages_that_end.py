"""Messages about questions do not end in silence: a month before, the person is written to, with a link that renews them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from registry import letters
from sharing.persons.mails import ordering, walking
from sharing.persons.models import News, QuestionMails
from sharing.persons.tasks import question_mails
from tests import cast, consenting, visiting
from tests.visiting import main_of, visitor
from tests.wishes import ADDRESS, DAY, HOUR, MINUTE, NOBODY, ask, go, ordered, token_of

pytestmark = pytest.mark.django_db
END = cast.NOW + 730 * DAY
A_MONTH_BEFORE = END - 30 * DAY


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_QUESTION_MAILS_DAYS = 730


def _clock(now):
    walking.forget()
    return go(now)


def test_a_month_before_messages_end_the_person_is_told_until_when_and_how_to_renew_them():
    ordered()
    assert go(A_MONTH_BEFORE - MINUTE) == 0
    assert go(A_MONTH_BEFORE) == 1
    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    assert f"end by themselves on {END:%Y-%m-%d}" in message.body
    assert "到期自动终止" in message.body
    assert re.search(r"http://127\.0\.0\.1:8000/record/link/go-on/\S+", message.body)
    assert "was asked" not in message.body


def test_it_names_neither_the_person_nor_a_listing():
    listing = cast.in_force()
    ordered()
    go(A_MONTH_BEFORE)
    (message,) = mail.outbox
    for secret in (visiting.NAME, visiting.NUMBER, listing.number, "listed", "登记号"):
        assert secret not in message.subject + message.body


def test_it_is_said_once_and_again_only_before_the_next_end(settings):
    settings.SHARING_QUESTION_MAILS_DAYS = 20
    ordered()
    assert [_clock(cast.NOW + each * DAY) for each in range(20)] == [0] * 10 + [1] + [0] * 9
    ordering.renew(consenting.person(), now=cast.NOW + 19 * DAY)
    assert [_clock(cast.NOW + each * DAY) for each in (20, 28, 29, 30)] == [0, 0, 1, 0]


def test_what_was_renewed_before_it_could_be_said_is_not_said(monkeypatch):
    ordered()
    with monkeypatch.context() as patch:
        patch.setattr(letters, "sent", lambda message, about: False)
        go(A_MONTH_BEFORE)
    ordering.renew(consenting.person(), now=A_MONTH_BEFORE + MINUTE)
    assert go(A_MONTH_BEFORE + HOUR) == 0


def test_another_address_is_not_told_that_the_former_one_ends():
    ordered()
    go(A_MONTH_BEFORE - HOUR)
    QuestionMails.objects.update(mailed_at=A_MONTH_BEFORE - MINUTE)
    assert go(A_MONTH_BEFORE) == 0, "at most one message an hour"
    ordered(address="new@mail.example", now=A_MONTH_BEFORE + MINUTE)
    assert go(A_MONTH_BEFORE + 2 * HOUR) == 0
    assert not News.objects.exists()


def test_the_link_renews_them_for_another_period_and_to_open_it_does_nothing():
    link = f"/record/link/go-on/{token_of(ordered(now=timezone.now()), 'go-on')}/"
    QuestionMails.objects.update(ends_at=(soon := timezone.now() + DAY))
    stranger = visitor("")
    assert "Renew the messages" in main_of(stranger.get(link))
    assert QuestionMails.objects.get().ends_at == soon
    assert "Renewed" in main_of(stranger.post(link))
    assert QuestionMails.objects.get().ends_at > soon + 700 * DAY


@pytest.mark.parametrize("of", ["confirm", "end"])
def test_a_link_for_something_else_renews_nothing(of):
    mails = ordered()
    token = token_of(mails, of)
    assert visitor("").post(f"/record/link/go-on/{token}/").status_code == 404


def test_an_address_that_nobody_confirmed_is_not_told_and_not_renewed():
    waiting = ordering.begin(consenting.person(*NOBODY), "other@mail.example", now=cast.NOW)
    assert go(A_MONTH_BEFORE) == 0
    assert visitor("").post(f"/record/link/go-on/{token_of(waiting, 'go-on')}/").status_code == 404


@pytest.mark.parametrize("days", [1, 10, 59])
def test_a_short_period_is_said_to_end_when_half_of_it_is_over(settings, days):
    settings.SHARING_QUESTION_MAILS_DAYS = days
    ordered()
    half = cast.NOW + timedelta(days=days) / 2
    assert (go(half - MINUTE), go(half)) == (0, 1)


def test_a_question_in_the_same_hour_is_in_the_same_message(settings):
    settings.SHARING_QUESTION_MAILS_DAYS = 20
    ordered()
    ask(now=cast.NOW + 10 * DAY - MINUTE)
    assert go(cast.NOW + 10 * DAY) == 1
    (message,) = mail.outbox
    assert "A question about you was asked." in message.body
    assert "end by themselves" in message.body


def test_the_clock_says_it_and_once(monkeypatch):
    ordered()
    monkeypatch.setattr("registry.agreed_time.moment", lambda: A_MONTH_BEFORE)
    question_mails()
    question_mails()
    assert [each.to for each in mail.outbox] == [[ADDRESS]]


def test_the_page_says_that_they_are_announced_before_they_end():
    page = main_of(visitor().get("/record/mails/"))
    assert "Before they end by themselves, a message says so" in page
