"""A person is told of an outage: in time, once a step, and when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from sharing.delivery import heartbeat, slot
from sharing.delivery.models import Endpoint, EndpointState
from sharing.departments import alarms, instruments, telling
from sharing.departments.models import Outage
from sharing.parties import members
from tests import cast
from tests.receiving import receiver
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def nothing_told_of_the_way_out():
    yield
    cache.delete(alarms.WAY_OUT_TOLD)


@pytest.fixture
def finance():
    department = cast.department()
    cast.measure(department)
    members.take_in(
        department.organisation,
        username="wei",
        password="a long enough phrase",
        name="魏对接",
        email="wei@finance.example",
    )
    return department


@pytest.fixture
def endpoint(finance):
    with receiver() as inbox:
        yield cast.add_endpoint(finance, inbox.url, now=cast.NOW)[0]


def failing(minutes, failure="timeout"):
    now = timezone.now()
    Endpoint.objects.update(failing_since=now - timedelta(minutes=minutes), failures=3, last_failure=failure)
    return now


def told(now):
    mail.outbox.clear()
    alarms.raise_alarms(now=now)
    return len(mail.outbox)


def test_nothing_is_said_of_a_short_outage(endpoint):
    assert told(failing(14)) == 0


def test_each_step_is_told_once(endpoint):
    now = failing(15)
    assert [told(now), told(now)] == [1, 0]
    assert [told(now + timedelta(minutes=44)), told(now + timedelta(minutes=45))] == [0, 1]
    assert [told(now + timedelta(minutes=226)), told(now + timedelta(days=3))] == [1, 0]


def test_an_outage_found_late_is_told_once(endpoint):
    now = failing(300)
    assert [told(now), told(now)] == [1, 0]


def test_an_address_that_says_it_is_gone_is_told_at_once(endpoint):
    now = failing(0, failure="410")
    assert told(now) == 1
    assert "410" in mail.outbox[0].body


def test_when_it_is_over_that_is_told_too(endpoint):
    now = failing(20)
    told(now)
    Endpoint.objects.update(failing_since=None, failures=0, last_failure="")
    assert [told(now), told(now)] == [1, 0]
    assert told(failing(15)) == 1, "the next outage begins anew"


def test_an_outage_that_nobody_was_told_of_is_not_written_down_when_the_one_before_is_over(endpoint):
    told(failing(20))
    now = failing(1)
    assert told(now) == 1, "the one before is over"
    (outage,) = Outage.objects.all()
    assert outage.ended_at == now - timedelta(minutes=1)
    Endpoint.objects.update(failing_since=None, failures=0, last_failure="")
    assert told(now) == 0


def test_when_it_is_the_courts_own_way_out_the_court_alone_is_told_once_for_all(finance, endpoint, settings):
    cast.add_endpoint(finance, endpoint.url, now=cast.NOW)
    assert told(failing(1, failure="proxy")) == 0, "a blink is not told"
    now = failing(2, failure="proxy")
    assert told(now) == 1
    (message,) = mail.outbox
    assert message.to == [settings.REGISTRY_CONTACT_EMAIL]
    assert "涉及接收端数量：2" in message.body
    assert [told(now), told(now + timedelta(hours=9))] == [0, 0]
    Endpoint.objects.update(failing_since=None, failures=0, last_failure="")
    assert told(now) == 1
    assert "已恢复" in mail.outbox[0].body
    assert told(now) == 0


def test_an_outage_of_a_department_is_neither_over_nor_longer_while_the_way_out_is_disturbed(endpoint):
    told(failing(20))
    cache.set(alarms.WAY_OUT_TOLD, True)
    assert told(failing(300, failure="proxy")) == 0
    assert Endpoint.objects.get().alarm == 1


def test_outages_are_kept_with_each_step_and_their_end(endpoint):
    now = failing(20)
    told(now)
    told(now + timedelta(minutes=45))
    (outage,) = Outage.objects.all()
    assert (outage.began_at, outage.ended_at, outage.failure) == (now - timedelta(minutes=20), None, "timeout")
    assert outage.told_at == [now, now + timedelta(minutes=45)]
    Endpoint.objects.update(failing_since=None, failures=0, last_failure="", heard_at=now + timedelta(minutes=50))
    told(now + timedelta(minutes=51))
    assert Outage.objects.get().ended_at == now + timedelta(minutes=50)
    later = failing(15)
    told(later)
    assert [each.ended_at is None for each in alarms.outages(endpoint.department_id, 25)] == [True, False]


def test_an_outage_that_nobody_saw_end_is_over_when_the_next_begins(endpoint):
    now = failing(300)
    told(now)
    Endpoint.objects.update(failing_since=now, last_failure="410", alarm=0)
    told(now + timedelta(minutes=1))
    last, first = alarms.outages(endpoint.department_id, 25)
    assert (first.ended_at, last.ended_at, last.failure) == (now, None, "410")


def test_a_short_outage_is_none_to_be_listed(endpoint):
    told(failing(14))
    assert alarms.outages(endpoint.department_id, 25) == []


def test_the_portal_lists_the_alarms_of_the_departments_own_endpoints(finance, endpoint):
    told(failing(20, failure="tls"))
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, finance.organisation.members.get().account)
    for path in ("/department/", f"/department/endpoints/{endpoint.pk}/"):
        page = browser.get(path).content.decode()
        assert "Alarms, the latest first" in page
        assert "still failing" in page
    other = cast.department("telecom")
    assert alarms.outages(other.pk, 25) == []
    assert alarms.outages(other.pk, 25, endpoint_id=endpoint.pk) == []


def test_it_goes_to_the_members_and_the_court_in_both_languages(endpoint, settings):
    told(failing(15))
    (message,) = mail.outbox
    assert message.to == ["wei@finance.example", settings.REGISTRY_CONTACT_EMAIL]
    assert "未能接收消息" in message.body
    assert "has taken nothing since" in message.body
    assert f"/department/endpoints/{endpoint.pk}/" in message.body


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_message_is_sent(finance, endpoint, monkeypatch):
    open_meanwhile = []
    monkeypatch.setattr(
        "django.core.mail.EmailMessage.send", lambda _: open_meanwhile.append(connection.in_atomic_block)
    )
    alarms.raise_alarms(now=failing(15))
    instruments.watch(now=timezone.now() + timedelta(days=365 * 3))
    assert open_meanwhile == [False, False]


def test_a_message_that_cannot_be_sent_is_tried_again(endpoint, monkeypatch):
    now = failing(15)
    with monkeypatch.context() as patch:
        patch.setattr(
            "django.core.mail.EmailMessage.send", lambda message: (_ for _ in ()).throw(ConnectionRefusedError())
        )
        assert told(now) == 0
    assert told(now) == 1


def test_a_real_outage_is_noticed_and_its_end_too(finance):
    with receiver() as inbox:
        cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        inbox.answer = lambda received: 500
        cast.in_force()
        telling.walk(now=cast.NOW)
        slot.run()
        assert told(timezone.now() + timedelta(minutes=15)) == 1
        assert cast.DEFENDANT_NUMBER not in mail.outbox[0].body
        inbox.answer = lambda received: 204
        Endpoint.objects.update(next_due=None)
        slot.run()
        assert told(timezone.now()) == 1
        assert "已恢复" in mail.outbox[0].body


@pytest.fixture
def unheard(finance):
    """An endpoint that answers no heartbeat; nothing else is to be sent to it."""
    with receiver() as inbox:
        cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        inbox.answer = lambda received: 503
        heartbeat.beat(now=timezone.now())
        yield inbox


def test_heartbeats_that_nobody_answers_are_told_after_an_hour_once_and_when_it_is_over(unheard):
    now = Endpoint.objects.get().unanswered_since
    assert [told(now + timedelta(minutes=minutes)) for minutes in (59, 60, 61, 300)] == [0, 1, 0, 0]
    assert alarms.outages(Endpoint.objects.get().department_id, 1)[0].failure == "503"
    unheard.answer = lambda received: 204
    Endpoint.objects.update(beat_due=None)
    heartbeat.beat(now=timezone.now())
    assert told(timezone.now()) == 1
    assert "已恢复" in mail.outbox[0].body
    assert told(timezone.now()) == 0
    assert Outage.objects.get().ended_at is not None


def test_heartbeats_count_from_the_first_that_was_not_answered_and_an_event_taken_ends_it(unheard):
    since = Endpoint.objects.get().unanswered_since
    Endpoint.objects.update(beat_due=None)
    heartbeat.beat(now=timezone.now())
    assert Endpoint.objects.get().unanswered_since == since
    later = since + timedelta(hours=2)
    assert told(later) == 1
    assert "503" in mail.outbox[0].body
    Endpoint.objects.update(heard_at=later)
    assert told(later) == 1
    assert "已恢复" in mail.outbox[0].body


def test_an_event_that_fails_after_unanswered_heartbeats_is_the_same_outage(unheard):
    since = Endpoint.objects.get().unanswered_since
    assert told(since + timedelta(hours=2)) == 1
    Endpoint.objects.update(failing_since=since + timedelta(hours=2), failures=1, last_failure="timeout")
    assert told(since + timedelta(hours=2, minutes=1)) == 0
    assert told(since + timedelta(hours=3)) == 1
    assert [each.began_at for each in Outage.objects.all()] == [since]


def test_a_paused_endpoint_owes_no_answer_to_a_heartbeat(unheard):
    Endpoint.objects.update(state=EndpointState.PAUSED)
    assert told(timezone.now() + timedelta(hours=2)) == 0
