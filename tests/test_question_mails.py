"""Whoever wants it is written to when a question about him is asked: confirmed, about nobody, at most once an hour."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from config.logs import PlainLines
from config.redaction import HIDDEN
from registry.errors import MailAddressesSpent, MailAddressShape, MailLinkDead
from registry.keys import new_key
from sharing.employers import calling
from sharing.persons.mails import ordering
from sharing.persons.models import FormerAddress, MailAddressTry, News, QuestionMails, QuestionMailsDigest
from tests import cast, consenting, visiting
from tests.test_answers_that_waited import judged, waits_on_a_code, waits_on_a_form
from tests.threads import in_threads
from tests.visiting import main_of, visitor
from tests.wishes import ADDRESS, DAY, HOUR, MINUTE, NOBODY, ask, go, ordered, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SUBJECT_A_MONTH = 100


# Ordered, confirmed, ended


def test_the_whole_way_on_the_pages():
    browser = visitor()
    assert "Begin" in main_of(browser.get("/record/mails/"))
    page = main_of(browser.post("/record/mails/", {"address": f" {ADDRESS} "}, follow=True))
    assert f"A link was sent to {ADDRESS}" in page
    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    (link,) = re.findall(r"http://127\.0\.0\.1:8000(/record/link/confirm/\S+)", message.body)
    stranger = visitor("")
    assert "Confirm this address" in main_of(stranger.get(link))
    assert ordering.ordered(consenting.person(), now=timezone.now()).running is None, "to open a link does nothing"
    assert "Confirmed." in main_of(stranger.post(link))
    page = main_of(browser.get("/record/mails/"))
    assert f"Messages go to {ADDRESS}" in page
    assert "Renewed" in main_of(browser.post("/record/mails/renew/", follow=True))
    assert "Ended." in main_of(browser.post("/record/mails/stop/", follow=True))
    assert not QuestionMails.objects.exists()


def test_each_message_has_a_link_that_ends_them():
    ordered()
    ask()
    assert go(cast.NOW + MINUTE) == 1
    (link,) = re.findall(r"http://127\.0\.0\.1:8000(/record/link/end/\S+)", mail.outbox[-1].body)
    stranger = visitor("")
    QuestionMails.objects.update(ends_at=timezone.now() + DAY)
    assert "End the messages" in main_of(stranger.get(link))
    assert QuestionMails.objects.exists()
    assert "Ended." in main_of(stranger.post(link))
    assert not QuestionMails.objects.exists()
    assert not News.objects.exists()
    assert stranger.post(link).status_code == 404


def test_nothing_goes_to_an_address_that_is_not_confirmed():
    ordering.begin(consenting.person(), ADDRESS, now=cast.NOW)
    ask()
    assert go(cast.NOW + MINUTE) == 0


@pytest.mark.parametrize(
    "typed", ["", "gao", "gao@", "a@b.example\nBcc: x@y.example", "高@@x", "a" * 250 + "@b.example"]
)
def test_what_is_no_address_is_refused_beside_the_field_and_nothing_is_sent(typed):
    page = visitor().post("/record/mails/", {"address": typed})
    assert "There is a problem" in main_of(page)
    assert mail.outbox == []
    assert not QuestionMails.objects.exists()
    if typed:
        with pytest.raises(MailAddressShape):
            ordering.begin(consenting.person(), typed, now=cast.NOW)


def test_nobody_has_others_mailboxes_filled():
    for number in range(ordering.ADDRESSES_A_DAY):
        ordering.begin(consenting.person(), f"a{number}@mail.example", now=cast.NOW)
    with pytest.raises(MailAddressesSpent):
        ordering.begin(consenting.person(), ADDRESS, now=cast.NOW)
    ordering.begin(consenting.person(*NOBODY), ADDRESS, now=cast.NOW)
    ordering.begin(consenting.person(), ADDRESS, now=cast.NOW + DAY)


def test_neither_confirming_nor_ending_gives_further_addresses():
    for number in range(ordering.ADDRESSES_A_DAY):
        mails = ordering.begin(consenting.person(), f"a{number}@mail.example", now=cast.NOW)
        ordering.confirm(token_of(mails, "confirm"), now=cast.NOW)
        ordering.end(consenting.person(), now=cast.NOW)
    assert not QuestionMails.objects.exists()
    with pytest.raises(MailAddressesSpent):
        ordering.begin(consenting.person(), ADDRESS, now=cast.NOW + DAY - MINUTE)
    ordering.forget(now=cast.NOW + DAY)
    assert not MailAddressTry.objects.exists()
    ordering.begin(consenting.person(), ADDRESS, now=cast.NOW + DAY)


@pytest.mark.django_db(transaction=True)
def test_many_addresses_at_once_are_no_more_addresses():
    refused = []

    def give(number):
        try:
            ordering.begin(consenting.person(), f"a{number}@mail.example", now=cast.NOW)
        except MailAddressesSpent:
            refused.append(number)

    in_threads(*[lambda number=each: give(number) for each in range(8)])
    assert (len(refused), QuestionMails.objects.count()) == (3, ordering.ADDRESSES_A_DAY)


@pytest.mark.parametrize("spoilt", ["late", "unknown", "of the other kind", "changed"])
def test_a_link_that_does_not_hold_is_refused(spoilt):
    mails = ordering.begin(consenting.person(), ADDRESS, now=cast.NOW)
    token = token_of(mails, "end" if spoilt == "of the other kind" else "confirm")
    if spoilt == "unknown":
        QuestionMails.objects.all().delete()
    if spoilt == "changed":
        token = token[:-1] + ("A" if token[-1] != "A" else "B")
    with pytest.raises(MailLinkDead):
        ordering.confirm(token, now=cast.NOW + (DAY if spoilt == "late" else MINUTE))


@pytest.mark.parametrize("tail", [".", "/.", "/。", "/x/", " b"])
def test_a_link_with_something_behind_it_is_answered_as_one_that_is_dead(tail):
    mails = ordering.begin(consenting.person(), ADDRESS, now=timezone.now())
    path = ordering.link(mails, "confirm").removeprefix("http://127.0.0.1:8000").rstrip("/")
    answer = visitor("").get(f"{path}{tail}", follow=True)
    assert (answer.status_code, "R-735" in visiting.text_of(answer)) == (404, True)


def test_a_new_address_takes_the_place_of_the_one_before_once_it_is_confirmed():
    ordered()
    later = ordering.begin(consenting.person(), "new@mail.example", now=cast.NOW + MINUTE)
    ask(now=cast.NOW + MINUTE)
    go(cast.NOW + 2 * MINUTE)
    assert mail.outbox[-1].to == [ADDRESS]
    for _ in range(2):
        ordering.confirm(token_of(later, "confirm"), now=cast.NOW + HOUR)
    assert [each.address for each in QuestionMails.objects.all()] == ["new@mail.example"]


def test_who_ends_them_ends_what_waits_for_a_confirmation_too():
    ordered()
    waiting = ordering.begin(consenting.person(), "mistyped@mail.example", now=cast.NOW + MINUTE)
    others = ordering.begin(consenting.person(*NOBODY), "other@mail.example", now=cast.NOW + MINUTE)
    link = token_of(waiting, "confirm")
    ordering.end(consenting.person(), now=cast.NOW + HOUR)
    with pytest.raises(MailLinkDead):
        ordering.confirm(link, now=cast.NOW + 2 * HOUR)
    assert list(QuestionMails.objects.all()) == [others]
    assert [bytes(each.address_sealed) for each in FormerAddress.objects.all()] != [bytes(waiting.address_sealed)]
    assert FormerAddress.objects.count() == 1


def test_a_link_that_waits_is_taken_back_on_the_page_where_nothing_runs():
    browser = visitor()
    browser.post("/record/mails/", {"address": "mistyped@mail.example"})
    page = browser.get("/record/mails/").content.decode()
    assert 'action="/record/mails/stop/"' in page
    answer = main_of(browser.post("/record/mails/stop/", follow=True))
    assert "The link opens nothing any more" in answer
    assert "One last message" not in answer.partition("</h1>")[0]
    assert not QuestionMails.objects.exists()


def test_they_end_by_themselves_and_leave_nothing(settings):
    settings.SHARING_QUESTION_MAILS_DAYS = 10
    ordered()
    ordering.begin(consenting.person(*NOBODY), "other@mail.example", now=cast.NOW)
    over = cast.NOW + timedelta(days=10)
    ask(now=over)
    assert go(over + MINUTE) == 0
    assert ordering.forget(now=over + MINUTE) == 2
    assert not QuestionMailsDigest.objects.exists()


def test_they_are_renewed(settings):
    settings.SHARING_QUESTION_MAILS_DAYS = 10
    ordered()
    ordering.renew(consenting.person(), now=cast.NOW + timedelta(days=9))
    assert QuestionMails.objects.get().ends_at == cast.NOW + timedelta(days=19)


def test_of_another_person_nothing_is_seen_renewed_or_ended():
    ordered(now=timezone.now())
    browser = visitor(*NOBODY)
    assert ADDRESS not in main_of(browser.get("/record/mails/"))
    assert browser.post("/record/mails/renew/").status_code == 409
    browser.post("/record/mails/stop/")
    assert QuestionMails.objects.exists()


def test_the_address_and_whom_it_is_about_are_sealed_at_rest():
    ordered()
    with connection.cursor() as cursor:
        cursor.execute("SELECT persons_questionmails::text FROM persons_questionmails")
        (row,) = cursor.fetchone()
    for secret in (ADDRESS, visiting.NUMBER, "高䶮"):
        assert secret not in row
        assert secret.encode().hex() not in row


def test_what_opens_something_by_its_address_is_in_no_log():
    mails = ordering.begin(consenting.person(), ADDRESS, now=cast.NOW)
    path = ordering.link(mails, "end").removeprefix("http://127.0.0.1:8000")
    assert token_of(mails, "end") not in PlainLines().format(_line(f"Not Found: {path}"))
    assert HIDDEN in PlainLines().format(_line(f"Not Found: {path}"))


def _line(words):
    return logging.LogRecord("x", logging.INFO, "x", 1, words, (), None)


# What is written


def test_it_says_that_a_question_was_asked_and_names_nobody():
    cast.in_force()
    ordered()
    screening = ask()
    assert go(cast.NOW + MINUTE) == 1
    message = mail.outbox[-1]
    assert "A question about you was asked." in message.body
    assert "/record/asked/" in message.body
    for secret in ("bank", "高", visiting.NUMBER, screening.pk, "listed", "有效登记"):
        assert secret not in message.subject + message.body


def test_the_message_reads_alike_whatever_was_answered():
    ordered()
    ordered(consenting.person(*NOBODY), "other@mail.example")
    cast.in_force()
    ask()
    ask(document_number=NOBODY[0], name=NOBODY[1])
    go(cast.NOW + MINUTE)
    first, second = (re.sub(r"/end/\S+", "", each.body) for each in mail.outbox[-2:])
    assert first == second


def test_at_most_one_in_an_hour_and_none_is_forgotten():
    ordered()
    sent = []
    for minute in range(0, 180, 10):
        ask(now=cast.NOW + minute * MINUTE)
        sent.append(go(cast.NOW + (minute + 1) * MINUTE))
    assert sum(sent) == 3
    assert News.objects.filter(told_at=None).exists()
    assert go(cast.NOW + 182 * MINUTE) == 1
    assert not News.objects.filter(told_at=None).exists()


def test_a_question_before_the_confirmation_is_no_news():
    ask(now=cast.NOW - MINUTE)
    ordered()
    assert go(cast.NOW + MINUTE) == 0


def test_a_question_about_somebody_else_is_no_news():
    ordered()
    ask(document_number=NOBODY[0], name=NOBODY[1])
    assert go(cast.NOW + MINUTE) == 0


def test_that_an_answer_became_void_is_said_too(settings):
    settings.SHARING_HELD_SHARE = 1.0
    ordered()
    ask()
    calling.call_in(now=cast.NOW)
    go(cast.NOW + MINUTE)
    late = cast.NOW + timedelta(days=8)
    calling.tell(now=cast.NOW)
    calling.overdue(now=late)
    assert go(late + MINUTE) == 1
    assert "became void" in mail.outbox[-1].body
    assert "was asked" not in mail.outbox[-1].body


def test_that_a_question_that_waited_is_answered_is_said_too(settings):
    settings.SHARING_HELD_SHARE = 1.0
    settings.SHARING_SCOPE_LISTING = True
    cast.in_force()
    ordered()
    waiting = waits_on_a_form()
    go(cast.NOW + MINUTE)
    assert "was asked" in mail.outbox[-1].body
    later = cast.NOW + timedelta(hours=2)
    judged(waiting, now=later)
    assert go(later + MINUTE) == 1
    message = mail.outbox[-1]
    assert "有一项关于您的查询原先等待答复，现已答复。" in message.body
    assert "A question about you that had waited is answered now." in message.body
    assert "/record/asked/" in message.body
    assert "was asked" not in message.body
    for secret in ("bank", "高", visiting.NUMBER, waiting.pk, "listed", "有效登记"):
        assert secret not in message.subject + message.body
    assert go(later + DAY) == 0


def test_it_reads_alike_whatever_the_answer_is_for_which_it_waited(settings):
    settings.SHARING_HELD_SHARE = 1.0
    settings.SHARING_SCOPE_LISTING = True
    ordered()
    first = waits_on_a_code()
    go(cast.NOW + MINUTE)
    judged(first, now=cast.NOW + 2 * HOUR)
    go(cast.NOW + 2 * HOUR + MINUTE)
    cast.in_force(now=cast.NOW + 3 * HOUR)
    second = waits_on_a_form(now=cast.NOW + 4 * HOUR)
    go(cast.NOW + 4 * HOUR + MINUTE)
    judged(second, now=cast.NOW + 6 * HOUR)
    go(cast.NOW + 6 * HOUR + MINUTE)
    told = [re.sub(r"/end/\S+", "", mail.outbox[place].body) for place in (-3, -1)]
    assert {first.latest.outcome, second.latest.outcome} == {"not_listed", "listed"}
    assert told[0] == told[1]


def test_a_form_that_was_only_checked_after_its_answer_is_no_news(settings):
    settings.SHARING_HELD_SHARE, settings.SHARING_CALLED_SHARE = 0.0, 1.0
    ordered()
    signed = waits_on_a_form()
    assert signed.outcome == "not_listed"
    go(cast.NOW + MINUTE)
    later = cast.NOW + 2 * HOUR
    judged(signed, now=later)
    assert go(later + MINUTE) == 0


def test_new_digest_keys_find_the_person_as_before(settings):
    ordered()
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(99)},{settings.REGISTRY_DIGEST_KEYS}"
    ask()
    assert go(cast.NOW + MINUTE) == 1
