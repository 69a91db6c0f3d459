"""Of how many listings in force each sector was told, and of how many it said that it applies them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from registry.models import Event
from registry.statistics.counting import Period, count
from registry.statistics.tallying import tally
from sharing.departments import receipts
from sharing.statistics.reach import with_reach
from tests import cast, sealing
from tests.purging import walk

PERIOD = Period(date(2026, 1, 1), date(2026, 12, 31))
TODAY = cast.NOW.date()

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


def reached(sector: str, today: date = TODAY) -> tuple[int, int]:
    numbers = with_reach(count(PERIOD, now=cast.NOW), today=today).numbers
    return numbers[f"table:told:{sector}"], numbers[f"table:applied:{sector}"]


def in_force(today: date = TODAY) -> int:
    return with_reach(count(PERIOD, now=cast.NOW), today=today).numbers["base:in_force"]


def apply_latest(department, listing):
    event = Event.objects.filter(listing=listing).latest("position")
    entry = receipts.ReceiptEntry(event=event.event_id, kind="applied", at=cast.NOW)
    receipts.record(entry, department=department.organisation, signed=True)


def test_it_works(finance):
    listing = cast.in_force()
    cast.second_in_force()
    walk()
    assert reached("finance") == (2, 0)
    apply_latest(finance, listing)
    assert reached("finance") == (2, 1)
    assert reached("telecom") == (0, 0)


def test_what_was_applied_before_a_correction_is_not_applied_now(finance):
    listing = cast.in_force()
    walk()
    apply_latest(finance, listing)
    cast.corrected(listing, fine_yuan=30_000)
    cast.corrected(listing, facts=["telecom_fraud_related", "serious"])
    walk()
    assert reached("finance") == (1, 0)
    apply_latest(finance, listing)
    assert reached("finance") == (1, 1)


def test_two_departments_of_a_sector_are_one_sector(finance):
    second = cast.department("finance", code="finance-second")
    cast.measure(second)
    listing = cast.in_force()
    walk()
    assert reached("finance") == (1, 0)
    apply_latest(second, listing)
    assert reached("finance") == (1, 1)


def test_what_was_withdrawn_is_in_force_nowhere(finance):
    listing = cast.in_force()
    walk()
    cast.withdrawn(listing)
    walk()
    assert reached("finance") == (0, 0)


def test_listings_in_force_are_those_of_the_moment():
    cast.withdrawn(cast.in_force())
    assert in_force() == 0
    cast.second_in_force()
    assert in_force() == 1


def test_what_took_effect_since_the_book_was_counted_is_in_force_as_soon_as_a_sector_is_told(finance):
    cast.in_force()
    tally(now=cast.NOW)
    cast.second_in_force()
    walk()
    assert (in_force(), reached("finance")[0]) == (2, 2)


def test_a_listing_that_a_sector_was_told_of_and_that_is_sealed_is_not_in_force(finance):
    first, _second = cast.in_force(), cast.second_in_force()
    walk()
    sealing.sealed(first)
    assert (in_force(), reached("finance")[0]) == (1, 1)


def test_a_listing_whose_last_day_is_over_is_in_force_no_more_though_the_clock_has_not_ended_it_yet(finance):
    listing = cast.in_force()
    walk()
    last = cast.fresh(listing).ends_on
    assert last is not None
    assert (in_force(last), reached("finance", last)) == (1, (1, 0))
    after = last + timedelta(days=1)
    assert (in_force(after), reached("finance", after)) == (0, (0, 0))
