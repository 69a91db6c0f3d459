"""The heartbeat: after a minute of silence, signed, and never in the way of an event."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from standardwebhooks import Webhook

from sharing.delivery import heartbeat, slot
from sharing.delivery.models import Attempt, Endpoint, EndpointState, Held
from sharing.departments import telling
from tests import cast, logs, plans
from tests.receiving import receiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def inbox():
    with receiver() as opened:
        yield opened


@pytest.fixture
def secret(inbox):
    department = cast.department()
    cast.measure(department)
    _, secret = cast.add_endpoint(department, inbox.url, now=cast.NOW)
    return secret


def beat():
    return heartbeat.beat(now=timezone.now())


def a_minute_later():
    minute = timedelta(seconds=61)
    Endpoint.objects.update(heard_at=F("heard_at") - minute, beat_due=F("beat_due") - minute)


def test_no_more_are_asked_at_once_than_the_limit_says_whatever_the_plan(inbox, monkeypatch):
    monkeypatch.setattr(heartbeat, "ENDPOINTS", 2)
    for _ in range(5):
        cast.add_endpoint(cast.department(), inbox.url, now=cast.NOW)
    with plans.each_row_asked_for_anew("delivery_endpoint"):
        assert [beat(), beat(), beat(), beat()] == [2, 2, 1, 0]


def test_a_silent_endpoint_hears_where_the_log_is_and_what_was_its_last(inbox, secret):
    cast.in_force()
    cast.in_force(
        cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"), article="CL 287-1", charge="CL 287-1"),
        number=cast.SECOND_NUMBER,
    )
    telling.walk(now=cast.NOW)
    slot.run()
    signed = logs.sign_all()
    a_minute_later()
    assert beat() == 1
    received = inbox.accepted[-1]
    Webhook(secret).verify(received.body, received.headers)
    assert received.headers["webhook-id"].startswith("hb_")
    assert received.data == {
        "endpoint": Endpoint.objects.get().pk,
        "epoch": 1,
        "head": 2,
        "last_position": 1,
        "held": 0,
        "held_listings": [],
        "checkpoint": signed.note,
    }


def test_there_is_one_a_minute_and_none_where_something_was_heard(inbox, secret):
    assert beat() == 1
    assert beat() == 0
    a_minute_later()
    cast.in_force()
    telling.walk(now=cast.NOW)
    slot.run()
    assert beat() == 0, "an event was heard a moment ago"
    a_minute_later()
    assert beat() == 1
    assert Attempt.objects.count() == 1, "a heartbeat is no try of an event"


def test_one_that_is_not_answered_delays_no_event(inbox, secret):
    inbox.answer = lambda received: 204 if "event" in received.data else 500
    assert beat() == 0
    endpoint = Endpoint.objects.get()
    assert (endpoint.beat_failures, endpoint.failures, endpoint.next_due, endpoint.heard_at) == (1, 0, None, None)
    cast.in_force()
    telling.walk(now=cast.NOW)
    slot.run()
    assert inbox.positions == [1]


def test_those_not_answered_come_less_and_less_often(inbox, secret):
    inbox.answer = lambda received: 500
    Endpoint.objects.update(beat_failures=6)
    beat()
    assert Endpoint.objects.get().beat_due > timezone.now() + timedelta(minutes=20)
    inbox.answer = lambda received: 204
    Endpoint.objects.update(beat_due=None)
    assert beat() == 1
    assert Endpoint.objects.get().beat_failures == 0


@pytest.mark.parametrize(
    "state",
    [{"state": EndpointState.PAUSED}, {"failures": 1}, {"cursor": -1}],
    ids=["paused", "failing", "behind"],
)
def test_who_is_paused_or_heard_of_otherwise_gets_none(inbox, secret, state):
    Endpoint.objects.update(**state)
    assert beat() == 0
    assert inbox.requests == []


def test_it_names_the_listings_that_are_held(inbox, secret):
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    Endpoint.objects.update(cursor=1)
    Held.objects.create(endpoint=Endpoint.objects.get(), listing=listing, from_position=1, reason="refused")
    beat()
    assert (inbox.accepted[0].data["held"], inbox.accepted[0].data["held_listings"]) == (1, [listing.number])
    assert cast.DEFENDANT_NUMBER.encode() not in inbox.accepted[0].body
