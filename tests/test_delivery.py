"""From the log to a receiver over real HTTP: in order, once, provably, whatever the receiver answers."""

from __future__ import annotations

import base64

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook

from registry import actions, log
from registry.models import Event, Flag, Listing
from sharing.delivery import slot
from sharing.delivery.models import Attempt, Endpoint, Held, Told
from sharing.departments import deliveries, telling
from sharing.departments.deliveries import DeliveryState
from sharing.departments.models import Recall
from tests import cast
from tests.receiving import receiver

pytestmark = [pytest.mark.django_db, pytest.mark.service, pytest.mark.broker, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def inbox():
    with receiver() as kept:
        yield kept


@pytest.fixture
def told(inbox):
    """A finance department with a measure and an endpoint at the inbox; its endpoint and secret."""
    department = cast.department()
    cast.measure(department)
    endpoint, secret = cast.add_endpoint(department, inbox.url, now=cast.NOW)
    return endpoint, secret


def deliver():
    telling.walk(now=cast.NOW)
    slot.run()


def make_due():
    Endpoint.objects.update(next_due=None)
    Held.objects.update(next_due=None)


def flag(listing, now=cast.NOW):
    listing = cast.fresh(listing)
    kind = Flag.DISPUTED
    act = actions.unflag if kind in listing.flags else actions.flag
    act([listing.pk], kind, officer=cast.registrar(), now=now, reason="objection received")


def two_in_force():
    first = cast.in_force()
    second = cast.in_force(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), number=cast.SECOND_NUMBER)
    return first, second


def test_it_works(inbox, told):
    endpoint, secret = told
    listing = cast.in_force()
    deliver()
    (received,) = inbox.accepted
    message = Webhook(secret).verify(received.body, received.headers)
    assert message["type"] == "listing.published"
    assert received.headers["webhook-id"] == received.event["id"]
    assert received.data["endpoint"] == endpoint.pk
    assert received.data["previous_position"] == 0
    assert received.event["listing"]["number"] == listing.number
    assert received.data["measures"][0]["code"] == "limit-accounts"
    (attempt,) = Attempt.objects.all()
    assert (attempt.status, attempt.failure) == (204, "")
    assert Endpoint.objects.get().cursor == 1


def test_what_was_sent_is_what_was_hashed(inbox, told):
    cast.in_force()
    deliver()
    (received,) = inbox.accepted
    event = Event.objects.get()
    salt = base64.b64decode(received.data["salt"])
    assert log.commitment(salt, log.canonical(received.event)) == bytes(event.commitment)
    assert log.canonical(received.event) in received.body


def test_a_department_without_a_fitting_measure_is_told_nothing(inbox, told):
    cast.in_force(cast.party(article="CL 287-1", charge="CL 287-1"))
    deliver()
    assert inbox.requests == []
    assert not Told.objects.exists()
    assert Endpoint.objects.get().cursor == 1


def test_versions_of_one_listing_arrive_in_order(inbox, told):
    listing = cast.in_force()
    for _ in range(6):
        flag(listing)
    deliver()
    assert [each.event["listing"]["version"] for each in inbox.accepted] == [1, 2, 3, 4, 5, 6, 7]
    assert [each.data["previous_position"] for each in inbox.accepted] == [0, 1, 2, 3, 4, 5, 6]


def test_a_receiver_that_is_down_is_probed_and_then_gets_everything_in_order(inbox, told):
    inbox.answer = lambda received: 503
    first, _ = two_in_force()
    flag(first)
    deliver()
    endpoint = Endpoint.objects.get()
    assert (endpoint.cursor, endpoint.failures, endpoint.last_failure) == (0, 1, "503")
    assert endpoint.next_due is not None
    assert not Held.objects.exists()
    deliver()
    assert len(inbox.requests) <= 3, "nothing goes out before its time"
    inbox.answer = lambda received: 204
    make_due()
    deliver()
    assert sorted(inbox.positions) == [1, 2, 3]
    endpoint = Endpoint.objects.get()
    assert (endpoint.cursor, endpoint.failures, endpoint.next_due, endpoint.last_failure) == (3, 0, None, "")


# A pause that the receiver asks for


def seconds_until(moment):
    return (moment - timezone.now()).total_seconds()


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_that_is_asked_for_is_kept_though_other_events_were_taken(inbox, told, status):
    two_in_force()
    inbox.retry_after = "600"
    inbox.answer = lambda received: status if received.event["position"] == 1 else 204
    deliver()
    endpoint = Endpoint.objects.get()
    assert seconds_until(endpoint.next_due) > 590
    assert endpoint.last_failure == str(status), "whichever answer came last"
    assert not Held.objects.exists(), "that it was asked too much says nothing about the event"
    asked = len(inbox.requests)
    flag(Listing.objects.latest("pk"))
    deliver()
    assert len(inbox.requests) == asked, "nothing goes out before the pause is over"


def test_a_pause_is_kept_where_there_was_one_listing_to_ask_about_and_another_one_comes(inbox, told):
    cast.in_force()
    inbox.retry_after = "600"
    inbox.answer = lambda received: 429
    deliver()
    cast.second_in_force()
    deliver()
    assert len(inbox.requests) == 1


def test_after_the_pause_everything_comes_in_order(inbox, told):
    first, _ = two_in_force()
    flag(first)
    inbox.retry_after = "600"
    inbox.answer = lambda received: 429
    deliver()
    inbox.answer = lambda received: 204
    make_due()
    deliver()
    assert sorted(inbox.positions) == [1, 2, 3]
    endpoint = Endpoint.objects.get()
    assert (endpoint.cursor, endpoint.failures, endpoint.failing_since) == (3, 0, None)


def test_an_event_that_alone_is_answered_with_a_pause_every_time_holds_its_own_listing(inbox, told):
    first, _ = two_in_force()
    Endpoint.objects.update(in_flight_cap=1)
    inbox.retry_after = "600"
    inbox.answer = lambda received: 429 if received.event["listing"]["number"] == first.number else 204
    for _ in range(3):
        make_due()
        deliver()
    assert Held.objects.get().listing_id == first.pk
    assert Endpoint.objects.get().cursor == 2
    assert seconds_until(Held.objects.get().next_due) > 590


def test_a_poison_event_holds_its_own_listing_only(inbox, told):
    first, second = two_in_force()
    Endpoint.objects.update(in_flight_cap=1)  # so that the second is tried after the first was refused
    inbox.answer = lambda received: 500 if received.event["listing"]["number"] == first.number else 204
    flag(first)
    flag(second)
    deliver()
    assert inbox.positions == [2, 4]
    (held,) = Held.objects.all()
    assert (held.listing_id, held.from_position, held.refusals) == (first.pk, 1, 1)
    assert Endpoint.objects.get().cursor == 4
    flag(first)
    inbox.answer = lambda received: 204
    make_due()
    deliver()
    assert inbox.positions == [2, 4, 1, 3, 5]
    assert not Held.objects.exists()


def test_a_poison_event_that_is_alone_does_not_delay_the_next_listing(inbox, told):
    inbox.answer = lambda received: 500 if received.event["position"] == 1 else 204
    cast.in_force()
    deliver()
    assert Endpoint.objects.get().failures == 1
    Endpoint.objects.update(next_due="2099-01-01T00:00:00Z")
    cast.in_force(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), number=cast.SECOND_NUMBER)
    deliver()
    assert inbox.positions == [2]
    assert Endpoint.objects.get().cursor == 2
    assert Held.objects.get().from_position == 1


def firsts(inbox):
    """First arrivals: what was received before the failure may come once more."""
    return list(dict.fromkeys(inbox.positions))


def test_a_withdrawal_overtakes_what_it_voids(inbox, told):
    first, _ = two_in_force()
    inbox.answer = lambda received: 500 if received.event["position"] == 1 else 204
    deliver()
    assert firsts(inbox) == [2]
    cast.withdrawn(first)
    deliver()
    assert firsts(inbox) == [2, 3]
    (held,) = Held.objects.all()
    assert (held.from_position, held.ahead) == (1, [3])
    shown = {each.event.position: each.state for each in deliveries.page(told[0].department_id, limit=9)}
    assert shown == {3: DeliveryState.DELIVERED, 2: DeliveryState.DELIVERED, 1: DeliveryState.HELD}
    inbox.answer = lambda received: 204
    make_due()
    deliver()
    assert firsts(inbox) == [2, 3, 1]
    assert next(each.event for each in inbox.accepted if each.event["position"] == 1)["stub"] is True
    assert not Held.objects.exists()


def test_after_a_withdrawal_earlier_events_go_out_as_stubs(inbox, told):
    listing = cast.in_force()
    cast.withdrawn(listing)
    deliver()
    stub, withdrawal = inbox.accepted
    assert stub.event == {
        "id": stub.headers["webhook-id"],
        "epoch": 1,
        "position": 1,
        "type": "listing.published",
        "stub": True,
        "listing": {"number": listing.number},
        "commitment": stub.event["commitment"],
    }
    assert withdrawal.event["listing"] == {"number": listing.number, "version": 2}
    assert cast.DEFENDANT_NUMBER.encode() not in b"".join(each.body for each in inbox.requests)
    assert Recall.objects.get().listing_id == listing.pk


def test_a_new_measure_delivers_its_opening_set_behind_the_cursor(inbox):
    listing = cast.in_force()
    flag(listing)
    department = cast.department()
    cast.add_endpoint(department, inbox.url, now=cast.NOW)
    deliver()
    assert inbox.requests == []
    cast.measure(department)
    deliver()
    assert inbox.positions == [1, 2]
    assert not Held.objects.exists()


def test_every_repeat_says_the_same(inbox, told):
    cast.in_force()
    inbox.answer = lambda received: 500
    deliver()
    inbox.answer = lambda received: 204
    make_due()
    deliver()
    first, second = inbox.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_a_department_that_is_only_informed_gets_no_numbers_and_no_salt(inbox):
    department = cast.department("transport")
    cast.measure(department, information_only=True, basis="", facts=(), code="information")
    cast.add_endpoint(department, inbox.url, now=cast.NOW)
    cast.in_force()
    deliver()
    (received,) = inbox.accepted
    assert received.data["measures"] == "information_only"
    assert received.event["listing"]["person"]["documents"] == [{"type": "resident_id"}]
    assert received.data["salt"] is None
    assert cast.DEFENDANT_NUMBER.encode() not in received.body


def test_an_attempt_can_not_be_changed(inbox, told):
    cast.in_force()
    deliver()
    with pytest.raises(Exception, match="insert-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_attempt SET status = 200")
