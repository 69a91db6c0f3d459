"""An agent, a relative or whoever else raised it through an officer hears that something changed: a message without content, to the
address that was given, which is sealed and destroyed at the end.
"""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from registry.errors import MailAddressShape
from sharing.persons.models import Arrival, Authority, Objection, ObjectionMail, Raiser
from sharing.persons.objections import deciding, mailing, minding, raising
from tests import cast, desk, objecting, sealing

pytestmark = pytest.mark.django_db
NOW, DAY = cast.NOW, timedelta(days=1)
ADDRESS = "wu.lawyer@example.org"


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"


@pytest.fixture
def listing():
    return cast.in_force()


def brought_in(listing, address=ADDRESS, **changes):
    brought = objecting.brought(mail=address, **changes)
    return raising.by_officer(objecting.said(listing), brought, officer=cast.clerk(), now=NOW)


def told(now=NOW):
    """The messages that go out now."""
    mail.outbox.clear()
    mailing.tell(now=now)
    return mail.outbox


def reject(found):
    return deciding.decide(found.number, "reject", officer=cast.second_judge(), now=NOW, reason="已核对卷宗。")


@pytest.mark.parametrize(
    ("raiser", "authority"), [(Raiser.AGENT, Authority.POWER), (Raiser.RELATIVE, Authority.KINSHIP)]
)
def test_each_step_of_the_court_is_told_once(listing, raiser, authority):
    found = brought_in(listing, raised_by=raiser, authority=authority)
    assert told() == [], "the slip was handed over"
    for act in (
        lambda: deciding.admit(found.number, officer=cast.registrar(), now=NOW),
        lambda: reject(found),
    ):
        act()
        (message,) = told()
        assert message.to == [ADDRESS]
        assert told() == []


def test_the_message_says_nothing_about_anybody(listing):
    found = brought_in(listing)
    reject(deciding.admit(found.number, officer=cast.registrar(), now=NOW))
    (message,) = told()
    said = message.subject + message.body
    for secret in (
        found.number,
        found.code,
        listing.number,
        "高",
        "吴律师",
        "reject",
        "不成立",
        "异议",
        cast.DEFENDANT_NUMBER,
    ):
        assert secret not in said
    for where in (reverse("person:follow"), reverse("person:objections")):
        assert where in said


def test_several_steps_are_one_message_and_what_the_person_does_is_none(listing):
    found = brought_in(listing)
    deciding.give_back(found.number, officer=cast.registrar(), now=NOW, reason="请补充")
    deciding.complete(found.number, words="已补充", now=NOW)
    deciding.admit(found.number, officer=cast.registrar(), now=NOW)
    assert len(told()) == 1
    reject(found)
    assert len(told()) == 1
    deciding.serve(found.number, officer=None, now=NOW)
    deciding.ask_review(found.number, words="请复核", now=NOW)
    assert told() == []


def test_what_cannot_be_sent_is_tried_again_and_the_address_stands_in_no_log(listing, monkeypatch, caplog):
    found = brought_in(listing)
    deciding.admit(found.number, officer=cast.registrar(), now=NOW)

    def away(*args, **kwargs):
        raise OSError(ADDRESS)

    with monkeypatch.context() as patched, caplog.at_level(logging.DEBUG):
        patched.setattr("django.core.mail.EmailMessage.send", away)
        assert mailing.tell(now=NOW) == 0
    assert found.number in caplog.text
    assert ADDRESS not in caplog.text
    assert len(told()) == 1


def test_the_address_is_sealed_and_goes_once_it_is_over_and_told(listing):
    found = brought_in(listing)
    with connection.cursor() as cursor:
        cursor.execute("SELECT o::text || m::text FROM persons_objection o JOIN persons_objectionmail m ON true")
        assert ADDRESS.encode().hex() not in cursor.fetchone()[0]
    deciding.refuse(found.number, officer=cast.registrar(), now=NOW, reason="与本登记无关")
    assert len(told()) == 1
    assert not ObjectionMail.objects.exists()


def test_it_stays_as_long_as_a_decision_is_to_be_served(listing):
    found = brought_in(listing)
    deciding.admit(found.number, officer=cast.registrar(), now=NOW)
    objecting.decide(found, "uphold", cast.second_judge())
    deciding.carry_out(found.number, officer=cast.high_court_registrar(), now=NOW, reason="已更正")
    assert len(told()) == 1
    assert ObjectionMail.objects.exists()
    deciding.serve(found.number, officer=None, now=NOW)
    assert told() == []
    assert not ObjectionMail.objects.exists()


def test_where_a_mail_server_takes_nothing_it_goes_a_week_after_the_end(listing, monkeypatch):
    found = brought_in(listing)
    deciding.refuse(found.number, officer=cast.registrar(), now=NOW, reason="与本登记无关")
    monkeypatch.setattr(mailing.letters, "sent", lambda message, about: False)
    mailing.tell(now=NOW + 6 * DAY)
    assert ObjectionMail.objects.exists()
    mailing.tell(now=NOW + 8 * DAY)
    assert not ObjectionMail.objects.exists()


def test_of_a_sealed_listing_nobody_is_told_anything_and_the_address_goes(listing):
    found = brought_in(listing)
    deciding.admit(found.number, officer=cast.registrar(), now=NOW)
    sealing.sealed(listing)
    assert told() == []
    minding.end_what_fell_away(now=NOW)
    assert told() == []
    assert not ObjectionMail.objects.exists()


@pytest.mark.parametrize("typed", ["nobody", "a@b@c.example", "x" * 250 + "@example.org"])
def test_what_is_no_address_is_refused_and_nothing_is_entered(listing, typed):
    with pytest.raises(MailAddressShape):
        brought_in(listing, typed)
    assert not Objection.objects.exists()


def test_the_clock_tells(listing):
    found = brought_in(listing)
    deciding.admit(found.number, officer=cast.registrar(), now=NOW)
    mail.outbox.clear()
    minding.mind(now=NOW)
    assert ADDRESS in {address for message in mail.outbox for address in message.to}


def typed(listing, **changes):
    return {
        "key": "k1",
        "raised_by": "agent",
        "authority": "lawyer",
        "name": "吴律师",
        "arrival": Arrival.COUNTER.value,
        "received_on": NOW.date().isoformat(),
        "language": "en",
        "kind": "objection",
        "listing": listing.number,
        "part": "term",
        "words": "刑期计算有误。",
        **changes,
    }


def test_the_form_of_the_desk_asks_for_it_and_the_page_shows_it_to_whoever_may_read(listing, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    clerk = desk.at_the_desk(cast.clerk())
    entry = reverse("sharing_desk:enter_objection")
    assert "Mail address for messages" in clerk.get(entry).content.decode()
    refused = clerk.post(entry, typed(listing, mail="nobody"))
    assert not Objection.objects.exists()
    assert "nobody" in refused.content.decode(), "what was typed stands there still"
    clerk.post(entry, typed(listing, mail=ADDRESS))
    found = Objection.objects.get()
    page = reverse("sharing_desk:objection", args=[found.number])
    assert ADDRESS in clerk.get(page).content.decode()
    other = desk.at_the_desk(cast._once("J-LUO", "judge", court="京01")).get(page)
    assert (other.status_code, ADDRESS in other.content.decode()) == (404, False)


def test_without_an_address_nobody_is_written_to(listing):
    found = brought_in(listing, "")
    deciding.admit(found.number, officer=cast.registrar(), now=NOW)
    assert told() == []
    assert not ObjectionMail.objects.exists()
