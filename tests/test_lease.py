"""Who works for an endpoint: one slot at a time, taken over when it dies, and fenced when it comes back late."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from registry import actions
from registry.models import EventPayload, Flag
from sharing.delivery import contents, envelope, lease, loading, reading, saving, slot
from sharing.delivery.library import Library
from sharing.delivery.models import Attempt, Endpoint, Held
from sharing.delivery.slot import UNREADABLE
from sharing.delivery.work import Work, live_secrets
from sharing.departments import telling
from sharing.departments.models import Department
from tests import cast, plans
from tests.lane_world import reply
from tests.receiving import receiver

pytestmark = pytest.mark.usefixtures("notice_waived")


@pytest.fixture
def endpoint(db):
    """An endpoint that has one event to be told."""
    return cast.told_endpoint()


def work_of(taken):
    work = Work(taken, telling=reading.telling_position(), secrets=(b"x" * 32,))
    loading.read_ahead([work])
    return work


def save(work):
    work.saved(ours=work.lease.endpoint_id in saving.save([work.progress()]))


def run_out(endpoint):
    Endpoint.objects.filter(pk=endpoint.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def in_an_hour():
    return timezone.now() + timedelta(hours=1)


def flag(listing):
    act = actions.unflag if Flag.DISPUTED in cast.fresh(listing).flags else actions.flag
    act([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")


def test_what_one_slot_leased_another_leaves(endpoint):
    (mine,) = lease.take(10)
    assert (mine.endpoint_id, mine.fence, mine.cursor, mine.alone_at) == (endpoint.pk, 1, 0, None)
    assert lease.take(10) == []
    lease.release([mine])
    assert lease.take(10)[0].fence == 2


def test_a_lease_lasts_eight_seconds_on_the_databases_clock_and_is_renewed(endpoint):
    (mine,) = lease.take(10)
    with connection.cursor() as cursor:
        cursor.execute("SELECT lease_until - clock_timestamp() FROM delivery_endpoint")
        (left,) = cursor.fetchone()
    assert timedelta(seconds=7) < left <= timedelta(seconds=8)
    run_out(endpoint)
    assert lease.renew([mine]) == {endpoint.pk}
    assert lease.take(10) == []
    assert slot.lease.RENEW_EVERY * 2 < lease.SECONDS


def test_a_lease_that_ran_out_is_taken_over(endpoint):
    (old,) = lease.take(10)
    run_out(endpoint)
    (new,) = lease.take(10)
    assert new.fence == old.fence + 1
    assert lease.renew([old]) == set()
    lease.release([old])
    assert lease.take(10) == [], "the old one gave back what was not its own"


def test_what_an_old_lease_brings_is_kept_as_attempts_and_moves_nothing(endpoint):
    (old,) = lease.take(10)
    work = work_of(old)
    event = work.next_post()
    run_out(endpoint)
    lease.take(10)
    work.settle(event.position, reply())
    save(work)
    assert work.lost
    assert work.next_post() is None
    assert work.is_done
    assert Attempt.objects.get().status == 204
    assert Endpoint.objects.get().cursor == 0


def test_an_old_lease_that_failed_neither_delays_nor_holds_anything(endpoint):
    cast.second_in_force()
    telling.walk(now=cast.NOW)
    (old,) = lease.take(10)
    work = work_of(old)
    events = [work.next_post(), work.next_post()]
    run_out(endpoint)
    lease.take(10)
    work.settle(events[0].position, reply(500))
    work.settle(events[1].position, reply())
    save(work)
    assert Attempt.objects.count() == 2
    assert not Held.objects.exists()
    row = Endpoint.objects.get()
    assert (row.cursor, row.failures, row.next_due) == (0, 0, None)


def test_the_same_work_under_a_good_lease_does_move(endpoint):
    (mine,) = lease.take(10)
    work = work_of(mine)
    work.settle(work.next_post().position, reply())
    save(work)
    assert not work.lost
    assert Endpoint.objects.get().cursor == 1


def five_more(endpoint):
    finance = Department.objects.get(pk=endpoint.department_id)
    for _ in range(5):
        cast.add_endpoint(finance, "http://127.0.0.1:9998/webhooks", now=cast.NOW)
    cast.second_in_force()
    telling.walk(now=cast.NOW)
    plans.due_as_they_lie(Endpoint, cast.NOW)


def test_a_plan_that_asks_again_for_each_row_takes_more_than_its_limit(endpoint):
    """What `plans` forces is what it is for: a statement of the usual form, which no code of the house has."""
    five_more(endpoint)
    with plans.each_row_asked_for_anew("delivery_endpoint"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery_endpoint e SET fence = fence FROM (SELECT id FROM delivery_endpoint ORDER BY next_due LIMIT 2"
            " FOR NO KEY UPDATE SKIP LOCKED) AS due WHERE e.id = due.id RETURNING e.id"
        )
        assert len(cursor.fetchall()) > 2


def test_a_slot_takes_no_more_endpoints_than_it_asked_for_whatever_the_plan(endpoint):
    five_more(endpoint)
    with plans.each_row_asked_for_anew("delivery_endpoint"):
        assert [len(lease.take(2)) for _ in range(4)] == [2, 2, 2, 0]


@pytest.mark.parametrize(
    ("change", "leased"),
    [
        ({}, True),
        ({"state": "paused"}, False),
        ({"cursor": 1}, False),
        ({"next_due": timezone.now() - timedelta(seconds=1), "failures": 1}, True),
        ({"next_due": in_an_hour(), "failures": 1}, False),
        ({"next_due": in_an_hour(), "failures": 1, "alone_at": 1}, False),
        ({"next_due": in_an_hour(), "failures": 1, "alone_at": 0}, True),
        ({"lease_until": in_an_hour()}, False),
    ],
)
def test_an_endpoint_is_leased_when_it_is_active_free_due_and_behind(endpoint, change, leased):
    Endpoint.objects.update(**change)
    assert bool(lease.take(10)) is leased


@pytest.mark.parametrize(
    ("row", "leased"),
    [
        ({"from_position": 1}, True),
        ({"from_position": 1, "next_due": timezone.now() - timedelta(seconds=1)}, True),
        ({"from_position": 1, "next_due": in_an_hour()}, False),
        ({"from_position": 2}, False),
    ],
)
def test_a_held_lane_that_is_due_and_has_events_is_work(endpoint, row, leased):
    Endpoint.objects.update(cursor=1)
    listing = EventPayload.objects.get().event.listing
    Held.objects.create(endpoint=endpoint, listing=listing, reason="refused", **row)
    assert bool(lease.take(10)) is leased


def test_an_endpoint_that_failed_alone_is_leased_early_for_a_new_lane_only(endpoint):
    Endpoint.objects.update(next_due=in_an_hour(), failures=3, alone_at=1)
    cast.second_in_force()
    telling.walk(now=cast.NOW)
    (mine,) = lease.take(10)
    assert mine.alone_at == 1
    work = work_of(mine)
    assert work.next_post().position == 2
    assert work.next_post() is None


def test_a_run_that_finds_nobody_new_waits_for_its_time_again(endpoint):
    Endpoint.objects.update(next_due=in_an_hour(), failures=3, alone_at=0)
    flag(EventPayload.objects.get().event.listing)
    telling.walk(now=cast.NOW)
    Endpoint.objects.update(alone_at=1)
    assert slot.run() == 0
    row = Endpoint.objects.get()
    assert (row.failures, row.alone_at, row.lease_until) == (3, 2, None)
    assert row.next_due > timezone.now()
    assert lease.take(10) == []


def test_an_endpoint_with_no_live_secret_is_signed_with_the_courts_key_alone(endpoint):
    endpoint.secrets.update(live_until=timezone.now() - timedelta(seconds=1))
    assert live_secrets([endpoint.pk]) == {endpoint.pk: ()}


def test_a_large_opening_set_is_taken_up_in_few_queries(db, django_assert_max_num_queries):
    department = cast.department()
    numbers = [cast.resident(f"11010519880304{serial}") for serial in range(101, 109)]
    for number in numbers:
        cast.in_force(cast.party(cast.person(number, f"某{number[-2]}")), number=number)
    cast.add_endpoint(department, "http://127.0.0.1:9999/", now=cast.NOW)
    cast.measure(department)
    telling.walk(now=cast.NOW)
    (mine,) = lease.take(10)
    with django_assert_max_num_queries(5):
        work = work_of(mine)
    assert len(work.lanes.held) == 8


def test_an_event_that_cannot_be_rendered_holds_its_own_listing_only(db, monkeypatch, caplog):
    with receiver() as inbox:
        department = cast.department()
        cast.measure(department)
        cast.add_endpoint(department, inbox.url, now=cast.NOW)
        unreadable = cast.in_force()
        cast.second_in_force()
        telling.walk(now=cast.NOW)
        opened = contents.opened

        def refuse_first(event, parts):
            body, salt = parts
            broken = body[:-1] + bytes([body[-1] ^ 1])
            return opened(event, (broken, salt) if event.position == 1 else parts)

        monkeypatch.setattr(contents, "opened", refuse_first)
        slot.run()
        assert inbox.positions == [2]
        assert Held.objects.get().listing_id == unreadable.pk
        assert Attempt.objects.get(event=1).failure == UNREADABLE
        monkeypatch.setattr(contents, "opened", opened)
        Held.objects.update(next_due=None)
        slot.run()
        assert inbox.positions == [2, 1]
    assert "SealBroken" in caplog.text
    assert "高䶮" not in caplog.text


def test_a_payload_is_opened_once_for_all_endpoints(db, monkeypatch):
    with receiver() as inbox:
        for sector in ("finance", "telecom", "transport"):
            department = cast.department(sector)
            cast.measure(department)
            cast.add_endpoint(department, inbox.url, now=cast.NOW)
        cast.in_force()
        telling.walk(now=cast.NOW)
        opened, asked = contents.opened, []
        monkeypatch.setattr(contents, "opened", lambda event, parts: asked.append(event) or opened(event, parts))
        slot.run()
        assert len(inbox.accepted) == 3
    assert [event.position for event in asked] == [1]


def test_what_is_at_hand_of_a_listing_withdrawn_meanwhile_goes_out_as_a_stub(endpoint):
    (mine,) = lease.take(10)
    work = work_of(mine)
    end, _ = reading.withdrawn_after(0)
    listing = cast.withdrawn(EventPayload.objects.first().event.listing)
    end, withdrawn = reading.withdrawn_after(end)
    assert (end, withdrawn) == (2, [(2, listing.pk, None)])
    work.lanes.silence({listing.pk: 2})
    event = work.next_post()
    assert event.is_stub
    assert cast.DEFENDANT_NUMBER.encode() not in envelope.body(event, Library().payload(event), endpoint="ep")


def test_a_slot_that_runs_sends_what_is_told_meanwhile(db):
    with receiver() as inbox:
        department = cast.department()
        cast.measure(department)
        cast.add_endpoint(department, inbox.url, now=cast.NOW)
        listing = cast.in_force()
        telling.walk(now=cast.NOW)
        more = iter([lambda: flag(listing), lambda: cast.withdrawn(cast.fresh(listing))])

        def meanwhile():
            next(more, lambda: None)()
            telling.step(now=cast.NOW)

        slot.run(before_look=meanwhile)
        assert inbox.positions == [1, 2, 3]


class Lines:
    """A receiver that counts how many posts of one listing are with one endpoint at the same moment."""

    def __init__(self):
        self.now, self.most = Counter(), Counter()
        self.arrived = defaultdict(list)
        self.lock = threading.Lock()

    def answer(self, received):
        lane = (received.data["endpoint"], received.event["listing"]["number"])
        with self.lock:
            self.now[lane] += 1
            self.most[lane] = max(self.most[lane], self.now[lane])
            self.arrived[lane].append(received.event["position"])
        time.sleep(0.005)
        with self.lock:
            self.now[lane] -= 1
        return 204


@pytest.mark.django_db(transaction=True)
def test_two_slots_at_once_send_everything_once_and_never_two_posts_of_one_lane():
    lines = Lines()
    with receiver() as inbox:
        inbox.answer = lines.answer
        for sector in ("finance", "telecom", "transport"):
            department = cast.department(sector)
            cast.measure(department)
            cast.add_endpoint(department, inbox.url, now=cast.NOW)
        for listing in (cast.in_force(), cast.second_in_force()):
            for _ in range(9):
                flag(listing)
        telling.walk(now=cast.NOW)

        def run():
            try:
                slot.run()
            finally:
                connection.close()

        slots = [threading.Thread(target=run) for _ in range(2)]
        for each in slots:
            each.start()
        for each in slots:
            each.join()
    assert set(lines.most.values()) == {1}
    assert [positions for positions in lines.arrived.values() if positions != sorted(set(positions))] == []
    assert sum(len(positions) for positions in lines.arrived.values()) == 3 * 20
    assert set(Endpoint.objects.values_list("cursor", "lease_until")) == {(20, None)}
    assert Attempt.objects.count() == 60


def test_under_a_lease_that_may_have_run_out_nothing_is_sent_until_it_is_renewed(endpoint, monkeypatch):
    (mine,) = lease.take(10)
    work = work_of(mine)
    monkeypatch.setattr("sharing.delivery.work.time.monotonic", lambda: mine.until + 0.1)
    assert work.next_post() is None
    work.until += lease.TRUSTED
    assert work.next_post() is not None


def test_a_slot_whose_database_kept_silent_for_a_lease_gives_up_and_cuts_off_what_is_on_its_way(endpoint, monkeypatch):
    """As one that is cut off: its successor has sent the withdrawal meanwhile, and what this one has in hand is whole."""
    monkeypatch.setattr(lease, "TRUSTED", 0.2)
    with receiver() as inbox:
        Endpoint.objects.update(url=inbox.url)
        read_ahead = loading.read_ahead

        def silent(works):
            found = read_ahead(works)
            time.sleep(0.3)
            return found

        monkeypatch.setattr(loading, "read_ahead", silent)
        assert slot.run() == 0
        assert inbox.requests == []
    assert Endpoint.objects.get().cursor == 0
