"""When attempts are past their years, what was received is still said to be: by the endpoint's cursor and its held lanes."""

from __future__ import annotations

import pytest

from registry.models import Listing
from sharing.delivery.models import Endpoint, Held, HeldReason
from sharing.departments import deliveries, telling
from sharing.departments.deliveries import DeliveryState
from sharing.departments.models import Department
from sharing.persons.record import told
from sharing.persons.record.told import Way
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def finance() -> Department:
    finance = cast.department()
    cast.measure(finance)
    return finance


def endpoint(of: Department) -> Endpoint:
    return cast.add_endpoint(of, "http://127.0.0.1:8999/webhooks")[0]


def had_everything(of: Department) -> int:
    """The position of the last event, which the endpoints' cursors are at."""
    telling.walk(now=cast.NOW)
    position = Listing.objects.get().events.latest("position").position
    Endpoint.objects.filter(department=of.organisation).update(cursor=position)
    return position


def said(of: Department) -> tuple[DeliveryState, Way]:
    """On the department's page and on the person's."""
    (delivery,) = deliveries.page(of.organisation_id, limit=10)
    (recipient,) = told.of([Listing.objects.get()])
    (message,) = recipient.messages
    assert message.arrived is None
    return delivery.state, message.way


def test_what_the_cursor_is_past_has_arrived(finance: Department) -> None:
    endpoint(finance)
    cast.in_force()
    telling.walk(now=cast.NOW)
    assert said(finance) == (DeliveryState.WAITING, Way.ON_ITS_WAY)
    had_everything(finance)
    assert said(finance) == (DeliveryState.DELIVERED, Way.ARRIVED)


def test_what_waits_in_a_held_lane_has_not(finance: Department) -> None:
    of_finance = endpoint(finance)
    listing = cast.in_force()
    position = had_everything(finance)
    Held.objects.create(endpoint=of_finance, listing=listing, from_position=position, reason=HeldReason.REFUSED)
    assert said(finance) == (DeliveryState.HELD, Way.ON_ITS_WAY)


def test_what_was_told_before_the_endpoint_was_there_has_not(finance: Department) -> None:
    cast.in_force()
    telling.walk(now=cast.NOW)
    endpoint(finance)
    position = had_everything(finance)
    assert Endpoint.objects.get().began_position == position
    assert said(finance) == (DeliveryState.NOT_SENT, Way.ON_ITS_WAY)
