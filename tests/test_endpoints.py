"""What may be done to an endpoint: test, pause, resume, another secret, another address, release, replay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from registry.errors import EndpointUrlShape, SecretsTooMany
from registry.models import Event
from sharing import signing
from sharing.delivery import lease, replay, slot, testing
from sharing.delivery.models import Attempt, Endpoint, EndpointSecret, Held
from sharing.departments import endpoints, telling
from tests import cast
from tests.receiving import receiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def inbox():
    with receiver() as opened:
        yield opened


@pytest.fixture
def department():
    department = cast.department()
    cast.measure(department)
    return department


@pytest.fixture
def joined(department, inbox):
    """The endpoint's id and its secret."""
    endpoint, secret = cast.add_endpoint(department, inbox.url, now=cast.NOW)
    return endpoint.pk, secret


def deliver():
    telling.walk(now=cast.NOW)
    slot.run()


def test_a_test_message_is_signed_moves_nothing_and_brings_the_answer(inbox, joined):
    endpoint_id, secret = joined
    reply = testing.send(Endpoint.objects.get(pk=endpoint_id), now=timezone.now())
    assert (reply.status, reply.transported) == (204, True)
    (received,) = inbox.requests
    Webhook(secret).verify(received.body, received.headers)
    assert received.data == {"endpoint": endpoint_id, "department": "finance-department"}
    assert not Attempt.objects.exists()
    assert Endpoint.objects.get().heard_at is None


def test_a_secret_that_cannot_be_opened_stops_no_other_endpoint(department, inbox, joined):
    broken, _secret = cast.add_endpoint(department, inbox.url, now=cast.NOW)
    EndpointSecret.objects.filter(endpoint=broken).update(secret_sealed=b"not sealed by any key of ours")
    cast.in_force()
    deliver()
    assert joined[0] in {received.data["endpoint"] for received in inbox.accepted}


def test_a_test_message_says_why_it_did_not_arrive(joined):
    Endpoint.objects.update(url="http://127.0.0.1:9/webhooks")
    reply = testing.send(Endpoint.objects.get(), now=timezone.now())
    assert (reply.status, reply.failure) == (0, "refused")


def test_what_happens_while_it_is_paused_waits_and_comes_when_it_is_resumed(inbox, joined):
    endpoint_id, _ = joined
    endpoints.pause(endpoint_id)
    listing = cast.in_force()
    cast.corrected(listing, fine_yuan=1)
    deliver()
    assert inbox.requests == []
    endpoints.resume(endpoint_id)
    deliver()
    assert inbox.positions == [1, 2]


def test_a_slot_at_work_loses_an_endpoint_that_is_paused(joined):
    endpoint_id, _ = joined
    cast.in_force()
    telling.walk(now=cast.NOW)
    (mine,) = lease.take(10)
    endpoints.pause(endpoint_id)
    assert lease.renew([mine]) == set()
    assert lease.take(10) == []


def test_withdrawn_while_it_was_paused_and_never_told_it_learns_nothing_but_that(inbox, joined):
    endpoint_id, _ = joined
    endpoints.pause(endpoint_id)
    cast.withdrawn(cast.in_force())
    endpoints.resume(endpoint_id)
    deliver()
    assert [each.event.get("stub", False) for each in inbox.accepted] == [True, False]
    assert all(cast.DEFENDANT_NUMBER.encode() not in each.body for each in inbox.accepted)


def test_during_a_rotation_both_secrets_verify_and_after_a_day_only_the_new_one(inbox, joined):
    endpoint_id, old = joined
    new = endpoints.rotate_secret(endpoint_id, now=timezone.now())
    listing = cast.in_force()
    deliver()
    for secret in (old, new):
        Webhook(secret).verify(inbox.requests[0].body, inbox.requests[0].headers)
    EndpointSecret.objects.filter(live_until__isnull=False).update(live_until=timezone.now() - timedelta(seconds=1))
    cast.corrected(listing, fine_yuan=1)
    deliver()
    Webhook(new).verify(inbox.requests[1].body, inbox.requests[1].headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(inbox.requests[1].body, inbox.requests[1].headers)


def test_each_rotation_keeps_the_end_of_the_secrets_before(joined):
    endpoint_id, _ = joined
    now = timezone.now()
    endpoints.rotate_secret(endpoint_id, now=now)
    endpoints.rotate_secret(endpoint_id, now=now + timedelta(hours=1))
    ends = EndpointSecret.objects.order_by("live_until").values_list("live_until", flat=True)
    assert list(ends) == [now + timedelta(hours=24), now + timedelta(hours=25), None]
    endpoints.rotate_secret(endpoint_id, now=now + timedelta(hours=30))
    assert EndpointSecret.objects.count() == 2, "those that are over are gone"


def test_no_more_secrets_sign_at_once_than_a_receiver_reads(inbox, joined):
    endpoint_id, _ = joined
    now = timezone.now()
    newest = [endpoints.rotate_secret(endpoint_id, now=now) for _ in range(signing.SECRETS_MOST - 1)][-1]
    with pytest.raises(SecretsTooMany):
        endpoints.rotate_secret(endpoint_id, now=now)
    assert EndpointSecret.objects.count() == signing.SECRETS_MOST, "the newest goes on as it was"
    cast.in_force()
    deliver()
    received = inbox.requests[0]
    signing.verify(received.headers, received.body, now=timezone.now(), secrets=[signing.parse_secret(newest)])
    assert endpoints.rotate_secret(endpoint_id, now=now + endpoints.OVERLAP), "a day later there is room again"


def test_a_reader_moves_to_another_address_and_is_told_nothing_twice(inbox, joined):
    endpoint_id, _ = joined
    listing = cast.in_force()
    deliver()
    with receiver() as other:
        endpoints.move(endpoint_id, other.url, now=cast.NOW)
        cast.corrected(listing, fine_yuan=1)
        deliver()
        assert (inbox.positions, other.positions) == ([1], [2])
    with pytest.raises(EndpointUrlShape):
        endpoints.move(endpoint_id, "ftp://127.0.0.1/x", now=cast.NOW)


def test_a_held_lane_is_let_go_by_hand(inbox, joined):
    endpoint_id, _ = joined
    poison, fine = cast.in_force(), cast.second_in_force()
    Endpoint.objects.update(in_flight_cap=1)  # so that the second is tried after the first was refused
    inbox.answer = lambda received: 500 if received.event["listing"]["number"] == poison.number else 204
    deliver()
    assert Held.objects.get().listing_id == poison.pk
    inbox.answer = lambda received: 204
    deliver()
    assert Held.objects.exists(), "it waits for its time"
    assert endpoints.release(endpoint_id, poison.pk)
    deliver()
    assert not Held.objects.exists()
    assert not endpoints.release(endpoint_id, fine.pk)


def test_a_replay_brings_everything_after_the_position_again_in_order(inbox, joined):
    endpoint_id, _ = joined
    first, second = cast.in_force(), cast.second_in_force()
    cast.corrected(first, fine_yuan=1)
    cast.corrected(second, fine_yuan=2)
    deliver()
    once = {each.event["position"]: each.body for each in inbox.accepted}
    inbox.requests.clear()
    assert replay.replay(endpoint_id, after=1) == 2
    deliver()
    assert sorted(inbox.positions) == [2, 3, 4]
    assert {each.event["position"]: each.body for each in inbox.accepted} == {
        position: body for position, body in once.items() if position > 1
    }
    assert not Held.objects.exists()
    assert Endpoint.objects.get().cursor == 4


def test_a_replay_after_a_withdrawal_names_nobody(inbox, joined):
    endpoint_id, _ = joined
    cast.withdrawn(cast.in_force())
    deliver()
    inbox.requests.clear()
    replay.replay(endpoint_id, after=0)
    deliver()
    assert [each.event.get("stub", False) for each in inbox.accepted] == [True, False]
    assert all(cast.DEFENDANT_NUMBER.encode() not in each.body for each in inbox.accepted)


def test_new_events_do_not_wait_for_a_replay_of_another_listing(inbox, joined):
    endpoint_id, _ = joined
    first, second = cast.in_force(), cast.second_in_force()
    deliver()
    inbox.requests.clear()
    inbox.answer = lambda received: 500 if received.event["listing"]["number"] == first.number else 204
    replay.replay(endpoint_id, after=0)
    cast.corrected(second, fine_yuan=1)
    deliver()
    assert inbox.positions == [2, 3]
    assert Held.objects.get().listing_id == first.pk


def test_a_replay_takes_the_endpoint_from_the_slot_that_has_it(joined):
    endpoint_id, _ = joined
    cast.in_force()
    telling.walk(now=cast.NOW)
    (mine,) = lease.take(10)
    replay.replay(endpoint_id, after=0)
    assert lease.renew([mine]) == set()


def test_a_time_of_an_outage_is_turned_into_a_position(joined):
    cast.in_force()
    assert replay.position_before(timezone.now() + timedelta(seconds=1)) == 1
    assert replay.position_before(Event.objects.get().recorded_at) == 0


def test_nobody_is_replayed_to_an_endpoint_that_does_not_exist():
    with pytest.raises(Endpoint.DoesNotExist):
        replay.replay("ep_00000000000000000000000000", after=0)
