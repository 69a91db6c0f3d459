"""An event that cannot be opened any more holds its own listing; whatever is told of others, and every withdrawal, goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from config.operation.measuring import measure
from registry import actions
from registry.keys import KeyUnknown
from registry.models import Event, EventPayload, EventType
from sharing.delivery import contents, reading, slot
from sharing.delivery.models import Endpoint, Told
from sharing.departments import downloading, feed, left_over, owing, retrying, settling, tasks, telling
from sharing.departments.models import Department, LeftDuty, LeftOver
from tests import cast
from tests.logs import by_hand
from tests.receiving import receiver
from tests.test_effect_still_to_come import reinstating
from tests.test_feed import Door, flag
from tests.test_opened import BEGINNING, pulled
from tests.test_what_is_broken_stops_no_other import narrowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

HOUR = timedelta(hours=1)
LONG_AGO = cast.NOW.replace(year=2000)


@pytest.fixture
def door(finance):
    return Door(finance)


@pytest.fixture
def two(finance):
    """Two listings that the department was told of, at positions 1 and 2."""
    listings = cast.in_force(), cast.second_in_force()
    tell()
    return listings


def tell():
    telling.walk(now=cast.NOW)


def tried_again():
    """When it is time for everything that is left over."""
    LeftOver.objects.update(tried_at=LONG_AGO)
    retrying.try_again(now=timezone.now())


def sealed(position):
    payload = EventPayload.objects.get(event__position=position)
    return bytes(payload.body_sealed), bytes(payload.salt_sealed)


def put(position, body, salt):
    by_hand(
        "UPDATE registry_eventpayload SET body_sealed = %s, salt_sealed = %s WHERE event_id = %s", body, salt, position
    )


def spoilt(position, *, salt=True):
    """Nobody can open it any more; what it was, so that it can be put back."""
    was = sealed(position)
    put(position, b"x" * 80, b"x" * 80 if salt else was[1])
    return was


def numbers(door):
    lines, last = door.snapshot()
    assert last["count"] == len(lines)
    return {line["listing"]["number"]: line.get("unreadable", False) for line in lines}


class TestWhoPulls:
    def test_is_given_everything_else_and_told_which_positions_are_missing(self, door, two):
        spoilt(1)
        page = door.events()
        assert [each["data"]["event"]["position"] for each in page["events"]] == [2]
        assert (page["next"], page["unreadable"]) == (2, [1])
        assert LeftOver.objects.get().listing == two[0]

    def test_reads_no_such_member_where_nothing_is_missing(self, door, two):
        assert "unreadable" not in door.events()

    def test_is_given_what_was_missing_once_it_can_be_opened(self, door, two):
        was = spoilt(1)
        seen, page = pulled(door, BEGINNING)
        tried_again()
        assert pulled(door, page)[0] == []
        put(1, *was)
        tried_again()
        again, page = pulled(door, page)
        assert (seen, again, page["opened"]) == ([2], [1], 1)
        assert pulled(door, page)[0] == []

    def test_is_given_the_listing_in_order_although_a_later_event_could_be_opened(self, door, two):
        was = spoilt(1)
        _, page = pulled(door, BEGINNING)
        flag(cast.fresh(two[0]))
        tell()
        seen, page = pulled(door, page)
        assert seen == []
        put(1, *was)
        tried_again()
        assert pulled(door, page)[0] == [1, 3]

    def test_is_given_its_withdrawal_at_once(self, door, two):
        spoilt(1)
        _, page = pulled(door, BEGINNING)
        cast.withdrawn(two[0])
        tell()
        (event,) = door.events(page["next"])["events"]
        assert (event["type"], event["data"]["event"]["listing"]["number"]) == ("listing.withdrawn", two[0].number)
        tried_again()
        assert not LeftOver.objects.exists()

    def test_is_given_the_listing_whole_once_it_was_stopped_and_resumed(self, door, two):
        spoilt(1)
        seen, page = pulled(door, BEGINNING)
        stopped_and_resumed(two[0])
        seen, page = pulled(door, page)
        types = [Event.objects.get(position=position).type for position in seen]
        assert types == [EventType.SUSPENDED, EventType.REINSTATED]
        assert door.events(after=0)["events"][0]["data"]["event"]["stub"], "position 1 is of no account any more"

    def test_owes_no_receipt_for_it_until_it_is_given(self, finance, door, two):
        was = spoilt(1)
        door.events()
        owing.keep(finance.pk, now=timezone.now() + HOUR)
        assert [duty.position for duty in owing.owed(finance.pk, 10)] == [2]
        put(1, *was)
        tried_again()
        assert [duty.position for duty in owing.owed(finance.pk, 10)] == [1, 2]
        owing.keep(finance.pk, now=timezone.now() + HOUR)
        assert [duty.position for duty in owing.owed(finance.pk, 10)] == [1, 2]

    def test_is_given_no_page_whose_gap_could_not_be_noted(self, door, two, monkeypatch):
        spoilt(1)
        monkeypatch.setattr(left_over, "note", died)
        with pytest.raises(KeyboardInterrupt):
            door.events()

    def test_is_refused_nothing_by_what_another_department_could_not_be_given(self, door, two):
        other = Door(cast.department("telecom"))
        spoilt(1)
        assert other.events()["events"] == []
        assert not LeftOver.objects.exists()

    def test_is_given_nothing_by_a_host_that_lacks_the_key(self, finance, two, monkeypatch):
        def unknown(event, parts):
            raise KeyUnknown("k9")

        monkeypatch.setattr(contents, "opened", unknown)
        with pytest.raises(KeyUnknown):
            feed.page(finance.pk, 0, 10)


def died(*_given):
    raise KeyboardInterrupt


def stopped_and_resumed(listing):
    actions.suspend([listing.pk], officer=cast.registrar(), now=cast.NOW, reason="what was sealed cannot be opened")
    tell()
    actions.carry_out(reinstating(listing).pk, officer=cast.judge(), now=cast.NOW)
    tell()


class TestTheList:
    def test_names_a_listing_that_cannot_be_opened_and_says_so(self, door, two):
        spoilt(1)
        assert numbers(door) == {two[0].number: True, two[1].number: False}

    def test_that_said_so_is_made_up_for_by_the_next_opening(self, door, two):
        was = spoilt(1)
        _, last = door.snapshot()
        put(1, *was)
        tried_again()
        page = door.events(last["position"], opened=last["opened"])
        assert [each["data"]["event"]["position"] for each in page["events"]] == [1]

    def test_needs_no_event_before_the_last_that_tells_all(self, door, two):
        stopped_and_resumed(two[0])
        spoilt(1)
        assert numbers(door) == {two[0].number: False, two[1].number: False}

    def test_is_not_asked_in_vain_for_one_listing(self, door, two):
        spoilt(1)
        answer = door.get(f"listings/{two[0].number}")
        assert (answer.status_code, answer.json()["code"]) == (422, "R-409")
        assert door.get(f"listings/{two[1].number}").status_code == 200

    def test_as_a_file_never_calls_it_withdrawn(self, finance, two):
        spoilt(1)
        rows = downloading._changes_of(finance.pk, [each.pk for each in two], 0, reading.telling_position())
        with override("en"):
            assert [(str(happened), type(each).__name__) for happened, each in rows] == [
                ("new", "Unreadable"),
                ("new", "Holding"),
            ]
            row = downloading._row(feed.Unreadable(two[0].number, two[0].pk), lambda said: [])
        assert row[:2] == [two[0].number, "the court cannot open it at present: keep what you have of it"]
        assert len(row) == len(downloading.COLUMNS)


class TestAWithdrawal:
    @pytest.fixture
    def position(self, two):
        cast.withdrawn(two[0])
        tell()
        return Event.objects.get(type=EventType.WITHDRAWN).position

    @pytest.mark.parametrize("salt", [True, False])
    def test_that_cannot_be_opened_is_pulled_all_the_same(self, door, two, position, salt):
        before = door.events(after=position - 1)["events"]
        spoilt(position, salt=salt)
        (event,) = door.events(after=position - 1)["events"]
        assert event["data"]["event"] == before[0]["data"]["event"]
        assert event["data"]["salt"] == (None if salt else before[0]["data"]["salt"])

    def test_that_is_gone_is_pulled_all_the_same(self, door, position):
        before = door.events(after=position - 1)["events"]
        by_hand("DELETE FROM registry_eventpayload WHERE event_id = %s", position)
        (event,) = door.events(after=position - 1)["events"]
        assert event["data"]["event"] == before[0]["data"]["event"]

    def test_with_a_salt_of_another_is_sent_without_it(self, door, position):
        put(position, b"x" * 80, sealed(position)[1])
        by_hand("UPDATE registry_event SET commitment = %s WHERE position = %s", b"y" * 32, position)
        (event,) = door.events(after=position - 1)["events"]
        assert event["data"]["salt"] is None

    def test_that_cannot_be_opened_is_pushed_all_the_same(self, finance, monkeypatch):
        monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
        with receiver() as inbox:
            cast.add_endpoint(finance, inbox.url)
            listing = cast.in_force()
            tell()
            slot.run()
            cast.withdrawn(listing)
            tell()
            spoilt(2)
            slot.run()
        assert [each.event["type"] for each in inbox.requests] == ["listing.published", "listing.withdrawn"]
        assert inbox.requests[-1].event["listing"] == {"number": listing.number, "version": 2}


def test_a_push_that_waits_for_what_cannot_be_opened_goes_on_when_the_listing_is_told_whole_again(finance, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    with receiver() as inbox:
        endpoint, _ = cast.add_endpoint(finance, inbox.url)
        listing = cast.in_force()
        tell()
        spoilt(1)
        slot.run()
        assert inbox.requests == []
        stopped_and_resumed(listing)
        endpoint.held.update(next_due=LONG_AGO)
        Endpoint.objects.update(next_due=LONG_AGO)
        slot.run()
    types = [(each.event["type"], each.event.get("stub", False)) for each in inbox.requests]
    assert types == [
        ("listing.published", True),
        ("listing.suspended", False),
        ("listing.reinstated", False),
    ]


class TestSettling:
    def test_goes_on_past_a_listing_that_cannot_be_opened(self, finance, two):
        spoilt(1)
        narrowed(finance)
        settling.settle_all(now=cast.NOW)
        assert Department.objects.get().unsettled_position is None
        assert said(two[1]) == ["watch"]
        assert said(two[0]) != ["watch"]
        assert list(LeftOver.objects.values_list("listing", "duty")) == [(two[0].pk, LeftDuty.SETTLE)]

    def test_is_made_up_for_once_it_can_be_opened(self, finance, two):
        was = spoilt(1)
        narrowed(finance)
        settling.settle_all(now=cast.NOW)
        tried_again()
        assert LeftOver.objects.count() == 1
        put(1, *was)
        tried_again()
        assert not LeftOver.objects.exists()
        assert said(two[0]) == ["watch"]

    def test_needs_to_open_nothing_where_the_department_may_do_nothing_any_more(self, finance, two):
        spoilt(1)
        cast.ended(finance.instruments.get().measures.get())
        settling.settle_all(now=cast.NOW)
        assert not Told.objects.filter(ended_position=None).exists()
        assert not LeftOver.objects.exists()

    def test_owes_nothing_of_a_listing_that_was_withdrawn_meanwhile(self, finance, two):
        spoilt(1)
        narrowed(finance)
        settling.settle_all(now=cast.NOW)
        cast.withdrawn(two[0])
        tell()
        tried_again()
        assert not LeftOver.objects.exists()

    def test_that_died_before_it_noted_how_far_it_was_does_nothing_twice(self, finance, two, monkeypatch):
        spoilt(1)
        narrowed(finance)
        with monkeypatch.context() as patch:
            patch.setattr(left_over, "note", died)
            with pytest.raises(KeyboardInterrupt):
                settling.settle_all(now=cast.NOW)
        told = Event.objects.count()
        assert Department.objects.get().unsettled_position is not None
        settling.settle_all(now=cast.NOW)
        assert Event.objects.count() == told
        assert Department.objects.get().unsettled_position is None
        assert LeftOver.objects.get().listing == two[0]

    def test_of_measures_that_changed_meanwhile_is_not_taken_for_done(self, finance, two, monkeypatch):
        narrowed(finance)
        settle_each = settling.settle_each

        def while_they_change(department_id, listing_ids, *, now):
            left = settle_each(department_id, listing_ids, now=now)
            monkeypatch.setattr(settling, "settle_each", settle_each)
            cast.ended(finance.instruments.get().measures.get(to_position=None))
            return left

        monkeypatch.setattr(settling, "settle_each", while_they_change)
        settling.settle(finance.pk, now=cast.NOW)
        assert Department.objects.get().unsettled_position is None
        assert not Told.objects.filter(ended_position=None).exists()


class TestTheWalk:
    @pytest.fixture
    def undecided(self, finance):
        """Two listings of which the walk found the first one broken; what it was."""
        listings = cast.in_force(), cast.second_in_force()
        was = spoilt(1)
        tell()
        return listings, was

    def test_goes_on_past_what_cannot_be_opened_and_owes_it(self, finance, undecided):
        (first, second), _ = undecided
        assert reading.telling_position() == 2
        assert list(Told.objects.values_list("department", "listing")) == [(finance.pk, second.pk)]
        assert list(LeftOver.objects.values_list("listing", "duty")) == [(first.pk, LeftDuty.SETTLE)]

    def test_is_made_up_for_once_it_can_be_opened(self, door, undecided):
        (first, _), was = undecided
        seen, page = pulled(door, BEGINNING)
        tried_again()
        assert (pulled(door, page)[0], LeftOver.objects.count()) == ([], 1)
        put(1, *was)
        tried_again()
        assert (seen, pulled(door, page)[0], LeftOver.objects.count()) == ([2], [1], 0)
        assert said(first) == ["limit-accounts"]

    def test_is_made_up_for_at_the_endpoint_with_all_that_came_since(self, finance, monkeypatch):
        monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
        with receiver() as inbox:
            cast.add_endpoint(finance, inbox.url)
            listing = cast.in_force()
            was = spoilt(1)
            flag(cast.fresh(listing))
            tell()
            slot.run()
            assert inbox.requests == []
            put(1, *was)
            tried_again()
            slot.run()
        assert [each.event["type"] for each in inbox.requests] == ["listing.published", "listing.flagged"]

    def test_tells_the_listing_that_was_stopped_and_resumed(self, door, undecided):
        (first, _), _ = undecided
        stopped_and_resumed(first)
        tried_again()
        assert numbers(door) == {each.number: False for each in undecided[0]}
        assert not LeftOver.objects.exists()

    def test_owes_nothing_of_what_was_withdrawn_meanwhile(self, undecided):
        (first, second), was = undecided
        cast.withdrawn(first)
        tell()
        put(1, *was)
        tried_again()
        assert list(Told.objects.values_list("listing", flat=True)) == [second.pk]
        assert not LeftOver.objects.exists()

    def test_owes_nothing_to_who_has_no_measure(self, finance):
        cast.department("telecom")
        cast.in_force()
        spoilt(1)
        tell()
        assert [each.department_id for each in LeftOver.objects.all()] == [finance.pk]

    def test_leaves_what_was_told_until_it_is_known_what_came_after_it(self, finance, two):
        cast.corrected(two[0], article="CL 286-1")
        was = spoilt(3)
        tell()
        assert Told.objects.get(listing=two[0]).ended_position is None
        put(3, *was)
        tried_again()
        assert Told.objects.get(listing=two[0]).ended_position == Event.objects.last().position
        assert not LeftOver.objects.exists()

    def test_that_could_not_note_what_it_left_goes_on_nowhere(self, finance, monkeypatch):
        cast.in_force()
        spoilt(1)
        monkeypatch.setattr(left_over, "note", died)
        with pytest.raises(KeyboardInterrupt):
            tell()
        assert reading.telling_position() == 0


def said(listing):
    return [each["code"] for each in Told.objects.get(listing=listing, ended_position=None).measures]


def test_what_stays_broken_keeps_no_other_from_being_tried(finance, two, monkeypatch):
    monkeypatch.setattr(retrying, "CHUNK", 1)
    for each in two:
        left_over.note(finance.pk, [each.pk], LeftDuty.GIVE)
    spoilt(1)
    for minute in range(1, 4, 2):
        retrying.try_again(now=timezone.now() + timedelta(minutes=minute))
    assert LeftOver.objects.get(listing=two[1]).opening == 1
    assert LeftOver.objects.get(listing=two[0]).opening is None


def test_the_sweep_tries_again(finance, two, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    left_over.note(finance.pk, [two[0].pk], LeftDuty.GIVE)
    tasks.sweep()
    assert LeftOver.objects.get().opening is None, "it was tried a moment ago"
    LeftOver.objects.update(tried_at=LONG_AGO)
    tasks.sweep()
    assert LeftOver.objects.get().opening == 1


def test_how_many_are_left_over_is_a_figure(finance, two):
    left_over.note(finance.pk, [two[0].pk], LeftDuty.GIVE)
    assert measure(silent_after=90).delivery.left_over == {"give": 1}
