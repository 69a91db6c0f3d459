"""What a slot writes down for one endpoint, column by column; and that an older lease writes down its attempts alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from registry.models import Listing
from sharing.delivery import lease, saving
from sharing.delivery.lane import Lane
from sharing.delivery.lanes import Lanes
from sharing.delivery.lease import Lease
from sharing.delivery.models import Attempt, Endpoint, Held, HeldReason
from sharing.delivery.saving import AttemptRow, Progress
from sharing.transport import Reply
from tests import cast
from tests.lane_world import meant, reply
from tests.threads import in_threads

pytestmark = pytest.mark.django_db

PUBLISHED = "listing.published"
LATE = timedelta(seconds=3)  # between what a test reads of the clock and what the database does


@pytest.fixture(autouse=True)
def endpoint(notice_waived: None) -> Endpoint:
    return cast.told_endpoint()


def leased() -> Lease:
    (mine,) = lease.take(1)
    return mine


def lanes(*, cursor: int = 0, failures: int = 0, alone_at: int | None = None) -> Lanes:
    return Lanes(cursor=cursor, failures=failures, cap=4, alone_at=alone_at, paced=False)


def failed(*, failures: int) -> Lanes:
    """After a run that ended in failure: so many in a row by now."""
    made = lanes(failures=failures - 1)
    made.failures, made.failed_now = failures, True
    return made


def saved(
    of: Lease, held: Lanes, *replies: Reply, telling: int = 9, ahead: float | None = None, last: Reply | None = None
) -> Endpoint:
    """The endpoint, once this was written down under that lease; it was the lease's."""
    attempts = [saving.attempt(of.endpoint_id, 1, each) for each in replies]
    newest = replies[-1] if replies else last
    assert saving.save([Progress(of, held, attempts, newest, telling, ahead)]) == {of.endpoint_id}
    return Endpoint.objects.get(pk=of.endpoint_id)


def is_in(moment: datetime | None, seconds: float, *, spread: float = 0.0) -> bool:
    """So many seconds from now, give or take that share."""
    assert moment is not None
    least, most = (timedelta(seconds=seconds * (1 + each)) for each in (-spread, spread))
    now = timezone.now()
    return now + least - LATE <= moment <= now + most


class TestTheAttempt:
    def test_says_when_how_long_and_what_came(self, endpoint: Endpoint) -> None:
        saved(leased(), lanes(cursor=1), reply(503, "cut"))
        row = Attempt.objects.get()
        assert (row.endpoint_id, row.event_id, row.elapsed_ms, row.status) == (endpoint.pk, 1, 17, 503)
        assert (row.failure, row.content_type, row.length, row.sha256) == ("cut", "text/plain", 5, "ab" * 32)
        assert row.started_at == datetime.fromtimestamp(1796000000.25, UTC)

    def test_is_kept_of_each_post_in_the_order_of_the_replies(self) -> None:
        saved(leased(), lanes(cursor=1), reply(500), reply(204))
        assert list(Attempt.objects.order_by("pk").values_list("status", flat=True)) == [500, 204]


class TestTheCursor:
    def test_goes_on_to_what_was_received(self) -> None:
        assert saved(leased(), lanes(cursor=1), reply()).cursor == 1

    def test_never_goes_back(self) -> None:
        mine = leased()
        Endpoint.objects.update(cursor=5)
        assert saved(mine, lanes(cursor=1), reply()).cursor == 5


class TestAfterAFailure:
    @pytest.mark.parametrize(("failures", "seconds"), [(1, 1), (2, 5), (4, 120), (8, 3600), (30, 3600)])
    def test_the_endpoint_waits_longer_each_time(self, failures: int, seconds: int) -> None:
        row = saved(leased(), failed(failures=failures), reply(500))
        assert row.failures == failures
        assert is_in(row.next_due, seconds, spread=0.2)

    def test_it_waits_as_long_as_the_receiver_asks(self) -> None:
        assert is_in(saved(leased(), failed(failures=1), reply(503, retry_after=1200)).next_due, 1200)

    @pytest.mark.parametrize(("asked_before", "asked_last"), [(1200, None), (1200, 60), (60, 1200)])
    def test_it_waits_as_long_as_any_answer_asked(self, asked_before: float, asked_last: float | None) -> None:
        made = failed(failures=1)
        made.pause = asked_before
        assert is_in(saved(leased(), made, reply(503, retry_after=asked_last)).next_due, 1200)

    def test_it_fails_since_it_last_took_something(self) -> None:
        mine = leased()
        Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=2))
        assert is_in(saved(mine, failed(failures=1), reply(204), reply(429)).failing_since, 0)

    def test_one_that_is_gone_waits_an_hour_from_the_first_time_on(self) -> None:
        assert is_in(saved(leased(), failed(failures=1), reply(410)).next_due, 3600, spread=0.2)

    def test_a_failure_of_the_courts_own_proxy_waits_half_a_minute_at_most(self) -> None:
        assert is_in(saved(leased(), failed(failures=8), reply(0, "proxy")).next_due, 30, spread=0.2)

    def test_the_receivers_own_failure_does_not(self) -> None:
        assert is_in(saved(leased(), failed(failures=8), reply(0, "refused")).next_due, 3600, spread=0.2)

    def test_since_when_it_fails_stands_from_the_first_one_on(self) -> None:
        first = saved(leased(), failed(failures=1), reply(500)).failing_since
        assert is_in(first, 0)
        long_ago = timezone.now() - timedelta(days=2)
        Endpoint.objects.update(failing_since=long_ago, next_due=None, lease_until=None)
        assert saved(leased(), failed(failures=2), reply(500)).failing_since == long_ago

    @pytest.mark.parametrize(("last", "said"), [(reply(503), "503"), (reply(0, "tls_name"), "tls_name")])
    def test_the_last_one_is_told_in_a_word_or_by_its_status(self, last: Reply, said: str) -> None:
        assert saved(leased(), failed(failures=1), last).last_failure == said

    def test_a_later_run_that_heard_nothing_leaves_that_word(self) -> None:
        mine = leased()
        Endpoint.objects.update(last_failure="refused")
        assert saved(mine, lanes(failures=3)).last_failure == "refused"

    def test_the_word_is_the_last_replys(self) -> None:
        assert saved(leased(), failed(failures=1), reply(500), reply(0, "timeout")).last_failure == "timeout"

    def test_one_lane_alone_that_failed_is_asked_early_once_another_is_told(self) -> None:
        alone = failed(failures=1)
        alone.was_alone = True
        assert saved(leased(), alone, reply(500), telling=7).alone_at == 7

    def test_several_that_failed_are_not(self) -> None:
        mine = leased()
        Endpoint.objects.update(alone_at=3)
        assert saved(mine, failed(failures=1), reply(500), telling=7).alone_at is None

    def test_nor_one_alone_that_did_not_fail(self) -> None:
        well = lanes(cursor=1)
        well.was_alone = True
        assert saved(leased(), well, reply(), telling=7).alone_at is None


class TestAfterASuccess:
    def test_nothing_of_the_outage_is_left(self) -> None:
        mine = leased()
        Endpoint.objects.update(
            failures=4, next_due=timezone.now(), alone_at=1, failing_since=timezone.now(), last_failure="500"
        )
        row = saved(mine, lanes(cursor=1), reply())
        assert (row.failures, row.next_due, row.alone_at, row.failing_since, row.last_failure) == (
            0,
            None,
            None,
            None,
            "",
        )

    @pytest.mark.parametrize(
        ("last", "heard"),
        [
            (reply(199), False),
            (reply(200), True),
            (reply(299), True),
            (reply(300), False),
            (reply(200, "cut"), False),
            (reply(0, "timeout"), False),
        ],
    )
    def test_a_message_was_taken_where_a_reply_of_2xx_ended(self, last: Reply, heard: bool) -> None:
        row = saved(leased(), failed(failures=1), last)
        assert (row.heard_at is not None) is heard
        if heard:
            assert is_in(row.heard_at, 0)

    def test_any_reply_of_several_counts(self) -> None:
        assert saved(leased(), failed(failures=1), reply(204), reply(500)).heard_at is not None

    def test_when_it_last_took_one_stands_though_it_fails_now(self) -> None:
        mine, before = leased(), timezone.now() - timedelta(hours=1)
        Endpoint.objects.update(heard_at=before)
        assert saved(mine, failed(failures=1), reply(500)).heard_at == before


class TestBeforeItsTime:
    """The endpoint failed, and was leased early to ask another lane."""

    DUE = datetime(2026, 12, 24, 9, tzinfo=UTC)

    def early(self, *, failures: int = 3, alone_at: int | None = 1, failed_now: bool = False) -> datetime | None:
        mine = leased()
        Endpoint.objects.update(next_due=self.DUE)
        asked = lanes(failures=failures, alone_at=alone_at)
        asked.failed_now = failed_now
        return saved(mine, asked, last=reply(500) if failed_now else None).next_due

    @pytest.mark.parametrize("failures", [1, 3])
    def test_a_run_that_asked_nobody_leaves_its_time(self, failures: int) -> None:
        assert self.early(failures=failures) == self.DUE

    def test_one_that_failed_again_gives_it_a_new_one(self) -> None:
        assert is_in(self.early(failed_now=True), 30, spread=0.2)

    def test_one_that_succeeded_has_it_go_on_at_once(self) -> None:
        assert self.early(failures=0) is None

    def test_so_has_one_that_was_leased_in_its_time(self) -> None:
        assert self.early(alone_at=None) is None


class TestThePace:
    def test_is_kept_as_the_moment_up_to_which_it_is_used_up(self) -> None:
        assert is_in(saved(leased(), lanes(cursor=1), reply(), ahead=40.0).paced_until, 40)

    def test_is_nothing_where_there_is_none(self) -> None:
        mine = leased()
        Endpoint.objects.update(paced_until=timezone.now())
        assert saved(mine, lanes(cursor=1), reply()).paced_until is None


def lane(listing: Listing, *, at: int = 1, **how: Any) -> Lane:
    """A held lane with one event to send."""
    made = Lane(listing.pk, from_position=at, **how)
    made.add(meant(at, listing.pk, PUBLISHED))
    made.held = True
    return made


def holding(*held: Lane, cursor: int = 9) -> Lanes:
    made = lanes(cursor=cursor)
    for each in held:
        made.lanes[each.listing_id] = made.held[each.listing_id] = each
    return made


class TestHeldLanes:
    def test_a_refused_one_is_kept_with_all_it_knows_and_waits(self, endpoint: Endpoint) -> None:
        refused = lane(Listing.objects.get(), at=4, ahead={8, 6}, reason=HeldReason.REPLAY, refusals=1)
        refused.refuse()
        saved(leased(), holding(refused), reply(500))
        row = Held.objects.get()
        assert (row.endpoint_id, row.listing_id, row.from_position) == (endpoint.pk, refused.listing_id, 4)
        assert (row.ahead, row.refusals, row.reason) == ([6, 8], 2, "replay")
        assert is_in(row.next_due, 5, spread=0.2)
        assert (refused.changed, refused.refused_now) == (False, False), "there is nothing more to be saved of it"

    def test_one_that_did_not_change_is_not_written(self) -> None:
        saved(leased(), holding(lane(Listing.objects.get())), reply())
        assert not Held.objects.exists()

    def test_one_that_goes_on_is_due_at_once(self) -> None:
        going = lane(Listing.objects.get(), at=3)
        Held.objects.create(
            endpoint=Endpoint.objects.get(),
            listing_id=going.listing_id,
            from_position=1,
            ahead=[3],
            refusals=7,
            next_due=timezone.now(),
            reason="refused",
        )
        going.changed = True
        saved(leased(), holding(going), reply())
        row = Held.objects.get()
        assert (row.from_position, row.ahead, row.refusals, row.next_due, row.reason) == (3, [], 0, None, "refused")

    @pytest.mark.parametrize(("refused_now", "waits"), [(False, 7200), (True, 1)])
    def test_one_that_waits_keeps_its_time_unless_it_was_refused_again(self, refused_now: bool, waits: int) -> None:
        """A withdrawal overtook what it waits with."""
        waiting = lane(Listing.objects.get(), due=False, refusals=1)
        Held.objects.create(
            endpoint=Endpoint.objects.get(),
            listing_id=waiting.listing_id,
            from_position=1,
            refusals=1,
            next_due=timezone.now() + timedelta(hours=2),
            reason="refused",
        )
        waiting.changed, waiting.refused_now = True, refused_now
        saved(leased(), holding(waiting), reply())
        assert is_in(Held.objects.get().next_due, waits, spread=0.2)

    def test_one_that_was_refused_with_a_pause_keeps_the_pause(self) -> None:
        refused = lane(Listing.objects.get(), refusals=0)
        refused.refuse(1200.0)
        saved(leased(), holding(refused), reply(429))
        assert is_in(Held.objects.get().next_due, 1200)

    def test_one_that_has_caught_up_is_an_ordinary_one_again(self) -> None:
        listing, other = Listing.objects.get(), cast.second_in_force()
        done, busy = Lane(listing.pk, from_position=3, held=True), lane(other, at=2)
        for each in (listing, other):
            Held.objects.create(endpoint=Endpoint.objects.get(), listing=each, from_position=1, reason="opening")
        at_hand = holding(done, busy)
        saved(leased(), at_hand, reply())
        assert Held.objects.get().listing == other
        assert at_hand.held == at_hand.lanes == {other.pk: busy}

    def test_another_endpoints_lane_of_that_listing_stays(self) -> None:
        telecom = cast.department("telecom")
        cast.measure(telecom)
        another, _secret = cast.add_endpoint(telecom, "http://127.0.0.1:9997/webhooks")
        listing = Listing.objects.get()
        for each in Endpoint.objects.all():
            Held.objects.create(endpoint=each, listing=listing, from_position=1, reason="opening")
        (mine,) = (each for each in lease.take(9) if each.endpoint_id != another.pk)
        saved(mine, holding(Lane(listing.pk, from_position=3, held=True)), reply())
        assert Held.objects.get().endpoint == another

    def test_one_that_has_more_to_come_before_the_cursor_stays_held(self) -> None:
        listing = Listing.objects.get()
        Held.objects.create(endpoint=Endpoint.objects.get(), listing=listing, from_position=1, reason="opening")
        at_hand = holding(Lane(listing.pk, from_position=3, held=True), cursor=1)
        saved(leased(), at_hand, reply())
        assert Held.objects.exists()
        assert listing.pk in at_hand.held


class TestWhoseLeaseItIs:
    def test_an_older_one_writes_down_its_attempts_alone(self) -> None:
        old = replace(leased(), fence=0)
        refused = lane(Listing.objects.get())
        refused.refuse()
        at_hand = holding(refused)
        before = Endpoint.objects.values().get()
        assert saving.save([progress(old, at_hand, [reply(500)])]) == set()
        assert Endpoint.objects.values().get() == before
        assert not Held.objects.exists()
        assert Attempt.objects.get().status == 500
        assert refused.changed, "it is not saved"

    def test_of_several_each_stands_for_itself(self) -> None:
        telecom = cast.department("telecom")
        cast.measure(telecom)
        cast.add_endpoint(telecom, "http://127.0.0.1:9997/webhooks")
        Endpoint.objects.update(cursor=0)
        Held.objects.all().delete()
        one, other = sorted(lease.take(9), key=lambda each: each.endpoint_id)
        late = replace(other, fence=other.fence - 1)
        made = [progress(one, lanes(cursor=1), [reply()]), progress(late, lanes(cursor=1), [reply()])]
        assert saving.save(made) == {one.endpoint_id}
        assert dict(Endpoint.objects.values_list("pk", "cursor")) == {one.endpoint_id: 1, other.endpoint_id: 0}
        assert Attempt.objects.count() == 2

    def test_nothing_is_written_where_a_part_cannot_be(self) -> None:
        """And what was to be written is still to be, by the next saving."""
        broken = lane(Listing.objects.get(), reason=None)
        broken.refuse()
        mine = leased()
        with pytest.raises(IntegrityError):
            saving.save([progress(mine, holding(broken), [reply()])])
        assert not Attempt.objects.exists()
        assert Endpoint.objects.get().cursor == 0
        assert broken.changed
        assert broken.refused_now


@pytest.mark.django_db(transaction=True)
def test_endpoints_are_locked_in_the_order_of_their_ids_so_that_two_savings_never_wait_for_each_other() -> None:
    """While the first one is locked by somebody else, the second is not yet: whatever order they come and lie in."""
    telecom = cast.department("telecom")
    cast.measure(telecom)
    cast.add_endpoint(telecom, "http://127.0.0.1:9997/webhooks")
    Endpoint.objects.update(cursor=0)
    first, second = sorted(lease.take(9), key=lambda each: each.endpoint_id)
    Endpoint.objects.filter(pk=first.endpoint_id).update(failures=0)  # now it lies behind the second
    locked = Event()

    def hold() -> None:
        with transaction.atomic():
            Endpoint.objects.select_for_update().get(pk=first.endpoint_id)
            locked.set()
            wait_until_somebody_waits()
            assert Endpoint.objects.select_for_update(skip_locked=True).filter(pk=second.endpoint_id).exists()

    def save() -> None:
        assert locked.wait(20)
        saving.save([progress(second, lanes(cursor=1), [reply()]), progress(first, lanes(cursor=1), [reply()])])

    in_threads(hold, save)
    assert set(Endpoint.objects.values_list("cursor", flat=True)) == {1}


def wait_until_somebody_waits() -> None:
    """For a lock that this session has."""
    ends = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < ends:
            cursor.execute("SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.rowcount:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


def progress(of: Lease, held: Lanes, replies: Sequence[Reply]) -> Progress:
    attempts: list[AttemptRow] = [saving.attempt(of.endpoint_id, 1, each) for each in replies]
    return Progress(of, held, attempts, replies[-1], 9)


def test_without_attempts_nothing_is_copied(django_assert_num_queries: Any) -> None:
    mine = leased()
    with django_assert_num_queries(3):  # savepoint, move, savepoint
        saved_nothing = saving.save([Progress(mine, lanes(cursor=1), [], None, 9)])
    assert saved_nothing == {mine.endpoint_id}
    assert time.monotonic() < mine.until
