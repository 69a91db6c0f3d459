"""What the listing's page says of the world outside: who was told and confirmed, how often it was asked about, objections."""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry.models import Event
from sharing.departments import receipts, telling
from tests import asking, cast, desk, objecting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def page_of(listing, officer=None) -> str:
    return desk.at_the_desk(officer or cast.clerk()).get(f"/desk/listings/{listing.number}/").content.decode()


def test_it_works(finance, settings):
    settings.SHARING_SCOPE_LISTING = True
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    asking.answered()
    objecting.raised(listing, part="term", now=cast.NOW)
    page = page_of(listing)
    assert finance.organisation.spoken_name in page
    assert "Still on its way" in page or "Waits in the department" in page
    assert "1 time · 1 employer" in page
    assert "O-2026-000001" in page


def test_before_it_is_in_force_nothing_is_outside():
    assert "Outside the court" not in page_of(cast.submitted())


def test_where_nobody_was_told_asked_or_objected_it_says_so():
    page = page_of(cast.in_force())
    for words in ("No department was told", "never", "Nobody objected."):
        assert words in page


def test_what_a_department_still_owes_is_there_until_it_confirms(finance, monkeypatch):
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    cast.withdrawn(listing)
    telling.walk(now=cast.NOW)
    assert "to purge by" in page_of(listing)
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW.replace(year=2027))
    assert "overdue since" in page_of(listing)
    event = Event.objects.get(type="listing.withdrawn")
    entry = receipts.ReceiptEntry(event=event.event_id, kind="purged", at=cast.NOW)
    receipts.record(entry, department=finance.organisation, signed=True)
    page = page_of(listing)
    assert "to purge" not in page
    assert "Confirmed" in page


def test_neither_employer_nor_question_is_named(settings):
    settings.SHARING_SCOPE_LISTING = True
    listing = cast.in_force()
    asked = asking.answered()
    page = page_of(listing)
    assert asking.bank().organisation.spoken_name not in page
    assert str(asked.pk) not in page


def test_the_page_takes_as_many_statements_with_many_departments(django_assert_max_num_queries):
    for sector in ("finance", "telecom", "real_estate", "transport"):
        cast.measure(cast.department(sector), code=f"check-{sector.replace('_', '-')}")
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    browser = desk.at_the_desk(cast.clerk())
    with django_assert_max_num_queries(48):
        browser.get(f"/desk/listings/{listing.number}/")
