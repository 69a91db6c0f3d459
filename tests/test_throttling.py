"""An endpoint that asked for a pace gets it, whoever leases it; nobody else waits, and nothing is spun through."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from registry import actions
from registry.models import Flag
from sharing.delivery import backlog, slot
from sharing.delivery.models import Attempt, Endpoint
from sharing.departments import connections, telling
from tests import cast
from tests.receiving import receiver

pytestmark = [pytest.mark.django_db, pytest.mark.service, pytest.mark.broker, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def inbox():
    with receiver() as opened:
        yield opened


@pytest.fixture
def other():
    with receiver() as opened:
        yield opened


def joined(sector, inbox, **pace):
    department = cast.department(sector)
    cast.measure(department, code=f"{sector}-measure")
    endpoint, _ = cast.add_endpoint(department, inbox.url, now=cast.NOW)
    if pace:
        connections.set_pace(endpoint.pk, **({"in_flight": 32} | pace))
    return endpoint


def events(count, *listings):
    """So many further events of the listings in turn."""
    for number in range(count):
        listing = cast.fresh(listings[number % len(listings)])
        act = actions.unflag if Flag.DISPUTED in listing.flags else actions.flag
        act([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")


def times(endpoint):
    """When each post to the endpoint began, in seconds."""
    started = Attempt.objects.filter(endpoint=endpoint).order_by("started_at").values_list("started_at", flat=True)
    return [moment.timestamp() for moment in started]


def test_a_hundred_events_at_fifty_a_second_take_two_seconds_while_another_endpoint_drains_at_once(inbox, other):
    paced, free = joined("finance", inbox, posts_per_second=50), joined("telecom", other)
    events(97, cast.in_force(), cast.second_in_force())
    telling.walk(now=cast.NOW)
    slot.run()
    told = times(paced), times(free)
    assert [len(each) for each in told] == [99, 99]
    slow, quick = (each[-1] - each[0] for each in told)
    assert 1.7 <= slow <= 4.0
    assert quick < slow / 2
    for begin in range(99):
        assert sum(told[0][begin] <= each < told[0][begin] + 1 for each in told[0]) <= 50 + 5 + 2
    assert Endpoint.objects.get(pk=paced.pk).failures == 0


def test_what_waits_for_its_pace_counts_as_waiting(inbox):
    endpoint = joined("finance", inbox, posts_per_second=2)
    events(8, cast.in_force())
    telling.walk(now=cast.NOW)
    slot.run(seconds=0.7)
    found = Endpoint.objects.get(pk=endpoint.pk)
    sent = len(inbox.accepted)
    assert 1 <= sent <= 3
    assert backlog.count(found.department_id, found.cursor, most=100) == 9 - sent


def test_a_new_lease_gives_no_new_burst(inbox):
    joined("finance", inbox, posts_per_second=2)
    events(20, cast.in_force())
    telling.walk(now=cast.NOW)
    began = time.monotonic()
    while time.monotonic() - began < 1.5:
        slot.run(seconds=0.05)
    assert len(inbox.accepted) <= 4


def test_without_a_pace_any_more_the_rest_goes_at_once(inbox):
    endpoint = joined("finance", inbox, posts_per_second=1)
    events(20, cast.in_force())
    telling.walk(now=cast.NOW)
    slot.run(seconds=0.1)
    assert Endpoint.objects.get().paced_until > timezone.now()
    connections.set_pace(endpoint.pk, posts_per_second=None, in_flight=32)
    slot.run()
    assert len(inbox.accepted) == 21
    assert Endpoint.objects.get().paced_until is None


def test_a_withdrawal_goes_before_what_waits(inbox):
    joined("finance", inbox, posts_per_second=4)
    first, second = cast.in_force(), cast.second_in_force()
    events(12, first)
    withdrawn = cast.withdrawn(second)
    telling.walk(now=cast.NOW)
    slot.run(seconds=0.6)
    sent = [(each.event["listing"]["number"], each.event["type"]) for each in inbox.accepted]
    assert len(sent) <= 4
    assert (withdrawn.number, "listing.withdrawn") in sent[:2]


def test_a_withdrawal_that_comes_while_others_wait_goes_next(inbox):
    joined("finance", inbox, posts_per_second=4)
    first, second = cast.in_force(), cast.second_in_force()
    events(12, first)
    telling.walk(now=cast.NOW)
    slot.run(seconds=0.3)
    before = len(inbox.accepted)
    cast.withdrawn(second)
    telling.walk(now=cast.NOW)
    slot.run(seconds=0.8)
    later = [each.event["type"] for each in inbox.accepted[before:]]
    assert "listing.withdrawn" in later[:2]
    assert len(later) < 10


def test_waiting_for_a_pace_is_no_spinning(inbox, monkeypatch):
    joined("finance", inbox, posts_per_second=5)
    events(6, cast.in_force())
    telling.walk(now=cast.NOW)
    turns = []
    fill = slot.Slot._fill
    monkeypatch.setattr(slot.Slot, "_fill", lambda self: (turns.append(1), fill(self)))
    slot.run(seconds=1.0)
    assert 1 < len(turns) < 150


def test_a_failing_endpoint_with_a_pace_is_probed_like_any_other(inbox):
    endpoint = joined("finance", inbox, posts_per_second=5)
    inbox.answer = lambda received: 503
    events(4, cast.in_force())
    telling.walk(now=cast.NOW)
    slot.run()
    found = Endpoint.objects.get(pk=endpoint.pk)
    assert (found.failures, found.last_failure, found.cursor) == (1, "503", 0)
    assert found.next_due - timezone.now() < timedelta(seconds=2)


def test_at_most_so_many_are_in_flight(inbox):
    at_once, most = [0], [0]

    def answer(received):
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        time.sleep(0.05)
        at_once[0] -= 1
        return 204

    inbox.answer = answer
    joined("finance", inbox, posts_per_second=None, in_flight=1)
    events(4, cast.in_force(), cast.second_in_force())
    telling.walk(now=cast.NOW)
    slot.run()
    assert (len(inbox.accepted), most[0]) == (6, 1)
