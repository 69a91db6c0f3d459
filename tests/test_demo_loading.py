"""The published period is played by two processes, and still every event stands in the order of time."""

from __future__ import annotations

import pytest
from django.utils import timezone

from config.child import CannotStart
from config.demo import loading
from config.demo.people import Officers
from config.demo.period import cases
from registry.models import ActRecord, Case, Event, EventType, Listing, State

FIRST = 15

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def the_first_cases(monkeypatch):
    monkeypatch.setattr(loading, "cases", lambda: cases()[:FIRST])


def test_it_works():
    loaded = loading.load_period(Officers(), timezone.now())
    parties = sum(len(history.parties) for history in cases()[:FIRST])
    assert (loaded.cases, loaded.approvals, loaded.published) == (FIRST, parties, parties)
    assert Case.objects.count() == FIRST
    assert loaded.in_force + loaded.withdrawn == parties


def test_every_event_stands_in_the_order_of_time():
    loading.load_period(Officers(), timezone.now())
    moments = list(Event.objects.order_by("position").values_list("occurred_at", flat=True))
    assert moments == sorted(moments)
    assert list(Event.objects.order_by("position").values_list("position", flat=True)) == list(
        range(1, len(moments) + 1)
    )


def test_every_listing_was_entered_submitted_approved_and_ended_by_an_act():
    loading.load_period(Officers(), timezone.now())
    for listing in Listing.objects.all():
        acts = set(ActRecord.objects.filter(listing_number=listing.number).values_list("act", flat=True))
        assert {"enter", "submit", "approve", "take_effect"} <= acts
        if listing.state == State.WITHDRAWN:
            assert acts & {"expire", "withdraw"}
            assert Event.objects.filter(listing=listing, type=EventType.WITHDRAWN).count() == 1


def test_a_part_that_fails_is_said_and_not_waited_for(monkeypatch):
    def fail(*args, **more):
        raise RuntimeError("planted")

    monkeypatch.setattr(loading.actions, "submit", fail)
    with pytest.raises(CannotStart, match="clerks"):
        loading.load_period(Officers(), timezone.now())
