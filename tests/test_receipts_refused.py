"""A receipt that says that nothing was done confirms nothing: what was refused is owed on, and shown as refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from registry import actions
from registry.models import Event, EventType, Listing
from sharing.delivery.models import Attempt
from sharing.departments import deliveries, lateness, owing, receipts, telling, timeliness
from sharing.departments.deliveries import DeliveryState
from sharing.departments.models import Owed, Recall, ReceiptKind
from sharing.persons.record import told
from sharing.persons.record.told import Way
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


def say(department, kind, event=None):
    event = event or Event.objects.latest("position")
    entry = receipts.ReceiptEntry(event=event.event_id, kind=kind, at=timezone.now())
    receipts.record(entry, department=department.organisation, signed=True)


def in_force():
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    return listing


def suspended(listing):
    actions.suspend([listing.pk], officer=cast.registrar(), now=cast.NOW, reason="doubt about the person")
    telling.walk(now=cast.NOW)


def owed(department):
    return [duty.type for duty in owing.owed(department.pk, 10)]


def shown(department):
    """Of the last event: on the department's page, and at the desk and on the person's."""
    delivery = deliveries.page(department.organisation_id, limit=10)[0]
    (recipient,) = told.of([Listing.objects.get()])
    return delivery.state, recipient.messages[-1].way


def test_a_suspension_that_is_refused_is_owed_until_it_is_applied(finance):
    listing = in_force()
    say(finance, "applied")
    suspended(listing)
    say(finance, "refused")
    assert owed(finance) == [EventType.SUSPENDED]
    assert shown(finance) == (DeliveryState.REFUSED, Way.REFUSED)
    say(finance, "applied")
    assert owed(finance) == []
    assert shown(finance) == (DeliveryState.CONFIRMED, Way.CONFIRMED)


def test_what_is_refused_is_told_of_when_it_is_overdue(finance):
    in_force()
    say(finance, "refused")
    owing.keep(finance.pk, now=timezone.now() + timedelta(days=1))
    assert Owed.objects.count() == 1
    due_on = Owed.objects.get().due_on
    assert lateness.counts(day=due_on + timedelta(days=1)) == {finance.pk: 1}
    assert lateness.counts(day=due_on) == {}


def test_an_older_version_that_is_refused_since_a_later_one_is_held_is_owed_no_more(finance):
    listing = in_force()
    published = Event.objects.get()
    suspended(listing)
    say(finance, "applied")
    say(finance, "refused", published)
    assert owed(finance) == []


@pytest.mark.parametrize(
    ("kind", "state", "way"),
    [
        (ReceiptKind.APPLIED, DeliveryState.NOT_SENT, Way.IN_PORTAL),
        (ReceiptKind.REFUSED, DeliveryState.REFUSED, Way.REFUSED),
        (ReceiptKind.PURGED, DeliveryState.CONFIRMED, Way.CONFIRMED),
    ],
)
def test_a_withdrawal_is_confirmed_by_nothing_but_a_purge(finance, kind, state, way):
    cast.withdrawn(in_force())
    telling.walk(now=cast.NOW)
    say(finance, kind)
    assert shown(finance) == (state, way)
    assert (Recall.objects.get().closed_by is not None) is (state == DeliveryState.CONFIRMED)


def test_who_refused_was_not_quick(finance):
    endpoint, _secret = cast.add_endpoint(finance, "http://127.0.0.1:8999/webhooks")
    in_force()
    taken = {"started_at": timezone.now(), "elapsed_ms": 1, "status": 204, "length": 0}
    Attempt.objects.create(endpoint=endpoint, event=Event.objects.get(), **taken)
    say(finance, "refused")
    now = timezone.now() + timedelta(minutes=1)
    (month,) = timeliness.of_departments([finance.pk], timeliness.period(2, now=now))[finance.pk]
    assert month.confirmed is not None
    assert month.confirmed.open == 1


def test_the_word_for_it_is_not_that_of_a_consent():
    with override("zh-hans"):
        assert str(ReceiptKind.REFUSED.label) != "不同意"
