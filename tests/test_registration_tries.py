"""How often somebody may ask to be admitted: by network and mailbox, and no flood shuts anybody else out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from registry import errors
from sharing.employers import corresponding, registering, registration_tries, registrations
from sharing.employers.models import Registration, RegistrationState, RegistrationTry
from tests import asking, cast
from tests.desk import at_the_desk
from tests.registering import USCC, confirmed, sent, typed
from tests.threads import in_threads

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def he():
    return cast.high_court_registrar()


def test_one_network_sends_only_so_often_a_day(settings):
    settings.SHARING_REGISTRATIONS_BY_NETWORK = 2
    for who in "ab":
        sent(email=f"{who}@bank.example", source="192.0.2.7")
    with pytest.raises(errors.TooManyRegistrations):
        sent(email="c@bank.example", source="192.0.2.7")
    sent(email="c@bank.example", source="192.0.2.8")
    sent(email="d@bank.example", source="192.0.2.7", now=cast.NOW + DAY)


def test_one_mail_address_is_written_to_only_so_often_a_day():
    for place in range(registration_tries.BY_MAIL_A_DAY):
        sent(source=f"192.0.2.{place}")
    with pytest.raises(errors.TooManyRegistrations):
        sent(source="192.0.2.9", email=typed().email.upper())


@pytest.mark.parametrize("same", ["contact+2@bank.example", "Contact+anything+else@BANK.example"])
def test_a_tag_behind_the_name_is_the_same_mailbox(same):
    for place in range(registration_tries.BY_MAIL_A_DAY):
        sent(source=f"192.0.2.{place}", email=f"contact+{place}@bank.example")
    with pytest.raises(errors.TooManyRegistrations):
        sent(source="192.0.2.9", email=same)
    sent(source="192.0.2.9", email="other+contact@bank.example")


def test_it_is_written_to_as_it_was_typed():
    sent(email="Contact+Court@Bank.example")
    corresponding.tell(now=cast.NOW)
    assert mail.outbox[-1].to == ["Contact+Court@Bank.example"]


def test_one_mailbox_keeps_one_registration_under_way_whatever_the_tag(he):
    first = confirmed(email="contact+1@bank.example")
    second, _secret = sent(uscc=cast.UNIT_NUMBER, email="CONTACT+2@bank.example")
    with pytest.raises(errors.MailboxUnderWay):
        registering.confirm(second.pk, now=cast.NOW)
    confirmed(uscc=asking.BANK_USCC, email="other@bank.example", source="198.51.100.1")
    registrations.refuse(first.pk, officer=he, reason="not complete", now=cast.NOW)
    registering.confirm(second.pk, now=cast.NOW)
    assert Registration.objects.get(pk=second.pk).state == RegistrationState.RECEIVED


@pytest.mark.django_db(transaction=True)
def test_of_two_of_one_mailbox_confirmed_in_the_same_moment_one_is_refused():
    numbers = [sent(uscc=uscc, email=f"contact+{uscc}@bank.example")[0].pk for uscc in (USCC, cast.UNIT_NUMBER)]
    refused = []

    def confirm(number):
        try:
            registering.confirm(number, now=cast.NOW)
        except errors.MailboxUnderWay:
            refused.append(number)
        finally:
            connection.close()

    in_threads(*[lambda number=number: confirm(number) for number in numbers])
    assert (len(refused), len(registrations.waiting())) == (1, 1)


def test_no_network_uses_up_what_others_may_send(settings):
    """A thousand networks of one subscriber, and somebody else."""
    settings.SHARING_REGISTRATIONS_AN_HOUR = 3
    for place in range(9):
        sent(source=f"2001:db8:0:{place}::/64", email=f"{place}@bank.example")
    sent(source="192.0.2.0/24", email="a@shop.example")
    sent(source="192.0.2.0/24", email="b@shop.example")


def test_while_there_are_more_than_usual_each_network_may_send_fewer(settings):
    settings.SHARING_REGISTRATIONS_AN_HOUR = 2
    settings.SHARING_REGISTRATIONS_BY_NETWORK = 5
    for who in "ab":
        sent(source="192.0.2.0/24", email=f"{who}@bank.example")
    with pytest.raises(errors.TooManyRegistrations):
        sent(source="192.0.2.0/24", email="c@bank.example")
    sent(source="192.0.2.0/24", email="c@bank.example", now=cast.NOW + HOUR)


def test_the_registry_hears_once_a_day_that_there_are_more_than_usual(settings, monkeypatch, he):
    settings.SHARING_REGISTRATIONS_AN_HOUR = 2
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)  # in the morning: half an hour later is the same day
    sent(email="a@bank.example")
    assert not registration_tries.alarm(now=cast.NOW)
    sent(email="b@bank.example")
    assert [registration_tries.alarm(now=cast.NOW + later) for later in (timedelta(), HOUR / 2)] == [True, False]
    (message,) = mail.outbox
    assert message.to == [settings.REGISTRY_CONTACT_EMAIL]
    assert "bank.example" not in message.body
    assert "more than usual" in at_the_desk(he).get("/desk/sharing/registrations/").content.decode()


def test_an_alarm_that_could_not_be_mailed_is_raised_again(settings, monkeypatch):
    settings.SHARING_REGISTRATIONS_AN_HOUR = 1
    sent()
    with monkeypatch.context() as patch:
        patch.setattr("registry.letters.sent", lambda *_: False)
        assert not registration_tries.alarm(now=cast.NOW)
    assert registration_tries.alarm(now=cast.NOW)


def test_a_try_that_is_refused_counts_too_so_that_nobody_asks_around_who_is_admitted(settings):
    settings.SHARING_REGISTRATIONS_BY_NETWORK = 2
    asking.bank()
    for place in range(2):
        with pytest.raises(errors.RegisteredAlready):
            sent(uscc=asking.BANK_USCC, email=f"{place}@bank.example")
    with pytest.raises(errors.TooManyRegistrations):
        sent(uscc=asking.BANK_USCC, email="x@bank.example")


def test_tries_are_forgotten_after_a_day():
    sent()
    corresponding.forget(now=cast.NOW + DAY)
    assert not RegistrationTry.objects.exists()
