"""One slot serves many endpoints: what it asks the database, and who waits for whom."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry import actions
from registry.models import Flag, Listing
from registry.turns import Lock, one_of
from sharing.delivery import lease, library, loading, slot, turns, work
from sharing.delivery.models import Attempt, Endpoint
from sharing.departments import telling
from tests import cast
from tests.receiving import receiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
PATIENCE = 5  # seconds


@pytest.fixture
def prompt():
    with receiver() as inbox:
        yield inbox


@pytest.fixture
def slow(prompt):
    """Answers once the prompt one has had something."""
    had = threading.Event()
    prompt.answer = lambda received: had.set() or 204
    with receiver() as inbox:
        inbox.answer = lambda received: 204 if had.wait(PATIENCE) else 504
        yield inbox


def join(sector, url, code=""):
    department = cast.department(sector, code=code) if code else cast.department(sector)
    cast.measure(department, code=f"{code or sector}-measure")
    return cast.add_endpoint(department, url, now=cast.NOW)[0]


def flag(listing):
    act = actions.unflag if Flag.DISPUTED in cast.fresh(listing).flags else actions.flag
    act([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")


def looks_of_a_slot():
    """How often a slot asks what is meant for its endpoints, and which of it is held."""
    with CaptureQueriesContext(connection) as context:
        slot.run()
    said = [query["sql"] for query in context.captured_queries]
    return sum("CROSS JOIN LATERAL" in sql for sql in said), sum("AS asked (id)" in sql for sql in said)


def test_the_database_is_asked_as_often_for_eight_endpoints_as_for_two(prompt):
    for number in range(2):
        join("finance", prompt.url, f"bank-{number}")
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    slot.run()
    flag(listing)
    telling.walk(now=cast.NOW)
    for_two = looks_of_a_slot()
    for number in range(2, 8):
        join("finance", prompt.url, f"bank-{number}")
    telling.walk(now=cast.NOW)
    slot.run()
    flag(listing)
    telling.walk(now=cast.NOW)
    assert looks_of_a_slot() == for_two
    assert for_two[0] == 1
    assert set(Endpoint.objects.values_list("cursor", flat=True)) == {3}
    assert Attempt.objects.filter(event=3).count() == 8


def test_receivers_that_are_slow_keep_no_other_waiting(prompt, slow, monkeypatch):
    monkeypatch.setattr(slot, "IN_FLIGHT", 2)
    monkeypatch.setattr(work, "SLOW_SECONDS", 0.05)
    late, well = join("finance", slow.url), join("telecom", prompt.url)
    cast.in_force()
    cast.second_in_force()
    telling.walk(now=cast.NOW)
    Endpoint.objects.filter(pk=well.pk).update(next_due=timezone.now() + timedelta(hours=1))
    glance, calls = slot.Slot._glance, []

    def due_meanwhile(self):
        calls.append(1)
        if len(calls) == 2:
            Endpoint.objects.filter(pk=well.pk).update(next_due=None)
            self._looked_at = 0.0
        glance(self)

    monkeypatch.setattr(slot.Slot, "_glance", due_meanwhile)
    slot.run()
    assert sorted(prompt.positions) == [1, 2]
    assert [each.answered for each in slow.requests] == [204, 204], "the prompt one had to wait for the slow one"
    assert Endpoint.objects.get(pk=late.pk).cursor == 2


@pytest.fixture
def flagged_meanwhile(prompt, slow, monkeypatch):
    """While the slow receiver is waited for, the listing that it was told of is flagged, which the prompt one is to be told of.

    Whether that is done yet, to be called.
    """
    monkeypatch.setattr(slot, "LOOK_EVERY", 60)
    join("finance", slow.url)
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    join("telecom", prompt.url)
    Endpoint.objects.filter(url=prompt.url).update(cursor=1)
    glance, calls = slot.Slot._glance, []

    def act_meanwhile(self):
        calls.append(1)
        if len(calls) == 2:
            flag(listing)
        glance(self)

    monkeypatch.setattr(slot.Slot, "_glance", act_meanwhile)
    return lambda: len(calls) > 1


def test_what_is_told_while_a_slow_receiver_is_waited_for_goes_out_at_once(prompt, slow, flagged_meanwhile):
    slot.run(before_look=lambda: telling.step(now=cast.NOW))
    assert 2 in prompt.positions
    assert [each.answered for each in slow.requests] == [204, 204]


def test_what_another_is_still_deciding_goes_out_as_soon_as_it_is_decided(prompt, slow, flagged_meanwhile):
    """The log has grown, and at the first looks nobody knows yet for whom."""
    looks = []

    def decided_by_another():
        if flagged_meanwhile():
            looks.append(1)
        if len(looks) > 2:
            telling.step(now=cast.NOW)

    slot.run(before_look=decided_by_another)
    assert 2 in prompt.positions
    assert [each.answered for each in slow.requests] == [204, 204]


def test_payloads_that_are_no_longer_at_hand_are_fetched_together(prompt, monkeypatch):
    monkeypatch.setattr(library, "PAYLOADS", 1)
    monkeypatch.setattr(library, "TRIMMED", 0)
    join("finance", prompt.url)
    numbers = [cast.resident(f"11010519880304{serial}") for serial in range(101, 107)]
    for number in numbers:
        cast.in_force(cast.party(cast.person(number, f"某{number[-2]}")), number=number)
    telling.walk(now=cast.NOW)
    with CaptureQueriesContext(connection) as context:
        slot.run()
    assert sorted(prompt.positions) == [1, 2, 3, 4, 5, 6]
    fetches = [query for query in context.captured_queries if "registry_eventpayload" in query["sql"]]
    assert len(fetches) <= 7


def test_a_restless_endpoint_is_asked_again_without_a_reply(prompt, monkeypatch):
    """Nothing of the first windows is meant for it: it is read on, though nothing is in flight."""
    monkeypatch.setattr(loading, "WINDOW", 1)
    monkeypatch.setattr(loading, "WINDOWS", 1)
    monkeypatch.setattr(slot, "LOOK_EVERY", 60)
    listing = cast.in_force()
    for _ in range(5):
        flag(listing)
    cast.withdrawn(cast.fresh(listing))
    telling.walk(now=cast.NOW)
    join("finance", prompt.url)
    cast.second_in_force()
    telling.walk(now=cast.NOW)
    Endpoint.objects.update(cursor=0)
    slot.run(seconds=PATIENCE)
    assert prompt.positions == [8]


def all_told(receiver, *, endpoints):
    """Each of so many endpoints has one event to be sent."""
    for number in range(endpoints):
        join("finance", receiver.url, f"bank-{number}")
    cast.in_force()
    telling.walk(now=cast.NOW)


def crowded(monkeypatch, slots):
    """So many slots are at work, with what is leased now."""
    leased = Endpoint.objects.filter(lease_until__gt=timezone.now())
    monkeypatch.setattr(lease, "crowd", lambda of: (slots, leased.count()))


def test_a_slot_leaves_half_of_what_is_far_behind_to_another_that_has_come(prompt, monkeypatch):
    monkeypatch.setattr(work, "FAR_BEHIND", 1)
    all_told(prompt, endpoints=4)
    crowded(monkeypatch, 2)
    slot.run()
    left = Endpoint.objects.filter(cursor=0)
    assert left.count() == 2
    assert not left.exclude(lease_until=None).exists(), "what is given up is there for the other at once"
    assert len(prompt.requests) == 2


def test_a_slot_leaves_nothing_that_is_soon_sent(prompt, monkeypatch):
    all_told(prompt, endpoints=4)
    crowded(monkeypatch, 2)
    slot.run()
    assert set(Endpoint.objects.values_list("cursor", flat=True)) == {1}


def test_a_slot_leaves_its_share_of_what_is_far_behind_whatever_it_leased_first(prompt, monkeypatch):
    monkeypatch.setattr(work, "FAR_BEHIND", 2)
    all_told(prompt, endpoints=4)
    flag(Listing.objects.get())
    telling.walk(now=cast.NOW)
    ids = list(Endpoint.objects.order_by("pk").values_list("pk", flat=True))
    Endpoint.objects.filter(pk__in=ids[2:]).update(cursor=1)
    crowded(monkeypatch, 2)
    slot.run()
    left = Endpoint.objects.exclude(cursor=2)
    assert left.count() == 1, "half of the two that are far behind"
    assert left.get().pk in ids[:2], "and neither of those soon sent"


def test_a_slot_does_not_take_back_what_it_left_and_goes_on_taking_others(prompt, monkeypatch):
    monkeypatch.setattr(work, "FAR_BEHIND", 1)
    all_told(prompt, endpoints=4)
    crowded(monkeypatch, 2)
    take, asked = lease.take, []

    def noted(limit, *, besides=()):
        asked.append((limit, {*besides}))
        return take(limit, besides=besides)

    monkeypatch.setattr(lease, "take", noted)
    slot.run()
    room, besides = asked[-1]
    assert len(asked) > 1
    assert room > 0
    assert besides == set(Endpoint.objects.filter(cursor=0).values_list("pk", flat=True))


def test_a_slot_that_is_alone_leaves_nothing(prompt, monkeypatch):
    all_told(prompt, endpoints=4)
    crowded(monkeypatch, 1)
    slot.run()
    assert set(Endpoint.objects.values_list("cursor", flat=True)) == {1}


def test_a_slot_that_finds_all_leased_waits_for_its_share(prompt, monkeypatch):
    all_told(prompt, endpoints=2)
    theirs = lease.take(2)
    crowded(monkeypatch, 2)
    take, looks = lease.take, []

    def given_up_meanwhile(limit, *, besides=()):
        looks.append(1)
        if len(looks) == 3:
            lease.release(theirs[:1])
        return take(limit, besides=besides)

    monkeypatch.setattr(lease, "take", given_up_meanwhile)
    slot.run()
    assert [each.answered for each in prompt.requests] == [204]


def test_slots_are_counted_by_the_turns_that_they_hold(db):
    assert lease.crowd(Lock.DELIVERING)[0] == 0
    with one_of(turns.of_this_worker(2), of=Lock.DELIVERING), one_of(of=Lock.MINDING):
        assert lease.crowd(Lock.DELIVERING) == (1, 0)
