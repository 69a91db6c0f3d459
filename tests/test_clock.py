"""The database's clock goes back: nothing waits until it has come again to where it was, and nobody is overtaken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.models import Bell
from sharing.delivery import clock, lease, pulses
from sharing.delivery.models import Endpoint, Held, HeldReason, Process, Pulse
from sharing.departments import tasks
from sharing.departments.models import ConformanceRun
from sharing.employers.models import MonitoringPost
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
HOUR, SOON = timedelta(hours=1), timedelta(seconds=30)
MOMENT = timedelta(seconds=5)


@pytest.fixture
def endpoint():
    department = cast.department()
    cast.measure(department)
    return cast.add_endpoint(department, "http://127.0.0.1:9999/hook", now=cast.NOW)[0]


def swept(ahead):
    """The last sweep, by a clock that has been set back since."""
    pulses.mark(Process.SWEEP)
    Pulse.objects.update(at=timezone.now() + ahead)


def near(moment, expected):
    return abs(moment - expected) < MOMENT


def test_what_was_due_in_half_a_minute_is_due_in_half_a_minute(endpoint):
    held = Held.objects.create(
        endpoint=endpoint, listing=cast.in_force(), from_position=1, refusals=1, reason=HeldReason.REFUSED
    )
    then = timezone.now() + HOUR
    Held.objects.update(next_due=then + SOON)
    Endpoint.objects.update(next_due=then + SOON, beat_due=then + SOON, heard_at=then - SOON, failing_since=then - SOON)
    swept(HOUR)
    assert near(timezone.now() + clock.follow(), then)
    now = timezone.now()
    endpoint.refresh_from_db()
    held.refresh_from_db()
    for moment in (endpoint.next_due, endpoint.beat_due, held.next_due):
        assert near(moment, now + SOON)
    for moment in (endpoint.heard_at, endpoint.failing_since):
        assert near(moment, now - SOON)


def test_a_dead_slots_lease_ends_as_soon_as_it_can_and_a_live_one_is_left(endpoint):
    longest = timedelta(seconds=lease.SECONDS)
    Endpoint.objects.update(lease_until=timezone.now() + HOUR)
    swept(HOUR)
    clock.follow()
    endpoint.refresh_from_db()
    assert near(endpoint.lease_until, timezone.now() + longest)
    live = timezone.now() + longest / 2
    Endpoint.objects.update(lease_until=live)
    swept(HOUR)
    clock.follow()
    endpoint.refresh_from_db()
    assert endpoint.lease_until == live
    assert lease.take(1) == [], "nobody has it sooner"


def test_an_endpoint_that_nobody_has_gets_no_lease_by_it(endpoint):
    swept(HOUR)
    clock.follow()
    endpoint.refresh_from_db()
    assert (endpoint.lease_until, endpoint.next_due) == (None, None)


def test_it_is_followed_once_by_the_sweep(endpoint):
    swept(HOUR)
    Bell.objects.update(rung_at=timezone.now() + HOUR)
    Endpoint.objects.update(next_due=timezone.now() + 2 * HOUR)
    tasks.sweep()
    assert near(Endpoint.objects.get().next_due, timezone.now() + HOUR)
    assert Bell.objects.get().rung_at is None
    assert not clock.follow()
    assert not Pulse.objects.filter(at__gt=timezone.now() + MOMENT).exists()


@pytest.mark.parametrize("ahead", [-HOUR, timedelta(), clock.NOTICED / 2])
def test_a_clock_that_went_on_is_not_followed(endpoint, ahead):
    due = timezone.now() + HOUR
    Endpoint.objects.update(next_due=due)
    swept(ahead)
    assert not clock.follow()
    assert Endpoint.objects.get().next_due == due


def test_before_the_first_sweep_there_is_nothing_to_follow(endpoint):
    assert not clock.follow()


def test_whatever_is_leased_or_due_by_that_clock_follows_it():
    leased = {model for model in apps.get_models() if any(field.name == "lease_until" for field in model._meta.fields)}
    assert leased == {Endpoint, ConformanceRun, MonitoringPost}
    with CaptureQueriesContext(connection) as asked:
        swept(HOUR)
        clock.follow()
    updates = [each["sql"] for each in asked if each["sql"].startswith("UPDATE")]
    assert all(any(model._meta.db_table in sql for sql in updates) for model in leased)
