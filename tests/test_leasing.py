"""Which endpoints are leased, in which order, and what a lease tells the slot that has it."""

from __future__ import annotations

import math
import time
from datetime import datetime, timedelta
from threading import Event

import pytest
from django.db import transaction
from django.utils import timezone

from registry import actions
from registry.models import Listing
from registry.turns import Lock
from sharing.delivery import lease
from sharing.delivery.lease import Lease
from sharing.delivery.models import (
    ClientCertificate,
    Endpoint,
    EndpointStage,
    Held,
    TellingCursor,
    TrustedAuthorities,
)
from sharing.departments import telling
from tests import cast
from tests.threads import in_threads

pytestmark = pytest.mark.django_db

SECTORS = ("finance", "real_estate", "telecom", "transport")


@pytest.fixture(autouse=True)
def listing(notice_waived: None) -> Listing:
    return cast.in_force()


@pytest.fixture
def endpoint() -> Endpoint:
    (made,) = joined("finance")
    return made


def joined(*sectors: str) -> list[Endpoint]:
    """An endpoint of a department of each, with one event to be told; in the order of their ids."""
    made = []
    for port, sector in enumerate(sectors, start=9990):
        department = cast.department(sector)
        cast.measure(department)
        found, _secret = cast.add_endpoint(department, f"http://127.0.0.1:{port}/webhooks")
        made.append(found)
    telling.walk(now=cast.NOW)
    Held.objects.all().delete()
    Endpoint.objects.update(cursor=0)
    return sorted(made, key=lambda each: each.pk)


def change(of: Endpoint, **how: object) -> None:
    Endpoint.objects.filter(pk=of.pk).update(**how)


def ids(leases: list[Lease]) -> list[str]:
    return [each.endpoint_id for each in leases]


def ago(**how: int) -> datetime:
    return timezone.now() - timedelta(**how)


class TestWho:
    def test_one_on_trial_is_told_nothing_of_the_log(self, endpoint: Endpoint) -> None:
        change(endpoint, stage=EndpointStage.TRIAL)
        assert lease.take(9) == []

    def test_a_lease_that_ran_out_counts_no_more(self, endpoint: Endpoint) -> None:
        change(endpoint, lease_until=ago(seconds=1))
        assert ids(lease.take(9)) == [endpoint.pk]

    def test_no_more_than_asked_for(self) -> None:
        joined(*SECTORS)
        assert len(lease.take(3)) == 3
        assert len(lease.take(3)) == 1

    def test_none_of_those_that_are_left_out(self) -> None:
        first, second, third, fourth = joined(*SECTORS)
        assert sorted(ids(lease.take(9, besides={first.pk, third.pk}))) == [second.pk, fourth.pk]

    def test_those_that_never_failed_first_then_who_waited_longest(self) -> None:
        first, second, third, fourth = joined(*SECTORS)
        change(first, next_due=ago(minutes=1), failures=1)
        change(second, next_due=ago(minutes=2), failures=1)
        assert [ids(lease.take(1)) for _ in SECTORS] == [[third.pk], [fourth.pk], [second.pk], [first.pk]]

    def test_none_whose_cursor_is_at_what_was_told_though_the_log_goes_on(self, endpoint: Endpoint) -> None:
        TellingCursor.objects.update(position=0)
        assert lease.take(9) == []


@pytest.mark.django_db(transaction=True)
def test_one_that_somebody_changes_just_now_is_passed_over_and_not_waited_for() -> None:
    first, second = joined("finance", "telecom")
    locked, asked = Event(), Event()
    found: list[Lease] = []

    def hold() -> None:
        with transaction.atomic():
            Endpoint.objects.select_for_update().get(pk=first.pk)
            locked.set()
            assert asked.wait(20), "it was waited for"

    def take() -> None:
        assert locked.wait(20)
        found.extend(lease.take(9))
        asked.set()

    in_threads(hold, take)
    assert ids(found) == [second.pk]


class TestForAHeldLane:
    @pytest.fixture(autouse=True)
    def held(self, endpoint: Endpoint, listing: Listing) -> None:
        change(endpoint, cursor=1)
        Held.objects.create(endpoint=endpoint, listing=listing, from_position=1, reason="refused")

    def test_whose_event_was_not_told_yet_nobody_is_leased(self) -> None:
        TellingCursor.objects.update(position=0)
        Endpoint.objects.update(cursor=0)
        assert lease.take(9) == []

    def test_with_an_event_for_every_reader_he_is(self, endpoint: Endpoint) -> None:
        assert ids(lease.take(9)) == [endpoint.pk]

    @pytest.mark.parametrize(("sector", "leased"), [("finance", True), ("telecom", False)])
    def test_with_an_event_for_one_department_that_one_alone(
        self, endpoint: Endpoint, listing: Listing, sector: str, leased: bool
    ) -> None:
        reader = cast.department(sector).organisation_id
        actions.tell_anew([listing.pk], reader=reader, now=cast.NOW, reason="asked for")
        TellingCursor.objects.update(position=2)
        Held.objects.update(from_position=2)
        change(endpoint, cursor=2)
        assert bool(lease.take(9)) is leased

    def test_another_endpoints_is_none_of_his(self) -> None:
        telecom = cast.department("telecom")
        cast.measure(telecom)
        another, _secret = cast.add_endpoint(telecom, "http://127.0.0.1:9989/webhooks")
        Held.objects.update(endpoint=another)
        assert ids(lease.take(9)) == [another.pk]


class TestALease:
    def test_tells_where_the_endpoint_stands(self, endpoint: Endpoint) -> None:
        change(endpoint, fence=7, failures=2, in_flight_cap=5, next_due=ago(seconds=1), alone_at=0)
        before = time.monotonic()
        (mine,) = lease.take(9)
        assert (mine.endpoint_id, mine.fence, mine.department_id) == (endpoint.pk, 8, endpoint.department_id)
        assert (mine.url, mine.cursor, mine.failures, mine.cap) == (endpoint.url, 0, 2, 5)
        assert (mine.per_second, mine.ahead, mine.has_identity, mine.has_held) == (None, 0.0, False, False)
        assert before + lease.TRUSTED <= mine.until <= time.monotonic() + lease.TRUSTED
        assert Endpoint.objects.get().fence == 8

    def test_says_whether_it_is_before_its_time(self, endpoint: Endpoint) -> None:
        change(endpoint, next_due=ago(seconds=-60), alone_at=0)
        assert lease.take(9)[0].alone_at == 0
        change(endpoint, next_due=ago(seconds=1), alone_at=0, lease_until=None)
        assert lease.take(9)[0].alone_at is None

    def test_says_how_fast_and_how_far_that_is_used_up(self, endpoint: Endpoint) -> None:
        change(endpoint, posts_per_second=5, paced_until=ago(seconds=-40))
        (mine,) = lease.take(9)
        assert mine.per_second == 5
        assert 37 < mine.ahead <= 40

    def test_a_pace_that_was_not_used_for_long_is_nothing_in_advance(self, endpoint: Endpoint) -> None:
        change(endpoint, posts_per_second=5, paced_until=ago(seconds=40))
        assert lease.take(9)[0].ahead < 0

    def test_says_whether_there_are_held_lanes(self, endpoint: Endpoint, listing: Listing) -> None:
        Held.objects.create(endpoint=endpoint, listing=listing, from_position=1, reason="opening")
        assert lease.take(9)[0].has_held

    def test_says_whether_authorities_of_its_own_are_trusted(self, endpoint: Endpoint) -> None:
        TrustedAuthorities.objects.create(endpoint=endpoint, pem="PEM")
        assert lease.take(9)[0].has_identity

    @pytest.mark.parametrize("presented", [True, False])
    def test_says_whether_a_certificate_is_presented(self, endpoint: Endpoint, presented: bool) -> None:
        """One that is only prepared is not."""
        ClientCertificate.objects.create(
            endpoint=endpoint, key_sealed=b"sealed", chain="PEM", presented_since=cast.NOW if presented else None
        )
        assert lease.take(9)[0].has_identity is presented

    def test_is_its_endpoints_alone(self, listing: Listing) -> None:
        first, second = joined("finance", "telecom")
        TrustedAuthorities.objects.create(endpoint=first, pem="PEM")
        ClientCertificate.objects.create(endpoint=first, key_sealed=b"sealed", chain="PEM", presented_since=cast.NOW)
        Held.objects.create(endpoint=first, listing=listing, from_position=1, reason="opening")
        leases = {each.endpoint_id: each for each in lease.take(9)}
        assert (leases[second.pk].has_identity, leases[second.pk].has_held) == (False, False)

    def test_that_nobody_took_runs_out_never_and_may_have_anything(self) -> None:
        made = Lease("ep", 1, 1, "http://127.0.0.1/", 0, 0, 4, None)
        assert (made.per_second, made.ahead, made.has_identity, made.has_held) == (None, 0.0, False, True)
        assert made.until == math.inf


class TestOfSeveral:
    def test_each_is_renewed_that_is_still_ours(self) -> None:
        first, second = joined("finance", "telecom")
        ours = lease.take(9)
        change(second, fence=9)
        Endpoint.objects.update(lease_until=ago(seconds=1))
        assert lease.renew(ours) == {first.pk}
        until, past = Endpoint.objects.get(pk=first.pk).lease_until, Endpoint.objects.get(pk=second.pk).lease_until
        assert until is not None
        assert timedelta(seconds=5) < until - timezone.now() <= timedelta(seconds=lease.SECONDS)
        assert past is not None
        assert past < timezone.now()

    def test_each_is_given_back_that_is_still_ours(self) -> None:
        first, second = joined("finance", "telecom")
        ours = lease.take(9)
        change(second, fence=9)
        lease.release(ours)
        assert set(Endpoint.objects.filter(lease_until=None)) == {first}

    def test_nothing_of_anothers_is_touched(self) -> None:
        """Though it was leased as often."""
        first, second = joined("finance", "telecom")
        (mine,) = (each for each in lease.take(9) if each.endpoint_id == first.pk)
        theirs = Endpoint.objects.get(pk=second.pk).lease_until
        assert lease.renew([mine]) == {first.pk}
        lease.release([mine])
        assert Endpoint.objects.get(pk=second.pk).lease_until == theirs

    def test_of_none_there_is_none(self) -> None:
        assert lease.renew([]) == set()
        lease.release([])


def test_it_is_trusted_for_less_than_it_lasts_and_renewed_long_before() -> None:
    assert 2 * lease.RENEW_EVERY < lease.TRUSTED < lease.SECONDS


class TestTheCrowd:
    def test_has_as_many_endpoints_as_are_leased_now(self) -> None:
        first, *_others = joined(*SECTORS)
        lease.take(3)
        assert lease.crowd(Lock.DELIVERING) == (0, 3)
        change(first, lease_until=ago(seconds=1))
        assert lease.crowd(Lock.DELIVERING) == (0, 2)
