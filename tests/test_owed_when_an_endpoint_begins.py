"""What a department has by hand it goes on having when an endpoint begins to deliver, however young it is."""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry.models import Listing
from sharing.delivery.models import Endpoint
from sharing.departments import endpoints, joining, owing, receipts, stages, telling
from sharing.departments.models import Owed, Recall
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

ADDRESS = "http://127.0.0.1:9999/webhooks"  # where nobody answers


@pytest.fixture(name="finance")
def finance_by_hand():
    """Finance works by hand; what it was told a moment ago stands in its list."""
    department = cast.department()
    cast.measure(department)
    cast.in_force()
    telling.walk(now=cast.NOW)
    return department


def owed(department):
    return [(duty.position, duty.since, duty.due_on) for duty in owing.owed(department.pk, 100)]


def production(department):
    endpoint, _secret = joining.add_endpoint(department, ADDRESS, now=cast.NOW)
    stages.open_without_run(endpoint.pk, because="its program is known", now=cast.NOW)
    return endpoint


def test_opening_production_forgives_no_receipt_that_is_owed_since_a_moment_ago(finance):
    before = owed(finance)
    assert len(before) == 1
    production(finance)
    assert owed(finance) == before


def test_what_is_told_from_then_on_is_on_its_way(finance):
    before = owed(finance)
    production(finance)
    cast.in_force(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), cast.SECOND_NUMBER)
    telling.walk(now=cast.NOW)
    assert owed(finance) == before


@pytest.mark.parametrize("act", ["replayed", "resumed"])
def test_nor_does_an_endpoint_that_is_resumed_or_begins_anew(finance, act):
    endpoint, _secret = cast.add_endpoint(finance, ADDRESS)
    Endpoint.objects.filter(pk=endpoint.pk).update(state="paused")
    cast.in_force(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), cast.SECOND_NUMBER)
    telling.walk(now=cast.NOW)
    before = owed(finance)
    assert len(before) == 2
    endpoints.resume(endpoint.pk)
    if act == "replayed":
        endpoints.catch_up(endpoint.pk, after=0)
    assert owed(finance) == before


def test_a_withdrawal_is_missed_by_nobody_and_its_recall_is_one(finance):
    listing = cast.withdrawn(Listing.objects.get())
    telling.walk(now=cast.NOW)
    (before,) = owed(finance)
    production(finance)
    assert owed(finance) == [before]
    recall = Recall.objects.get(listing=listing)
    assert recall.closed_by is None


def test_what_is_confirmed_then_is_owed_no_more_and_no_row_is_left(finance):
    production(finance)
    ((position, _since, _due),) = owed(finance)
    entry = receipts.ReceiptEntry(event=owing.owed(finance.pk, 1)[0].event_id, kind="applied", at=timezone.now())
    receipts.record(entry, department=finance.organisation, signed=False)
    assert owed(finance) == []
    owing.keep(finance.pk, now=timezone.now())
    assert not Owed.objects.filter(event=position).exists()
