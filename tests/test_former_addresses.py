"""Whose messages go to another mailbox, or end, is told so once at the former one: nobody takes an address over unseen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from registry import letters
from sharing.persons.mails import ordering, parting
from sharing.persons.models import FormerAddress, QuestionMails, QuestionMailsDigest
from sharing.persons.tasks import question_mails
from tests import cast, consenting, visiting
from tests.threads import in_threads
from tests.visiting import visitor
from tests.wishes import ADDRESS, DAY, HOUR, MINUTE, ordered, token_of

pytestmark = pytest.mark.django_db
OTHER = "stranger@elsewhere.example"


@pytest.fixture(autouse=True)
def the_court(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.REGISTRY_CONTACT_PHONE = "010-5555 0101 & 0102"


def moved():
    ordered()
    ordered(address=OTHER, now=cast.NOW + MINUTE)


def is_destroyed():
    return not FormerAddress.objects.exists()


def _die(*_args, **_options):
    raise KeyboardInterrupt


# What is written, and to whom


def test_who_changes_the_mail_address_is_told_at_the_former_one():
    moved()
    assert parting.tell(now=cast.NOW + MINUTE) == 1
    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    for words in ("本邮箱不再收到", "This mailbox gets none any more", "010-5555 0101 & 0102", "/record/mails/"):
        assert words in message.body
    assert is_destroyed()
    assert [each.address for each in QuestionMails.objects.all()] == [OTHER]


def test_it_names_neither_the_new_address_nor_the_person_nor_a_listing():
    listing = cast.in_force()
    moved()
    parting.tell(now=cast.NOW + MINUTE)
    (message,) = mail.outbox
    for secret in (OTHER, "elsewhere", visiting.NAME, visiting.NUMBER, listing.number, "listed"):
        assert secret not in message.subject + message.body


@pytest.mark.parametrize("way", ["on the page", "by the link"])
def test_who_ends_the_messages_is_told_so_once(way):
    mails = ordered()
    if way == "on the page":
        ordering.end(consenting.person(), now=cast.NOW + MINUTE)
    else:
        ordering.end_by_link(token_of(mails, "end"), now=cast.NOW + MINUTE)
    assert not QuestionMails.objects.exists()
    assert not QuestionMailsDigest.objects.exists()
    assert parting.tell(now=cast.NOW + MINUTE) == 1
    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    assert "They have ended" in message.body
    assert "another mailbox" not in message.body
    assert parting.tell(now=cast.NOW + DAY) == 0
    assert is_destroyed()


def test_an_address_that_nobody_confirmed_is_told_nothing():
    ordering.begin(consenting.person(), OTHER, now=cast.NOW)
    ordered()
    ordering.begin(consenting.person(), "third@mail.example", now=cast.NOW)
    ordering.end(consenting.person(), now=cast.NOW + MINUTE)
    ordering.forget(now=cast.NOW + 2 * DAY)
    parting.tell(now=cast.NOW + 2 * DAY)
    assert [each.to for each in mail.outbox] == [[ADDRESS]]


def test_the_same_mailbox_confirmed_again_is_told_nothing():
    ordered()
    ordered(now=cast.NOW + MINUTE)
    assert is_destroyed()


def test_what_was_over_by_itself_is_told_nothing(settings):
    settings.SHARING_QUESTION_MAILS_DAYS = 10
    ordered()
    ordering.end(consenting.person(), now=cast.NOW + 10 * DAY)
    assert is_destroyed()


def test_the_clock_sends_it_and_the_page_says_that_it_will():
    ordered()
    page = visiting.main_of(visitor().post("/record/mails/stop/", follow=True))
    assert "One last message says so" in page
    question_mails()
    assert [each.to for each in mail.outbox] == [[ADDRESS]]
    assert is_destroyed()


# Nothing is lost, and nothing is left


def test_the_former_address_is_sealed_and_nothing_beside_it_says_whose_it_was():
    moved()
    with connection.cursor() as cursor:
        cursor.execute("SELECT persons_formeraddress::text FROM persons_formeraddress")
        (row,) = cursor.fetchone()
    assert ADDRESS not in row
    assert ADDRESS.encode().hex() not in row
    assert consenting.person().digest.hex() not in row


def test_a_sender_that_dies_after_sending_sends_twice_and_rather_that_than_never(monkeypatch):
    moved()
    send = letters.sent
    with monkeypatch.context() as patch:
        patch.setattr(letters, "sent", lambda message, about: send(message, about) and _die())
        with pytest.raises(KeyboardInterrupt):
            parting.tell(now=cast.NOW + MINUTE)
    assert parting.tell(now=cast.NOW + 2 * MINUTE) == 0, "somebody may still be sending"
    assert parting.tell(now=cast.NOW + 4 * MINUTE) == 1
    assert len(mail.outbox) == 2
    assert is_destroyed()


def test_what_cannot_be_sent_is_tried_again_and_has_an_end(monkeypatch):
    moved()
    with monkeypatch.context() as patch:
        patch.setattr(letters, "sent", lambda message, about: False)
        for hours in range(72):
            assert parting.tell(now=cast.NOW + hours * HOUR + 5 * MINUTE) == 0
            parting.forget(now=cast.NOW + hours * HOUR + 5 * MINUTE)
        assert not is_destroyed()
    parting.forget(now=cast.NOW + parting.TRIED + timedelta(minutes=1))
    assert is_destroyed()


def test_after_its_end_nothing_is_sent_though_the_clock_stood_still():
    moved()
    assert parting.tell(now=cast.NOW + parting.TRIED + HOUR) == 0
    assert mail.outbox == []


def test_one_that_cannot_be_opened_keeps_no_other_from_its_message(caplog):
    moved()
    spoilt = FormerAddress.objects.get()
    FormerAddress.objects.update(address_sealed=b"x" * 60)
    ordered(consenting.person(cast.SECOND_NUMBER, "欧阳㛃"), "second@mail.example")
    ordering.end(consenting.person(cast.SECOND_NUMBER, "欧阳㛃"), now=cast.NOW + 2 * MINUTE)
    assert parting.tell(now=cast.NOW + 2 * MINUTE) == 1
    assert [each.to for each in mail.outbox] == [["second@mail.example"]]
    assert str(spoilt.pk) in caplog.text


@pytest.mark.django_db(transaction=True)
def test_of_many_senders_at_once_one_sends():
    moved()
    sent = []
    in_threads(*[lambda: sent.append(parting.tell(now=cast.NOW + MINUTE))] * 4)
    assert sorted(sent) == [0, 0, 0, 1]


def test_an_address_that_no_key_opens_keeps_nobody_from_having_his_messages_elsewhere():
    former = ordered()
    QuestionMails.objects.filter(pk=former.pk).update(address_sealed=b"x")
    ordered(address=OTHER, now=cast.NOW + MINUTE)
    assert [each.address for each in QuestionMails.objects.all()] == [OTHER]


def test_an_address_that_no_key_opens_is_said_to_be_one_and_can_be_ended_and_replaced(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: cast.NOW)
    former, phone = ordered(), visitor()
    QuestionMails.objects.filter(pk=former.pk).update(address_sealed=b"x")
    page = phone.get("/record/mails/")
    assert page.status_code == 200
    assert "an address that the court cannot read any more" in page.content.decode()
    phone.post("/record/mails/stop/")
    assert not QuestionMails.objects.exists()
